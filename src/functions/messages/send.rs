//! Sending a message: one piece of logic for send-message, direct-message and whatever comes.

use events::{
    ConversationId, MessageId, UserId,
    conversation::Status,
    message::{Attachment, Sent},
    notification::Channel,
    user::{TypeChanged, UserType},
};

use crate::functions::{
    Decision, Failure,
    conversations::{
        route::{move_to, route},
        state::{Conversation, known_conversation},
    },
    decision::{Numbered, next_id},
    notifications::announce,
    users::state::known_user,
};

/// What is sent.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// The text.
    pub text: String,
    /// Attached files.
    pub attachments: Vec<Attachment>,
    /// JSON text; empty for none.
    pub payload: String,
    /// Where the conversation is to stand afterwards.
    pub status: Ask,
    /// Who is to read it.
    pub recipient: Option<UserId>,
}

/// Where a conversation is to stand after a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ask {
    /// Where the author's type puts it: customers wait for an agent, agents for the user.
    #[default]
    NotGiven,
    /// Where it stands already.
    Skip,
    /// Here.
    Status(Status),
}

/// A message that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posted {
    /// Its id.
    pub message: MessageId,
    /// The channels by which those are told who are to read it and are not online.
    pub told_by: Vec<Channel>,
}

/// Records a message of `author` in `conversation`, and what follows from it: the status, a visitor
/// who becomes a lead, and who is told of it.
///
/// # Errors
/// `user-not-found`, `conversation-not-found`, or the state's own failure.
pub fn send(
    decision: &mut Decision<'_>,
    author: UserId,
    conversation: ConversationId,
    draft: Draft,
) -> Result<Posted, Failure> {
    let author_type = known_user(decision.state(), author)?.user_type;
    let before = known_conversation(decision.state(), conversation)?;
    let message = MessageId(next_id(decision.state(), Numbered::Message)?);
    let sent = Sent {
        message,
        author,
        author_type,
        text: draft.text,
        attachments: draft.attachments,
        payload: draft.payload,
        asked_status: match draft.status {
            Ask::Status(status) => Some(status),
            Ask::NotGiven | Ask::Skip => None,
        },
        first_of_customer: author_type.is_customer() && !before.customer_wrote,
        recipient: draft.recipient,
    };
    decision.record(conversation, sent)?;
    let to = status_after(&before, author_type, draft.status);
    move_to(decision, conversation, before.status, to)?;
    if author_type == UserType::Visitor {
        decision.record(
            author,
            TypeChanged {
                from: UserType::Visitor,
                to: UserType::Lead,
            },
        )?;
    }
    if author_type.is_customer() {
        route(decision, conversation, !before.status.is_inbox())?;
    }
    let told_by = announce::message(decision, author, author_type, conversation, message)?;
    Ok(Posted { message, told_by })
}

fn status_after(before: &Conversation, author_type: UserType, asked: Ask) -> Status {
    match asked {
        Ask::Status(status) => status,
        Ask::NotGiven if author_type.is_customer() => Status::WaitingAgent,
        Ask::NotGiven if author_type.is_staff() => Status::WaitingUser,
        Ask::NotGiven | Ask::Skip => before.status,
    }
}

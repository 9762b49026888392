//! `send-message`

use events::{ConversationId, UserId, notification::Channel};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    content::{TEXT_CHARS_MAX, attachments, payload_text},
    send::{Ask, Draft, send},
};
use crate::{
    functions::{
        Command, Decision, Failure, Refusal,
        answer::OrFalse,
        conversations::{route::wait, status::status_given},
    },
    wire::{Attachment, Flag, JsonText, Key, List, Maybe, StatusCode, Text},
};

/// Adds a message to a conversation and moves the conversation's status.
///
/// Without `conversation_status_code` a message of a visitor, lead or user sets 2 (waiting for an
/// agent), one of an agent or admin 1 (waiting for the user), and the bot's leaves it; a user's
/// message so brings an archived or trashed conversation back. `skip` leaves the status. A
/// message without text and attachments is refused as `missing-argument`, an unknown author as
/// `user-not-found`, an unknown conversation as `conversation-not-found`, a status code beyond 0
/// to 4 as `invalid-status-code`, an attachment without a full URL (http or https) as
/// `invalid-argument`; 100 attachments and 1 MiB of payload are allowed (`too-large` otherwise).
/// A visitor who writes becomes a lead. The author counts as online and types no more.
///
/// With `queue` the answer says where the conversation stands while it waits in the queue (the setting
/// `queue`): `[position, estimated minutes]`.
///
/// Who is to read it and is not online is told by the channels that are configured: of an agent's or
/// admin's message the conversation's user, by email and SMS; of a user's message the agent whose
/// conversation it is, else the department's agents, else all agents (the admins where there are none),
/// by email, SMS and push. Who was told by email or SMS is not told so again before having been seen or
/// having written: a user not at all, an agent not of the same conversation; a push is sent for each
/// message. The settings `notify-…` switch each of these off. `notifications` lists the channels that the message was handed to; what they say of it
/// is in the delivery log.
/// # Example
/// `{"user_id": 3, "conversation_id": 1, "message": "Hello!", "attachments": [["plan.pdf", "https://example.com/plan.pdf"]]}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct SendMessage {
    /// Who writes: a user, an agent or the bot.
    user_id: Key<UserId>,
    /// The conversation.
    conversation_id: Key<ConversationId>,
    /// The text; may be left out where there are attachments.
    #[serde(default)]
    message: Maybe<Text<TEXT_CHARS_MAX>>,
    /// Files that are uploaded elsewhere: name and URL of each.
    #[serde(default)]
    attachments: List<Attachment>,
    /// live 0, waiting for the user 1, waiting for an agent 2, archive 3, trash 4, or skip.
    #[serde(default)]
    conversation_status_code: StatusCode<true>,
    /// Anything of your own.
    #[serde(default)]
    payload: Maybe<JsonText<Map<String, Value>>>,
    /// Whether to say where the conversation stands in the queue.
    #[serde(default)]
    queue: Flag,
    /// Who is to read it.
    #[serde(default)]
    recipient_id: Maybe<Key<UserId>>,
}

/// What became of the message.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SentAnswer {
    /// Always `success`.
    status: &'static str,
    /// The message's ID.
    #[serde(rename = "message-id")]
    message_id: u64,
    /// Position and estimated minutes; false where it does not wait in the queue, or nobody asked.
    queue: OrFalse<[u64; 2]>,
    /// The channels that were used: sms, email, push.
    notifications: Vec<&'static str>,
}

impl Command for SendMessage {
    const NAME: &'static str = "send-message";
    type Reply = SentAnswer;

    fn decide(self, decision: &mut Decision<'_>) -> Result<SentAnswer, Failure> {
        let text = self.message.0.unwrap_or_default();
        if text.is_empty() && self.attachments.0.is_empty() {
            let why = "message is missing, and so are attachments";
            return Err(Refusal::MissingArgument(why.to_owned()).into());
        }
        let draft = Draft {
            text,
            attachments: attachments(self.attachments.0)?,
            payload: payload_text(self.payload.0)?,
            status: asked(self.conversation_status_code)?,
            recipient: self.recipient_id.0,
        };
        let posted = send(decision, self.user_id.0, self.conversation_id.0, draft)?;
        let queue = match self.queue.0 {
            true => wait(decision, self.conversation_id.0)?.map_or(OrFalse::False, OrFalse::Is),
            false => OrFalse::False,
        };
        Ok(SentAnswer {
            status: "success",
            message_id: posted.message.0,
            queue,
            notifications: posted.told_by.into_iter().map(Channel::name).collect(),
        })
    }
}

fn asked(code: StatusCode<true>) -> Result<Ask, Refusal> {
    if code == StatusCode::Skip {
        return Ok(Ask::Skip);
    }
    Ok(status_given(code)?.map_or(Ask::NotGiven, Ask::Status))
}

#[cfg(test)]
mod tests {
    use events::{
        Event, Stream,
        conversation::{Status, StatusChanged},
        message::{self, Sent},
        user::{TypeChanged, UserType},
    };
    use serde_json::json;

    use super::*;
    use crate::functions::{
        conversations::histories::{and, arguments, john_and_agents, sent, somebody},
        scenario::{given, happened},
    };

    const ID: ConversationId = ConversationId(1);

    fn say(user: u64, more: &Value) -> SendMessage {
        let mut command = json!({"user_id": user, "conversation_id": 1, "message": "Hello"});
        command
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        arguments(command)
    }

    fn moved(from: Status, to: Status) -> (Stream, Event) {
        happened(ID, StatusChanged { from, to })
    }

    #[test]
    fn the_author_moves_the_status() {
        let first = Sent {
            first_of_customer: true,
            ..sent(1, 3, UserType::User, "Hello")
        };
        given(john_and_agents())
            .when(say(3, &json!({})))
            .then([
                happened(ID, first),
                moved(Status::Live, Status::WaitingAgent),
            ])
            .answering(json!({
                "status": "success", "message-id": 1, "queue": false, "notifications": [],
            }));
        given(john_and_agents()).when(say(4, &json!({}))).then([
            happened(ID, sent(1, 4, UserType::Agent, "Hello")),
            moved(Status::Live, Status::WaitingUser),
        ]);
        let mut history = john_and_agents();
        history.push(somebody(1, UserType::Bot));
        given(history)
            .when(say(1, &json!({})))
            .then([happened(ID, sent(1, 1, UserType::Bot, "Hello"))]);
    }

    #[test]
    fn a_status_is_recorded_only_where_it_changes() {
        let history = and(john_and_agents(), ID, sent(1, 4, UserType::Agent, "Hi"));
        let waiting = StatusChanged {
            from: Status::Live,
            to: Status::WaitingUser,
        };
        given(and(history, ID, waiting))
            .when(say(4, &json!({})))
            .then([happened(ID, sent(2, 4, UserType::Agent, "Hello"))]);
    }

    #[test]
    fn a_user_brings_the_conversation_back() {
        let archived = StatusChanged {
            from: Status::Live,
            to: Status::Archived,
        };
        let first = Sent {
            first_of_customer: true,
            ..sent(1, 3, UserType::User, "Hello")
        };
        given(and(john_and_agents(), ID, archived))
            .when(say(3, &json!({})))
            .then([
                happened(ID, first),
                moved(Status::Archived, Status::WaitingAgent),
            ]);
    }

    #[test]
    fn a_status_can_be_asked_for_or_skipped() {
        let first = Sent {
            first_of_customer: true,
            ..sent(1, 3, UserType::User, "Hello")
        };
        let asked = Sent {
            asked_status: Some(Status::Archived),
            ..first.clone()
        };
        given(john_and_agents())
            .when(say(3, &json!({"conversation_status_code": "3"})))
            .then([happened(ID, asked), moved(Status::Live, Status::Archived)]);
        given(john_and_agents())
            .when(say(3, &json!({"conversation_status_code": "skip"})))
            .then([happened(ID, first)]);
    }

    #[test]
    fn a_visitor_becomes_a_lead() {
        let mut history = john_and_agents();
        history.push(somebody(6, UserType::Visitor));
        let first = Sent {
            first_of_customer: true,
            ..sent(1, 6, UserType::Visitor, "Hello")
        };
        let lead = TypeChanged {
            from: UserType::Visitor,
            to: UserType::Lead,
        };
        given(history).when(say(6, &json!({}))).then([
            happened(ID, first),
            moved(Status::Live, Status::WaitingAgent),
            happened(UserId(6), lead),
        ]);
    }

    #[test]
    fn attachments_may_be_all_there_is() {
        let more = json!({
            "message": "", "attachments": "[[\"a.png\",\"https://example.com/a.png\"]]",
            "payload": "{\"step\":2}", "recipient_id": 3, "conversation_status_code": "skip",
        });
        let attachment = message::Attachment {
            name: "a.png".to_owned(),
            url: "https://example.com/a.png".to_owned(),
        };
        let sent = Sent {
            attachments: vec![attachment],
            payload: "{\"step\":2}".to_owned(),
            recipient: Some(UserId(3)),
            ..sent(1, 4, UserType::Agent, "")
        };
        given(john_and_agents())
            .when(say(4, &more))
            .then([happened(ID, sent)]);
    }

    #[test]
    fn refusals() {
        let refused = |user, more: Value, refusal| {
            given(john_and_agents())
                .when(say(user, &more))
                .then_refused(refusal);
        };
        let missing = "message is missing, and so are attachments".to_owned();
        refused(3, json!({"message": ""}), Refusal::MissingArgument(missing));
        refused(99, json!({}), Refusal::UserNotFound(99));
        refused(
            3,
            json!({"conversation_id": 99}),
            Refusal::ConversationNotFound(99),
        );
        let invalid = Refusal::InvalidStatusCode("9".to_owned());
        refused(3, json!({"conversation_status_code": 9}), invalid);
    }
}

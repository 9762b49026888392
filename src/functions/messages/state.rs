//! What decisions know of messages: that they exist, whose they are, whether they were read.

use eventlog::{State, View};
use events::{ConversationId, Event, MessageId, Stream, UserId};
use serde::{Deserialize, Serialize};

use crate::functions::{
    Failure, Refusal,
    conversations::state::conversation,
    decision::{Numbered, Table, note_id, read, write},
    users::state::user,
};

/// A message, as far as decisions need to know. There are many: the names are short on purpose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Where it stands.
    #[serde(rename = "c")]
    pub conversation: ConversationId,
    /// Who wrote it.
    #[serde(rename = "a")]
    pub author: UserId,
    /// Whether it was read.
    #[serde(rename = "r", default, skip_serializing_if = "std::ops::Not::not")]
    pub read: bool,
}

/// The message with this id; one whose conversation or author is gone is gone too.
///
/// # Errors
/// When the table cannot be read.
pub fn message(state: &dyn View, id: MessageId) -> Result<Option<Message>, Failure> {
    let Some(message) = read::<Message>(state, &Table::Message.row(id.0))? else {
        return Ok(None);
    };
    let exists = conversation(state, message.conversation)?.is_some()
        && user(state, message.author)?.is_some();
    Ok(exists.then_some(message))
}

/// The message with this id.
///
/// # Errors
/// [`Refusal::MessageNotFound`], or the table cannot be read.
pub fn known_message(state: &dyn View, id: MessageId) -> Result<Message, Failure> {
    message(state, id)?.ok_or_else(|| Refusal::MessageNotFound(id.0).into())
}

/// The state of messages after `event`.
///
/// # Errors
/// When the table cannot be read.
pub fn evolve(state: &mut dyn State, stream: Stream, event: &Event) -> Result<(), Failure> {
    match event {
        Event::MessageSent(sent) => {
            note_id(state, Numbered::Message, sent.message.0)?;
            let message = Message {
                conversation: ConversationId(stream.id),
                author: sent.author,
                read: false,
            };
            write(state, &Table::Message.row(sent.message.0), &message);
        }
        Event::MessageRead(read_messages) => {
            for id in &read_messages.messages {
                let key = Table::Message.row(id.0);
                if let Some(message) = read::<Message>(state, &key)? {
                    write(
                        state,
                        &key,
                        &Message {
                            read: true,
                            ..message
                        },
                    );
                }
            }
        }
        Event::MessageDeleted(deleted) => state.delete(&Table::Message.row(deleted.message.0)),
        Event::HistoryErased(erased) => {
            for message in &erased.messages {
                state.delete(&Table::Message.row(message.0));
            }
        }
        _ => {}
    }
    Ok(())
}

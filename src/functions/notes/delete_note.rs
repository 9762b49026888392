//! `delete-note`

use events::{ConversationId, NoteId, note::Deleted};
use schemars::JsonSchema;
use serde::Deserialize;

use super::state::has_note;
use crate::{
    functions::{Command, Decision, Failure, Refusal, conversations::state::known_conversation},
    wire::Key,
};

/// Deletes an internal note of a conversation.
///
/// A note that the conversation does not have, because it is another one's for instance or deleted
/// already, is refused as `invalid-argument` and stays; an unknown conversation is refused as
/// `conversation-not-found`. The argument `validate`, which the documentation prints here, belongs
/// to automations and does nothing.
/// # Example
/// `{"conversation_id": 1, "note_id": 1}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct DeleteNote {
    /// The conversation.
    conversation_id: Key<ConversationId>,
    /// The note.
    note_id: Key<NoteId>,
}

impl Command for DeleteNote {
    const NAME: &'static str = "delete-note";
    type Reply = bool;

    fn decide(self, decision: &mut Decision<'_>) -> Result<bool, Failure> {
        let (conversation, note) = (self.conversation_id.0, self.note_id.0);
        known_conversation(decision.state(), conversation)?;
        if !has_note(decision.state(), conversation, note)? {
            let why = format!("note_id: conversation {conversation} has no note {note}");
            return Err(Refusal::InvalidArgument(why).into());
        }
        decision.record(conversation, Deleted { note })?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use events::{Event, Stream, UserId, note::Added, user::UserType};
    use serde_json::json;

    use super::*;
    use crate::functions::{
        conversations::histories::{and, arguments, gone, john_and_agents, opened},
        scenario::{given, happened},
    };

    const ID: ConversationId = ConversationId(1);

    fn noted() -> Vec<(Stream, Event)> {
        let added = Added {
            note: NoteId(1),
            author: UserId(4),
            name: String::new(),
            text: "Hm".to_owned(),
        };
        and(
            and(john_and_agents(), ConversationId(2), opened(3)),
            ID,
            added,
        )
    }

    fn delete(conversation: u64, note: u64) -> DeleteNote {
        arguments(json!({"conversation_id": conversation, "note_id": note}))
    }

    #[test]
    fn a_note_goes_once() {
        let deleted = Deleted { note: NoteId(1) };
        given(noted())
            .when(delete(1, 1))
            .then([happened(ID, deleted.clone())])
            .answering(json!(true));
        given(and(noted(), ID, deleted))
            .when(delete(1, 1))
            .then_refused_with("invalid-argument");
    }

    #[test]
    fn of_another_conversation_or_of_somebody_gone_it_is_unknown() {
        for unknown in [delete(2, 1), delete(1, 2)] {
            given(noted())
                .when(unknown)
                .then_refused_with("invalid-argument");
        }
        given(noted())
            .when(delete(9, 1))
            .then_refused(Refusal::ConversationNotFound(9));
        let mut history = noted();
        history.push(gone(4, UserType::Agent));
        given(history)
            .when(delete(1, 1))
            .then_refused_with("invalid-argument");
    }
}

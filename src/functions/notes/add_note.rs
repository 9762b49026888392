//! `add-note`

use events::{ConversationId, NoteId, UserId, note::Added};
use schemars::JsonSchema;
use serde::Deserialize;

use super::state::count;
use crate::{
    functions::{
        Command, Decision, Failure, Refusal,
        conversations::state::known_conversation,
        decision::{Numbered, next_id},
        users::state::known_user,
    },
    wire::{Key, Text},
};

/// The most notes of a conversation.
const NOTES_MAX: usize = 1_000;

/// Adds an internal note to a conversation and returns its ID.
///
/// Only agents and admins write notes: anybody else as `user_id` is refused as `invalid-argument`.
/// An unknown conversation is refused as `conversation-not-found`, an unknown user as
/// `user-not-found`, a note without a message as `missing-argument`, and one more than 1,000 notes
/// of a conversation as `too-large`. No webhook tells of notes.
/// # Example
/// `{"conversation_id": 1, "user_id": 4, "name": "Invoice", "message": "Calls back on Monday."}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct AddNote {
    /// The conversation.
    conversation_id: Key<ConversationId>,
    /// The agent or admin who writes it.
    user_id: Key<UserId>,
    /// The note's name; may be empty.
    name: Text<255>,
    /// What it says.
    message: Text<65_535, 1>,
}

impl Command for AddNote {
    const NAME: &'static str = "add-note";
    type Reply = u64;

    fn decide(self, decision: &mut Decision<'_>) -> Result<u64, Failure> {
        let (conversation, author) = (self.conversation_id.0, self.user_id.0);
        let state = decision.state();
        known_conversation(state, conversation)?;
        if !known_user(state, author)?.user_type.is_staff() {
            let why = format!("user_id: user {author} is neither an agent nor an admin");
            return Err(Refusal::InvalidArgument(why).into());
        }
        if count(state, conversation)? >= NOTES_MAX {
            let why = format!("A conversation has {NOTES_MAX} notes at most.");
            return Err(Refusal::TooLarge(why).into());
        }
        let note = NoteId(next_id(state, Numbered::Note)?);
        let added = Added {
            note,
            author,
            name: self.name.0,
            text: self.message.0,
        };
        decision.record(conversation, added)?;
        Ok(note.0)
    }
}

#[cfg(test)]
mod tests {
    use events::{Event, Stream};
    use serde_json::{Value, json};

    use super::*;
    use crate::functions::{
        conversations::histories::{and, arguments, john_and_agents, opened, problem},
        scenario::{given, happened},
    };

    const ID: ConversationId = ConversationId(1);

    fn add(conversation: u64, user: u64) -> AddNote {
        arguments(json!({
            "conversation_id": conversation, "user_id": user, "name": "Ava", "message": "Hm",
        }))
    }

    fn added(note: u64, author: u64) -> Added {
        Added {
            note: NoteId(note),
            author: UserId(author),
            name: "Ava".to_owned(),
            text: "Hm".to_owned(),
        }
    }

    #[test]
    fn notes_are_numbered_over_all_conversations() {
        given(john_and_agents())
            .when(add(1, 4))
            .then([happened(ID, added(1, 4))])
            .answering(json!(1));
        let history = and(john_and_agents(), ID, added(1, 4));
        let history = and(history, ConversationId(2), opened(3));
        given(history)
            .when(add(2, 2))
            .then([happened(ConversationId(2), added(2, 2))])
            .answering(json!(2));
    }

    #[test]
    fn refusals() {
        given(john_and_agents())
            .when(add(9, 4))
            .then_refused(Refusal::ConversationNotFound(9));
        given(john_and_agents())
            .when(add(1, 9))
            .then_refused(Refusal::UserNotFound(9));
        given(john_and_agents())
            .when(add(1, 3))
            .then_refused_with("invalid-argument");
        let note = |note| happened(ID, added(note, 4));
        let many: Vec<(Stream, Event)> = john_and_agents()
            .into_iter()
            .chain((1..=NOTES_MAX as u64).map(note))
            .collect();
        given(many).when(add(1, 4)).then_refused_with("too-large");
    }

    #[test]
    fn a_note_says_something() {
        let without = |name: &str| -> Value {
            let mut all = json!({"conversation_id": 1, "user_id": 4, "name": "", "message": "x"});
            all.as_object_mut().unwrap().remove(name);
            all
        };
        for name in ["conversation_id", "user_id", "name", "message"] {
            assert_eq!(problem::<AddNote>(without(name)), "missing-argument");
        }
        let empty = json!({"conversation_id": 1, "user_id": 4, "name": "", "message": ""});
        assert_eq!(problem::<AddNote>(empty), "missing-argument");
    }
}

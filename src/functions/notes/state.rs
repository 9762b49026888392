//! What decisions know of notes: that they exist, where, and whose they are; not what they say.

use eventlog::{State, View};
use events::{ConversationId, Event, NoteId, Stream, UserId};

use crate::functions::{
    Failure,
    decision::{Numbered, Table, last_number, note_id, numbers_below},
    users::state::user,
};

/// Whether this conversation, which exists, has this note. One whose author is gone is gone too.
///
/// # Errors
/// When the table cannot be read.
pub fn has_note(
    state: &dyn View,
    conversation: ConversationId,
    note: NoteId,
) -> Result<bool, Failure> {
    match state.get(&key(conversation, note))? {
        Some(author) => Ok(user(state, UserId(last_number(&author)))?.is_some()),
        None => Ok(false),
    }
}

/// How many notes a conversation was given that nobody has deleted.
///
/// # Errors
/// When the table cannot be read.
pub fn count(state: &dyn View, conversation: ConversationId) -> Result<usize, Failure> {
    Ok(numbers_below(state, &Table::Note.row(conversation.0))?.len())
}

/// The state of notes after `event`.
///
/// # Errors
/// When the table cannot be read.
pub fn evolve(state: &mut dyn State, stream: Stream, event: &Event) -> Result<(), Failure> {
    let conversation = ConversationId(stream.id);
    match event {
        Event::NoteAdded(added) => {
            note_id(state, Numbered::Note, added.note.0)?;
            let author = added.author.0.to_be_bytes().to_vec();
            state.put(&key(conversation, added.note), author);
        }
        Event::NoteDeleted(deleted) => state.delete(&key(conversation, deleted.note)),
        Event::HistoryErased(erased) => {
            for (conversation, note) in &erased.notes {
                state.delete(&key(*conversation, *note));
            }
        }
        _ => {}
    }
    Ok(())
}

fn key(conversation: ConversationId, note: NoteId) -> Vec<u8> {
    Table::Note.key(&[&conversation.0.to_be_bytes(), &note.0.to_be_bytes()])
}

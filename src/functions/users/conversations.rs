//! Which conversations a user has.

use eventlog::{State, View};
use events::{ConversationId, Event, Stream, StreamKind, UserId};

use super::state::change;
use crate::functions::{
    Failure,
    decision::{Table, numbers_below},
};

/// The conversations of a user, by id.
///
/// # Errors
/// When the table cannot be read.
pub fn conversations_of(state: &dyn View, id: UserId) -> Result<Vec<ConversationId>, Failure> {
    let numbers = numbers_below(state, &Table::UserConversations.row(id.0))?;
    Ok(numbers.into_iter().map(ConversationId).collect())
}

/// The conversations of users after `event`.
///
/// # Errors
/// When the table cannot be read.
pub fn evolve(state: &mut dyn State, stream: Stream, event: &Event) -> Result<(), Failure> {
    let conversation = ConversationId(stream.id);
    match event {
        Event::ConversationCreated(created) => {
            state.put(&key(created.user, conversation), Vec::new());
            change(state, created.user, |user| {
                user.newest_conversation = Some(conversation);
            })
        }
        Event::ConversationDeleted(deleted) => {
            state.delete(&key(deleted.user, conversation));
            let newest = conversations_of(state, deleted.user)?.pop();
            change(state, deleted.user, |user| {
                user.newest_conversation = newest;
            })
        }
        Event::HistoryErased(erased) if stream.kind == StreamKind::User => {
            for conversation in &erased.conversations {
                state.delete(&key(UserId(stream.id), *conversation));
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

fn key(user: UserId, conversation: ConversationId) -> Vec<u8> {
    Table::UserConversations.key(&[&user.0.to_be_bytes(), &conversation.0.to_be_bytes()])
}

//! The numbers that things are given: which was the last of each kind.

use std::collections::BTreeMap;

use eventlog::{State, View};
use events::Event;

use super::{Table, last_number};
use crate::functions::Failure;

/// The kinds of things that are numbered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Numbered {
    /// Users of all types.
    User = 1,
    /// Conversations.
    Conversation = 2,
    /// Messages of all conversations.
    Message = 3,
    /// Files under `/uploads/`.
    File = 4,
    /// Deliveries of all reactions.
    Delivery = 5,
    /// Texts of the knowledge base: articles in each of their languages.
    Article = 6,
    /// Orders that somebody waits for.
    Ticket = 9,
    /// Places in the queue.
    QueuePlace = 10,
    /// Internal notes of all conversations.
    Note = 8,
    /// API tokens.
    Token = 11,
}

impl Numbered {
    /// All of them.
    const ALL: [Self; 10] = [
        Self::User,
        Self::Conversation,
        Self::Message,
        Self::File,
        Self::Delivery,
        Self::Article,
        Self::Note,
        Self::Ticket,
        Self::QueuePlace,
        Self::Token,
    ];
}

/// The last number given of each kind, by the kind's own number; of what was never numbered, none.
///
/// # Errors
/// When the table cannot be read.
pub fn last_numbers(state: &dyn View) -> Result<BTreeMap<u8, u64>, Failure> {
    let mut numbers = BTreeMap::new();
    for kind in Numbered::ALL {
        let next = next_id(state, kind)?;
        if next > 1 {
            numbers.insert(kind as u8, next - 1);
        }
    }
    Ok(numbers)
}

/// The numbers after `event`: of those whose events were erased, the last ones are known from what
/// tells of the erasure. All others are noted where they are given.
///
/// # Errors
/// When the table cannot be read.
pub fn evolve(state: &mut dyn State, event: &Event) -> Result<(), Failure> {
    let Event::HistoryErased(erased) = event else {
        return Ok(());
    };
    for kind in Numbered::ALL {
        if let Some(last) = erased.last_numbers.get(&(kind as u8)) {
            note_id(state, kind, *last)?;
        }
    }
    Ok(())
}

/// The id that the next thing of this kind gets.
///
/// # Errors
/// When the table cannot be read.
pub fn next_id(state: &dyn View, kind: Numbered) -> Result<u64, Failure> {
    let last = state.get(&Table::LastId.key(&[&[kind as u8]]))?;
    Ok(last.map_or(0, |bytes| last_number(&bytes)) + 1)
}

/// Takes note that `id` was given.
///
/// # Errors
/// When the table cannot be read.
pub fn note_id(state: &mut dyn State, kind: Numbered, id: u64) -> Result<(), Failure> {
    if id >= next_id(state, kind)? {
        state.put(
            &Table::LastId.key(&[&[kind as u8]]),
            id.to_be_bytes().to_vec(),
        );
    }
    Ok(())
}

//! Files that functions write under `/uploads/`: what the log knows of them.

pub mod table;

use eventlog::State;
use events::{Event, Stream, StreamKind, file};

use super::{
    Decision, Failure,
    decision::{Numbered, next_id, note_id},
};

/// Records that a file was written.
///
/// # Errors
/// When the decision state cannot be read.
pub fn record(decision: &mut Decision<'_>, created: file::Created) -> Result<(), Failure> {
    let id = next_id(decision.state(), Numbered::File)?;
    decision.record(
        Stream {
            kind: StreamKind::File,
            id,
        },
        created,
    )
}

/// The decision state of files: their numbers.
///
/// # Errors
/// When the table cannot be read.
pub fn evolve(state: &mut dyn State, stream: Stream, event: &Event) -> Result<(), Failure> {
    match event {
        Event::FileCreated(_) => note_id(state, Numbered::File, stream.id),
        _ => Ok(()),
    }
}

//! The read model of reports: sums in quarters of an hour, in days
//! and in months of 32 days, from which any report over any period
//! in any timezone is read at once.
//!
//! What an event adds is a pure function of the events of one user or one conversation, so what a
//! deletion takes away can be computed and taken away again. That is what deletions do: a report
//! speaks of what is there. A deleted user's payloads are erased from the log, so nothing else
//! could be made from it a second time. Visitors alone stay counted, because they are deleted as a
//! matter of course: that they came is known from the frame of the erased event.

mod articles;
mod changes;
mod people;
mod queries;
mod recorded;
mod rows;
mod talks;
mod tally;

pub(crate) use changes::Changes;
pub use queries::Sum;
pub(crate) use rows::TABLES;
pub use tally::QUARTER_MS;

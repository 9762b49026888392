//! The read model of searches: folded copies of what is searched, with indexes that find any
//! substring, from one character on, in any script.

mod changes;
mod find;
mod fold;
mod messages;
#[cfg(test)]
mod plans;
mod queries;
mod rows;

pub(crate) use changes::Changes;
pub(crate) use find::Index;
pub use fold::fold;
pub(crate) use fold::{CHARACTERS_MAX, SEARCH_CHARACTERS_MAX, searchable, wanted};
pub(crate) use rows::TABLES;

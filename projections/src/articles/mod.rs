//! The read model of the knowledge base: articles in their languages, ratings, and an index that
//! finds any substring of a title or a content.
//!
//! A list shows little of each article, so that little is kept apart from the content, and a list of
//! thousands reads no content at all.

mod changes;
mod plain;
mod queries;
mod rows;

pub(crate) use changes::Changes;
pub use queries::ArticlesFilter;
#[cfg(test)]
pub(crate) use queries::SEARCH;
pub use rows::ArticleRow;
pub(crate) use rows::TABLES;

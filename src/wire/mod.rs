//! How arguments are written by the clients, and the typed values they become.
//!
//! The API's clients are PHP programs (`http_build_query`), browsers (`jQuery.post`), forms and JSON
//! callers, and each writes the same list, the same `false` and the same object in its own way. Here the
//! ways end: [`form()`], [`multipart()`] and [`json()`] turn a body into [`Arguments`], and [`decode()`] turns
//! those into the argument struct of a function, whose fields are the types of [`values`].
//!
//! This folder must not know axum, the functions, or anything about chat.

mod arguments;
mod brackets;
mod decode;
mod form;
mod json;
mod multipart;
mod names;
mod problem;
pub mod values;

pub use arguments::Arguments;
pub use decode::decode;
pub use form::form;
pub use json::json;
pub use multipart::multipart;
pub use problem::{Problem, ProblemCode};
pub(crate) use values::argument;
pub use values::{
    Argument, Attachment, Choice, ExtraDetail, ExtraDetails, Flag, FlagOr, Id, Integer, JsonText,
    Key, List, Maybe, Nest, Nested, OrFalse, OrMinusOne, Since, StatusCode, Text, Unreadable, Word,
    WordOr,
};

/// The most fields one form may hold.
pub const FIELDS_MAX: usize = 100_000;
/// The deepest an argument's value may nest: `a[b][c]` and `{"a":{"b":{"c":…}}}` are both 2 deep.
pub const DEPTH_MAX: usize = 64;
/// The most lists and objects one body may hold; bounds the memory that `a[][][][]…` can ask for.
pub const CONTAINERS_MAX: usize = 200_000;
/// The most values one JSON body may hold, again for the sake of memory.
pub const JSON_VALUES_MAX: usize = 1_000_000;

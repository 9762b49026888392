//! `clear-text-formatting`

use schemars::JsonSchema;
use serde::Deserialize;

use super::{content::TEXT_CHARS_MAX, formatting};
use crate::{
    functions::{Context, Failure, Query},
    wire::Text,
};

/// Removes the formatting from a chat text.
///
/// The marks that text-formatting-to-html makes tags of are left out, and all else stays as it is.
/// The answer is plain text: whoever puts it into a page escapes it.
/// # Example
/// `{"message": "Lorem ipsum dolor *sit amet*, __consectetur adipiscing elit__"}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct ClearTextFormatting {
    /// The text.
    message: Text<TEXT_CHARS_MAX>,
}

impl Query for ClearTextFormatting {
    const NAME: &'static str = "clear-text-formatting";
    type Reply = String;

    async fn answer(self, _: &Context) -> Result<String, Failure> {
        Ok(formatting::plain(&self.message.0))
    }
}

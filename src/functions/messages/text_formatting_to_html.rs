//! `text-formatting-to-html`

use schemars::JsonSchema;
use serde::Deserialize;

use super::{content::TEXT_CHARS_MAX, formatting};
use crate::{
    functions::{Context, Failure, Query},
    wire::Text,
};

/// Converts the formatting of a chat text to HTML.
///
/// `*bold*` becomes `<b>`, `__italic__` `<i>`, `~strike~` `<del>`, `` `code` `` `<code>`, what stands
/// between three backticks `<pre>`, and URLs with http, https or mailto links (`<a>`). Everything else
/// is escaped: the answer has no other tags and no other attributes, whatever is sent, and can be
/// put into a page as it is. Line breaks stay line breaks. Marks stand at the beginning and the end of
/// words, on one line, and may be within each other; others, as in `2*3*4`, are text.
/// # Example
/// `{"message": "Lorem ipsum dolor *sit amet*, __consectetur adipiscing elit__"}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct TextFormattingToHtml {
    /// The text.
    message: Text<TEXT_CHARS_MAX>,
}

impl Query for TextFormattingToHtml {
    const NAME: &'static str = "text-formatting-to-html";
    type Reply = String;

    async fn answer(self, _: &Context) -> Result<String, Failure> {
        Ok(formatting::html(&self.message.0))
    }
}

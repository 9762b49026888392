//! `saved-replies`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::registry::SAVED_REPLIES;
use crate::functions::{Context, Failure, Query};

/// All saved replies, in the order in which they were saved.
///
/// They are the setting `saved-replies`, which save-settings takes as a list of the same items:
/// `[[{"reply-name": "hello", "reply-text": "Hello!"}], "repeater"]`. Without any the answer is `[]`.
/// # Example
/// `{}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct SavedReplies {}

/// A saved reply.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SavedReply {
    /// What agents find it by.
    #[serde(rename = "reply-name")]
    name: String,
    /// What is sent.
    #[serde(rename = "reply-text")]
    text: String,
}

impl Query for SavedReplies {
    const NAME: &'static str = "saved-replies";
    type Reply = Vec<SavedReply>;

    async fn answer(self, context: &Context) -> Result<Self::Reply, Failure> {
        let settings = context.service.settings()?;
        let replies = settings.items(&SAVED_REPLIES).iter().map(|item| {
            let part = |name: &str| {
                let text = item.get(name).and_then(Value::as_str);
                text.unwrap_or_default().to_owned()
            };
            SavedReply {
                name: part("reply-name"),
                text: part("reply-text"),
            }
        });
        Ok(replies.collect())
    }
}

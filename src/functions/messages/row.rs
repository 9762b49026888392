//! How a message looks in answers.

use projections::MessageRow;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{clock::wire_time, functions::users::row::picture};

/// A message with its author.
#[derive(Debug, Serialize, JsonSchema)]
pub struct MessageAnswer {
    /// The message's ID.
    id: String,
    /// Who wrote it.
    user_id: String,
    /// The text.
    message: String,
    /// `YYYY-MM-DD HH:MM:SS`, UTC.
    creation_time: String,
    /// Empty, or JSON text: `[["name","url"],…]`.
    attachments: String,
    /// 0 unread, 2 read.
    status_code: String,
    /// Empty, or JSON text of the caller's own.
    payload: String,
    /// The conversation it belongs to.
    conversation_id: String,
    /// The author's.
    first_name: String,
    /// The author's.
    last_name: String,
    /// The author's.
    profile_image: String,
    /// What the author is.
    user_type: &'static str,
}

impl MessageAnswer {
    /// The answer's row for a message of the read model.
    pub fn new(public_url: &str, row: MessageRow) -> Self {
        Self {
            id: row.id.to_string(),
            user_id: row.user_id.to_string(),
            message: row.message,
            creation_time: wire_time(row.creation_time),
            attachments: row.attachments,
            status_code: row.status_code.to_string(),
            payload: row.payload,
            conversation_id: row.conversation_id.to_string(),
            first_name: row.first_name,
            last_name: row.last_name,
            profile_image: picture(public_url, row.user_type, row.profile_image),
            user_type: row.user_type.name(),
        }
    }
}

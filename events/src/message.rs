//! What happens to messages. They belong to their conversation's stream.

use serde::{Deserialize, Serialize};

use crate::{MessageId, UserId, user::UserType};

/// A file that somebody else keeps, named and linked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Name to show.
    pub name: String,
    /// Full URL.
    pub url: String,
}

/// A message was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// The message.
    pub message: MessageId,
    /// Who wrote it.
    pub author: UserId,
    /// What the author was then.
    pub author_type: UserType,
    /// The text.
    pub text: String,
    /// Attached files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// JSON text of the caller's own; empty for none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub payload: String,
    /// The status asked for, if one was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_status: Option<crate::conversation::Status>,
    /// Whether it is the first of a customer in this conversation.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub first_of_customer: bool,
    /// Who is to read it, where the caller said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<UserId>,
}

/// Text, attachments or payload changed; only what was given is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Updated {
    /// The message.
    pub message: MessageId,
    /// New text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// New attachments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachments: Option<Vec<Attachment>>,
    /// New payload: JSON text, empty for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload: Option<String>,
}

/// Messages of one conversation were read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Read {
    /// Which.
    pub messages: Vec<MessageId>,
}

/// A message is gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deleted {
    /// The message.
    pub message: MessageId,
}

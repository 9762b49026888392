//! What the bot answers. It belongs to the stream of the conversation that it answers in.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{MessageId, message::Attachment};

/// The bot was asked, and its answer is in the conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answered {
    /// The function by which it was asked, such as `dialogflow-message`.
    pub function: String,
    /// What it was asked; empty where nobody said anything.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub question: String,
    /// What it said, in order. Each is a `message.sent` as well.
    pub messages: Vec<Said>,
    /// The vendor's own answer.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub response: Value,
}

/// A message of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// The message.
    pub message: MessageId,
    /// Its text.
    pub text: String,
    /// What is attached to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
}

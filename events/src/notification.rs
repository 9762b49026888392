//! What left for somebody's mailbox, telephone or screen, and was taken by the channel.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{ConversationId, UserId};

/// A mail server took an email.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailSent {
    /// The user it was sent to, if the address is a user's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<UserId>,
    /// The address.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// What it says, without the template around it.
    pub message: String,
}

/// An SMS gateway took a text message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SmsSent {
    /// The user it was sent to, if the number is a user's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<UserId>,
    /// The number.
    pub to: String,
    /// What it says.
    pub message: String,
    /// The gateway's answer.
    pub response: Value,
}

/// The push service took a notification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushSent {
    /// Who listens: the names of the interests.
    pub interests: Vec<String>,
    /// The title.
    pub title: String,
    /// What it says.
    pub message: String,
    /// The conversation that a click opens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<ConversationId>,
    /// The push service's id.
    pub publish_id: String,
}

//! What happens between a workspace and Slack. It belongs to the streams of the users who are spoken
//! with there.

use serde::{Deserialize, Serialize};

use crate::{ConversationId, MessageId};

/// Slack took a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageSent {
    /// The channel it went to.
    pub channel: String,
    /// What it says.
    pub text: String,
    /// The conversation it belongs to, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<ConversationId>,
    /// The chat message that was forwarded, if it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<MessageId>,
    /// Slack's own name for the message within its channel.
    pub ts: String,
}

/// A user has a channel of their own from now on, in the place of any they had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelLinked {
    /// The channel.
    pub channel: String,
    /// The channel's name.
    pub name: String,
}

/// A user's channel was archived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelArchived {
    /// The channel.
    pub channel: String,
}

/// A user's archived channel was taken into use again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelRestored {
    /// The channel.
    pub channel: String,
}

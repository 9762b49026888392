//! What is to leave for somebody's mailbox, telephone or screen, and what the channel took.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{ConversationId, MessageId, UserId, message::Attachment};

/// Something is to leave. The orders belong to the stream of who they are for, or of the conversation
/// that they tell of, so that they are erased with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ordered {
    /// When, in milliseconds since the Unix epoch.
    pub time_ms: i64,
    /// What.
    pub orders: Vec<Order>,
}

/// One thing that is to leave by a channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Its number; counted over all deliveries.
    pub delivery: u64,
    /// How it leaves.
    pub channel: Channel,
    /// Who gets it, as far as they are users: one, but for push.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recipients: Vec<UserId>,
    /// The address, the number or the interests; where there is none, the recipients' own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<String>,
    /// Whose words they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender: Option<UserId>,
    /// What it says.
    pub content: Content,
    /// Somebody waits to hear how it went, so it is tried once: the number of the receipt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<u64>,
}

impl Order {
    /// Whether it says that there is a message.
    #[must_use]
    pub fn tells_of_a_message(&self) -> bool {
        matches!(self.content, Content::Message { .. })
    }

    /// What it must not overtake: what came before by the same channel to the same user. Who waits
    /// for the outcome does not wait for that.
    #[must_use]
    pub fn lane(&self) -> String {
        let channel = self.channel.name();
        match (self.ticket, &*self.recipients) {
            (None, [user, ..]) => format!("{channel}-user-{user}"),
            _ => format!("{channel}-{}", self.delivery),
        }
    }
}

/// How something leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// The mail server.
    Email,
    /// The SMS gateway.
    Sms,
    /// The push service.
    Push,
}

impl Channel {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Email, Self::Sms, Self::Push];

    /// The channel's name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Sms => "sms",
            Self::Push => "push",
        }
    }
}

/// What something that leaves says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Content {
    /// HTML as it is, without a template.
    Html {
        /// The subject.
        subject: String,
        /// What it says.
        html: String,
        /// Put behind the sender's name.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        suffix: String,
    },
    /// Plain text, put into the channel's template where it has one.
    Text {
        /// The subject or title; the template's where there is none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        title: Option<String>,
        /// What it says.
        text: String,
        /// Attached files.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        attachments: Vec<Attachment>,
        /// The conversation that it leads to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        conversation: Option<ConversationId>,
        /// URL of the icon, for push.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        icon: Option<String>,
        /// The text is whole: no template around it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        bare: bool,
    },
    /// That there is a message; what it says is looked up when it leaves.
    Message {
        /// In this conversation.
        conversation: ConversationId,
        /// The message.
        message: MessageId,
    },
    /// That a conversation waits for the recipients.
    Assigned {
        /// The conversation.
        conversation: ConversationId,
        /// To their department, not to them.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        department: bool,
        /// What they are to be told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
}

/// A mail server took an email.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailSent {
    /// The number of its delivery.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<u64>,
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
    /// The number of its delivery.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<u64>,
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
    /// The number of its delivery.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<u64>,
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

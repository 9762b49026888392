//! Webhooks: messages to a URL of the settings when something happens.
//!
//! | file | what it holds |
//! |---|---|
//! | `plan` | which webhooks follow from an event |
//! | `payload` | what is in them |
//! | `history` | how an entity stood at an event |
//! | `send` | signing and sending |

mod history;
mod payload;
pub mod plan;
pub mod send;

/// The 15 webhooks, of which those are here whose events exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Webhook {
    /// A message was stored.
    MessageSent,
    /// A customer's message was stored.
    NewMessagesReceived,
    /// A conversation was made.
    NewConversationCreated,
    /// The first message of a customer in a conversation.
    NewConversation,
    /// The status code of a conversation changed.
    ConversationStatusUpdated,
    /// A message was deleted.
    MessageDeleted,
    /// A user was deleted.
    UserDeleted,
    /// A channel took an email.
    EmailSent,
    /// A channel took a text message.
    SmsSent,
    /// Slack took a message.
    SlackMessageSent,
    /// A bot's answer was stored.
    BotMessage,
    /// A rich message was answered.
    RichMessage,
    /// Somebody logged in.
    Login,
    /// Somebody registered.
    Registration,
    /// A user gave an address for the first time.
    NewEmailAddress,
}

impl Webhook {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::MessageSent,
        Self::NewMessagesReceived,
        Self::NewConversationCreated,
        Self::NewConversation,
        Self::ConversationStatusUpdated,
        Self::MessageDeleted,
        Self::UserDeleted,
        Self::EmailSent,
        Self::SmsSent,
        Self::SlackMessageSent,
        Self::BotMessage,
        Self::RichMessage,
        Self::Login,
        Self::Registration,
        Self::NewEmailAddress,
    ];

    /// The name in the payload's `function`.
    #[must_use]
    pub fn function(self) -> &'static str {
        match self {
            Self::MessageSent => "message-sent",
            Self::NewMessagesReceived => "new-messages-received",
            Self::NewConversationCreated => "new-conversation-created",
            Self::NewConversation => "new-conversation-received",
            Self::ConversationStatusUpdated => "conversation-status-updated",
            Self::MessageDeleted => "message-deleted",
            Self::UserDeleted => "user-deleted",
            Self::EmailSent => "email-sent",
            Self::SmsSent => "sms-sent",
            Self::SlackMessageSent => "slack-message-sent",
            Self::BotMessage => "bot-message",
            Self::RichMessage => "rich-message",
            Self::Login => "login",
            Self::Registration => "registration",
            Self::NewEmailAddress => "new-email-address",
        }
    }

    /// The webhook with this name in the setting `webhooks-active`, where `new-conversation` goes by
    /// its heading as well as by its `function`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        if name == "new-conversation" {
            return Some(Self::NewConversation);
        }
        Self::ALL
            .into_iter()
            .find(|webhook| webhook.function() == name)
    }
}

/// The names in a list separated by commas.
pub fn names(list: &str) -> impl Iterator<Item = &str> {
    list.split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
}

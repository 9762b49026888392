//! The list of all events: number, name and current version. The one place to add one.

use std::fmt;

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    article, automation, bot, conversation, delivery, erasure, file, mailbox, message, note,
    notification, report, settings, slack, token, translation, user,
};

/// Number, name and newest version of a type of event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventType {
    /// As stored in the log; never reused.
    pub number: u16,
    /// `noun.past-participle`; never changed.
    pub name: &'static str,
    /// The version that is written today, from 1.
    pub version: u8,
}

/// Why stored bytes are not an event.
#[derive(Debug)]
pub enum DecodeError {
    /// A type that a newer release wrote.
    UnknownType(u16),
    /// A version that a newer release wrote.
    UnknownVersion {
        /// The type.
        name: &'static str,
        /// The version found.
        version: u8,
    },
    /// The payload does not have the type's shape.
    Payload {
        /// The type.
        name: &'static str,
        /// What serde said.
        source: serde_json::Error,
    },
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownType(number) => {
                write!(
                    f,
                    "event type {number} is unknown: the log was written by a newer release"
                )
            }
            Self::UnknownVersion { name, version } => {
                write!(
                    f,
                    "version {version} of {name} is unknown: the log was written by a newer release"
                )
            }
            Self::Payload { name, .. } => {
                write!(f, "the payload of a {name} event has another shape")
            }
        }
    }
}

impl std::error::Error for DecodeError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Payload { source, .. } => Some(source),
            _ => None,
        }
    }
}

macro_rules! catalogue {
    ($($number:literal $name:literal version $version:literal $variant:ident($payload:ty),)*) => {
        /// Everything that can happen.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Event {
            $(#[doc = concat!("`", $name, "`")] $variant($payload),)*
        }

        /// All types, in the order of their numbers.
        pub const TYPES: &[EventType] =
            &[$(EventType { number: $number, name: $name, version: $version },)*];

        impl Event {
            /// The type of this event.
            #[must_use]
            pub fn event_type(&self) -> EventType {
                match self {
                    $(Self::$variant(_) => EventType { number: $number, name: $name, version: $version },)*
                }
            }

            /// The payload as JSON text.
            #[must_use]
            pub fn encode(&self) -> Vec<u8> {
                let mut text = Vec::with_capacity(128);
                self.encode_into(&mut text);
                text
            }

            /// Adds the payload, as JSON text.
            pub fn encode_into(&self, text: &mut Vec<u8>) {
                match self {
                    $(Self::$variant(payload) => to_json(payload, text),)*
                }
            }

            /// The event with this number and version whose payload is this JSON text.
            ///
            /// # Errors
            /// When type or version are not known here, or the payload has another shape.
            pub fn decode(number: u16, version: u8, payload: &[u8]) -> Result<Self, DecodeError> {
                match (number, version) {
                    $(($number, $version) => from_json($name, payload).map(Self::$variant),)*
                    $(($number, version) => Err(DecodeError::UnknownVersion { name: $name, version }),)*
                    _ => Err(DecodeError::UnknownType(number)),
                }
            }
        }

        $(impl From<$payload> for Event {
            fn from(payload: $payload) -> Self {
                Self::$variant(payload)
            }
        })*
    };
}

catalogue! {
    1 "user.created" version 1 UserCreated(user::Created),
    2 "user.profile-updated" version 1 UserProfileUpdated(user::ProfileUpdated),
    3 "user.email-changed" version 1 UserEmailChanged(user::EmailChanged),
    4 "user.password-changed" version 1 UserPasswordChanged(user::PasswordChanged),
    5 "user.type-changed" version 1 UserTypeChanged(user::TypeChanged),
    6 "user.details-updated" version 1 UserDetailsUpdated(user::DetailsUpdated),
    7 "user.url-visited" version 1 UserUrlVisited(user::UrlVisited),
    8 "user.logged-in" version 1 UserLoggedIn(user::LoggedIn),
    9 "user.logged-out" version 1 UserLoggedOut(user::LoggedOut),
    10 "user.deleted" version 1 UserDeleted(user::Deleted),
    11 "user.returned" version 1 UserReturned(user::Returned),
    20 "conversation.created" version 1 ConversationCreated(conversation::Created),
    21 "conversation.status-changed" version 1 ConversationStatusChanged(conversation::StatusChanged),
    22 "conversation.agent-assigned" version 1 ConversationAgentAssigned(conversation::AgentAssigned),
    23 "conversation.department-assigned" version 1 ConversationDepartmentAssigned(conversation::DepartmentAssigned),
    24 "conversation.rated" version 1 ConversationRated(conversation::Rated),
    25 "conversation.queued" version 1 ConversationQueued(conversation::Queued),
    40 "message.sent" version 1 MessageSent(message::Sent),
    41 "message.updated" version 1 MessageUpdated(message::Updated),
    42 "message.read" version 1 MessageRead(message::Read),
    43 "message.deleted" version 1 MessageDeleted(message::Deleted),
    60 "file.created" version 1 FileCreated(file::Created),
    70 "settings.saved" version 1 SettingsSaved(settings::Saved),
    80 "delivery.planned" version 1 DeliveryPlanned(delivery::Planned),
    81 "delivery.succeeded" version 1 DeliverySucceeded(delivery::Succeeded),
    82 "delivery.failed" version 1 DeliveryFailed(delivery::Failed),
    83 "delivery.abandoned" version 1 DeliveryAbandoned(delivery::Abandoned),
    84 "delivery.replay-requested" version 1 DeliveryReplayRequested(delivery::ReplayRequested),
    100 "email.sent" version 1 EmailSent(notification::EmailSent),
    101 "sms.sent" version 1 SmsSent(notification::SmsSent),
    102 "push.sent" version 1 PushSent(notification::PushSent),
    103 "notification.ordered" version 1 NotificationOrdered(notification::Ordered),
    120 "email.received" version 1 EmailReceived(mailbox::Received),
    90 "report.recorded" version 1 ReportRecorded(report::Recorded),
    95 "automations.saved" version 1 AutomationsSaved(automation::Saved),
    96 "automation.ran" version 1 AutomationRan(automation::Ran),
    130 "article.saved" version 1 ArticleSaved(article::Saved),
    131 "article.removed" version 1 ArticleRemoved(article::Removed),
    132 "articles.ordered" version 1 ArticlesOrdered(article::Ordered),
    133 "article-categories.saved" version 1 ArticleCategoriesSaved(article::CategoriesSaved),
    134 "article.rated" version 1 ArticleRated(article::Rated),
    135 "articles.viewed" version 1 ArticlesViewed(article::Viewed),
    136 "articles.searched" version 1 ArticlesSearched(article::Searched),
    160 "bot.answered" version 1 BotAnswered(bot::Answered),
    165 "conversation.taken-over" version 1 ConversationTakenOver(conversation::TakenOver),
    175 "slack.message-sent" version 1 SlackMessageSent(slack::MessageSent),
    176 "slack.channel-linked" version 1 SlackChannelLinked(slack::ChannelLinked),
    177 "slack.channel-archived" version 1 SlackChannelArchived(slack::ChannelArchived),
    178 "slack.channel-restored" version 1 SlackChannelRestored(slack::ChannelRestored),
    140 "note.added" version 1 NoteAdded(note::Added),
    141 "note.deleted" version 1 NoteDeleted(note::Deleted),
    142 "conversation.deleted" version 1 ConversationDeleted(conversation::Deleted),
    145 "translations.saved" version 1 TranslationsSaved(translation::Saved),
    180 "history.erased" version 1 HistoryErased(erasure::Erased),
    185 "api-token.created" version 1 ApiTokenCreated(token::Created),
    186 "api-token.revoked" version 1 ApiTokenRevoked(token::Revoked),
}

/// The pattern of all events of a topic, for whoever has nothing to do with any of it. What has to
/// do with some of a topic names them one by one, so that the compiler asks about each new event.
#[macro_export]
macro_rules! topic {
    (conversations) => {
        $crate::Event::ConversationCreated(_)
            | $crate::Event::ConversationStatusChanged(_)
            | $crate::Event::ConversationAgentAssigned(_)
            | $crate::Event::ConversationDepartmentAssigned(_)
            | $crate::Event::ConversationRated(_)
            | $crate::Event::ConversationQueued(_)
            | $crate::Event::ConversationTakenOver(_)
            | $crate::Event::ConversationDeleted(_)
    };
    (notes) => {
        $crate::Event::NoteAdded(_) | $crate::Event::NoteDeleted(_)
    };
    (deliveries) => {
        $crate::Event::DeliveryPlanned(_)
            | $crate::Event::DeliverySucceeded(_)
            | $crate::Event::DeliveryFailed(_)
            | $crate::Event::DeliveryAbandoned(_)
            | $crate::Event::DeliveryReplayRequested(_)
    };
    (channels) => {
        $crate::Event::NotificationOrdered(_)
            | $crate::Event::EmailSent(_)
            | $crate::Event::SmsSent(_)
            | $crate::Event::PushSent(_)
            | $crate::Event::EmailReceived(_)
            | $crate::Event::BotAnswered(_)
            | $crate::Event::SlackMessageSent(_)
            | $crate::Event::SlackChannelLinked(_)
            | $crate::Event::SlackChannelArchived(_)
            | $crate::Event::SlackChannelRestored(_)
    };
    (articles) => {
        $crate::Event::ArticleSaved(_)
            | $crate::Event::ArticleRemoved(_)
            | $crate::Event::ArticlesOrdered(_)
            | $crate::Event::ArticleCategoriesSaved(_)
            | $crate::Event::ArticleRated(_)
            | $crate::Event::ArticlesViewed(_)
            | $crate::Event::ArticlesSearched(_)
    };
    (workspace) => {
        $crate::Event::FileCreated(_)
            | $crate::Event::SettingsSaved(_)
            | $crate::Event::AutomationsSaved(_)
            | $crate::Event::AutomationRan(_)
            | $crate::Event::TranslationsSaved(_)
            | $crate::Event::HistoryErased(_)
            | $crate::Event::ApiTokenCreated(_)
            | $crate::Event::ApiTokenRevoked(_)
    };
}

/// The type with this number.
#[must_use]
pub fn type_numbered(number: u16) -> Option<EventType> {
    TYPES
        .iter()
        .find(|candidate| candidate.number == number)
        .copied()
}

fn to_json<T: Serialize>(payload: &T, text: &mut Vec<u8>) {
    serde_json::to_writer(text, payload)
        .expect("payloads have string keys and no failing serializer");
}

fn from_json<T: DeserializeOwned>(name: &'static str, payload: &[u8]) -> Result<T, DecodeError> {
    serde_json::from_slice(payload).map_err(|source| DecodeError::Payload { name, source })
}

//! What surrounds an event: where it stands, when it happened, who did it and why.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{ApiTokenId, ConversationId, Event, EventType, UserId};

/// The kinds of streams. The numbers are stored in the log and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
#[repr(u8)]
pub enum StreamKind {
    /// One user's life.
    User = 1,
    /// One conversation with its messages.
    Conversation = 2,
    /// One file under `/uploads/`.
    File = 3,
    /// The workspace's settings; always number 1.
    Settings = 4,
    /// One reaction to events, such as webhooks, with what it has to deliver.
    Reaction = 5,
    /// One report.
    Report = 6,
    /// The workspace's automations; always number 1.
    Automations = 7,
    /// What was sent to nobody that we know; always number 1.
    Outbox = 8,
    /// The workspace's knowledge base; always number 1.
    Articles = 9,
    /// The mailbox whose mails become messages; always number 1.
    Mailbox = 11,
    /// The workspace's translations; always number 1.
    Translations = 10,
    /// One API token.
    Token = 12,
}

impl StreamKind {
    /// The kind with this number, if there is one.
    #[must_use]
    pub fn numbered(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::User),
            2 => Some(Self::Conversation),
            3 => Some(Self::File),
            4 => Some(Self::Settings),
            5 => Some(Self::Reaction),
            6 => Some(Self::Report),
            7 => Some(Self::Automations),
            8 => Some(Self::Outbox),
            9 => Some(Self::Articles),
            11 => Some(Self::Mailbox),
            10 => Some(Self::Translations),
            12 => Some(Self::Token),
            _ => None,
        }
    }

    /// The name used in exports: `user`, `conversation`, `file` and so on.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Conversation => "conversation",
            Self::File => "file",
            Self::Settings => "settings",
            Self::Reaction => "reaction",
            Self::Report => "report",
            Self::Automations => "automations",
            Self::Outbox => "outbox",
            Self::Articles => "articles",
            Self::Mailbox => "mailbox",
            Self::Translations => "translations",
            Self::Token => "token",
        }
    }
}

impl From<StreamKind> for u8 {
    fn from(kind: StreamKind) -> Self {
        kind as Self
    }
}

impl TryFrom<u8> for StreamKind {
    type Error = String;

    fn try_from(number: u8) -> Result<Self, String> {
        Self::numbered(number).ok_or_else(|| format!("{number} is no kind of stream"))
    }
}

/// The entity that an event belongs to. Order is kept within a stream and over all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Stream {
    /// What sort of entity.
    pub kind: StreamKind,
    /// Its number among its kind.
    pub id: u64,
}

impl fmt::Display for Stream {
    /// `conversation-7`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.kind.name(), self.id)
    }
}

impl From<UserId> for Stream {
    fn from(id: UserId) -> Self {
        Self {
            kind: StreamKind::User,
            id: id.0,
        }
    }
}

impl From<ConversationId> for Stream {
    fn from(id: ConversationId) -> Self {
        Self {
            kind: StreamKind::Conversation,
            id: id.0,
        }
    }
}

impl From<ApiTokenId> for Stream {
    fn from(id: ApiTokenId) -> Self {
        Self {
            kind: StreamKind::Token,
            id: id.0,
        }
    }
}

/// A `UUIDv7`: of an event, or of the request that caused it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct EventId(pub [u8; 16]);

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.0.iter().enumerate() {
            if matches!(index, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

/// An event as it stands in the log.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// Place in the log: dense, from 1, the same for every reader.
    pub position: u64,
    /// The entity it belongs to.
    pub stream: Stream,
    /// Place in its stream: dense, from 1.
    pub version: u64,
    /// Number and name of what happened; known even where the payload was erased.
    pub event_type: EventType,
    /// When, in milliseconds since the Unix epoch.
    pub time_ms: i64,
    /// The event's own id.
    pub id: EventId,
    /// The request that caused it.
    pub correlation: EventId,
    /// The position of the event that caused it; 0 where a caller did.
    pub causation: u64,
    /// The user on whose authority it happened; 0 for the service itself.
    pub actor: UserId,
    /// What happened; `None` where privacy law had the payload erased. A reader leaves an
    /// erased event out: the entities it spoke of are deleted by a later event.
    pub event: Option<Event>,
}

//! What happens to conversations.

use serde::{Deserialize, Serialize};

use crate::{DepartmentId, UserId};

/// Where a conversation stands. The numbers are the API's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
#[repr(u8)]
pub enum Status {
    /// 0: live, nothing waits.
    Live = 0,
    /// 1: waiting for the user.
    WaitingUser = 1,
    /// 2: waiting for an agent.
    WaitingAgent = 2,
    /// 3: archived.
    Archived = 3,
    /// 4: in the trash.
    Trashed = 4,
}

impl Status {
    /// The number on the wire.
    #[must_use]
    pub fn code(self) -> u8 {
        self as u8
    }

    /// Live or waiting: what an agent sees first.
    #[must_use]
    pub fn is_inbox(self) -> bool {
        matches!(self, Self::Live | Self::WaitingUser | Self::WaitingAgent)
    }
}

impl From<Status> for u8 {
    fn from(status: Status) -> Self {
        status as u8
    }
}

impl TryFrom<u8> for Status {
    type Error = UnknownStatus;

    fn try_from(code: u8) -> Result<Self, Self::Error> {
        match code {
            0 => Ok(Self::Live),
            1 => Ok(Self::WaitingUser),
            2 => Ok(Self::WaitingAgent),
            3 => Ok(Self::Archived),
            4 => Ok(Self::Trashed),
            other => Err(UnknownStatus(other)),
        }
    }
}

/// A status code beyond 4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownStatus(pub u8);

impl std::fmt::Display for UnknownStatus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} is not a status code (0 to 4)", self.0)
    }
}

/// Where a conversation came from: two letters, as the API writes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// Email.
    Em,
    /// Support ticket.
    Tk,
    /// `WhatsApp`.
    Wa,
    /// Facebook Messenger.
    Fb,
    /// Instagram.
    Ig,
    /// Twitter.
    Tw,
    /// `WeChat`.
    Wc,
    /// Text message.
    Tx,
    /// Google Business Messages.
    Gb,
}

impl Source {
    /// All sources.
    pub const ALL: [Self; 9] = [
        Self::Em,
        Self::Tk,
        Self::Wa,
        Self::Fb,
        Self::Ig,
        Self::Tw,
        Self::Wc,
        Self::Tx,
        Self::Gb,
    ];

    /// The two letters on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Em => "em",
            Self::Tk => "tk",
            Self::Wa => "wa",
            Self::Fb => "fb",
            Self::Ig => "ig",
            Self::Tw => "tw",
            Self::Wc => "wc",
            Self::Tx => "tx",
            Self::Gb => "gb",
        }
    }

    /// The source with these letters.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.name() == name)
    }
}

/// A conversation began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Created {
    /// Whose conversation it is.
    pub user: UserId,
    /// Title; often empty.
    pub title: String,
    /// Where it stands at the start.
    pub status: Status,
    /// Department that is to answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<DepartmentId>,
    /// Agent who is to answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<UserId>,
    /// Where it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// A free value of the caller.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub extra: String,
}

/// The status really changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusChanged {
    /// Before.
    pub from: Status,
    /// Now.
    pub to: Status,
}

/// The conversation was given to an agent, or taken from one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentAssigned {
    /// The agent; `None` when removed.
    pub agent: Option<UserId>,
    /// What the agent is to be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// The conversation was given to a department, or taken from one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DepartmentAssigned {
    /// The department; `None` when removed.
    pub department: Option<DepartmentId>,
    /// What the department's agents are to be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// All agents who are online have their hands full: it waits in the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queued {
    /// Its place; places are counted, smaller ones come first.
    pub place: u64,
}

/// The user said how it was. A later rating takes the place of an earlier one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rated {
    /// Whether it was good.
    pub positive: bool,
    /// The agent it is credited to: the assigned one, else the last who wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<UserId>,
}

/// The conversation was handed over to people: the bot holds back until it is archived or deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenOver {
    /// When, in milliseconds since the Unix epoch: what follows from it ends some days later.
    pub at_ms: i64,
}

/// The conversation was deleted for good, with its messages, notes and rating; its user stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deleted {
    /// Whose conversation it was.
    pub user: UserId,
}

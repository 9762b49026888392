//! What becomes of the messages that follow from events: webhooks today, other channels later. They
//! belong to the stream of the reaction that sends them.
//!
//! Lists, because many are planned and done at once, and an event each would cost more than the
//! deliveries themselves.

use serde::{Deserialize, Serialize};

/// The number in the log of the reaction that delivers orders
/// ([`notification::Ordered`](crate::notification::Ordered)). These follow from no plan whose stream
/// would tell it.
pub const OUTBOX: u64 = 3;

/// A reaction has looked at all events up to a position and knows what to deliver for them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    /// Everything up to this position is planned.
    pub through: u64,
    /// What is to be delivered, in the order of the events.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deliveries: Vec<Plan>,
}

/// One thing to deliver. What is in it follows from the event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Its number; counted over all reactions.
    pub delivery: u64,
    /// The position of the event that it tells of.
    pub source: u64,
    /// What it is, such as the webhook's name.
    pub name: String,
    /// Which part of the event, where one event has several of the same name; from 0.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub part: u32,
    /// Deliveries of one lane arrive in their order: `conversation-7`.
    pub lane: String,
}

/// Deliveries were taken by who was to get them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Succeeded {
    /// Which.
    pub deliveries: Vec<Attempt>,
}

/// Deliveries were tried and will be tried again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    /// Which.
    pub deliveries: Vec<Attempt>,
}

/// Deliveries are given up: too many tries, or refused for good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Abandoned {
    /// Which.
    pub deliveries: Vec<Attempt>,
    /// That nothing else is to be delivered either, where the receiver has said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped: Option<Stopped>,
}

/// A receiver wants no more of a reaction, until somebody asks for it again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stopped {
    /// Since when, in milliseconds since the Unix epoch.
    pub time_ms: i64,
    /// What it said.
    pub why: String,
    /// The events whose deliveries are missed come after this position.
    pub missed_after: u64,
}

/// How one try went.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// The delivery.
    pub delivery: u64,
    /// Which try it was, from 1; where it was given up without another, the last one, or 0.
    pub attempt: u32,
    /// The HTTP status of the answer, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// How long it took, in milliseconds.
    #[serde(default)]
    pub duration_ms: u32,
    /// What went wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// When it is tried again, in milliseconds since the Unix epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_at_ms: Option<i64>,
}

/// Somebody asked for the deliveries of a range of events once more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplayRequested {
    /// From the event after this position.
    pub after: u64,
    /// Up to the event at this position.
    pub until: u64,
    /// Only this name; all where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes fields by reference"
)]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

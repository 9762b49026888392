//! `POST /v1/webhooks/deliveries`

use projections::{DeliveriesFilter, DeliveryRow, DeliveryState};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    clock::wire_time,
    functions::{Context, Failure, Query, Refusal},
    reactions::reaction::Reaction,
    wire::{Integer, Key, Maybe, Text},
};

/// Deliveries on a page, unless asked otherwise.
const LIMIT: u64 = 100;

/// The log of webhooks: what was sent, how often it was tried, and what became of it, newest first.
///
/// `state` is pending, failed (it will be tried again), delivered or abandoned. `before` is the `id`
/// of the last row of the page before.
/// # Example
/// `{"state": "failed", "limit": 20}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Deliveries {
    /// In this state alone.
    #[serde(default)]
    state: Maybe<Text<20>>,
    /// With smaller ids alone.
    #[serde(default)]
    before: Maybe<Key<u64>>,
    /// At most so many; 100 by default.
    #[serde(default)]
    limit: Maybe<Integer<1, 1000>>,
}

/// One webhook, email, text message or push notification, and how it fared. Times are UTC.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Delivery {
    /// Its number.
    id: u64,
    /// The webhook's or the channel's name.
    name: String,
    /// The position of the event that it tells of.
    position: u64,
    /// What it must not overtake, such as `conversation-7`.
    lane: String,
    /// pending, failed, delivered or abandoned.
    state: &'static str,
    /// Tries so far.
    attempts: u32,
    /// The HTTP status of the last try.
    status: Option<u16>,
    /// How long the last try took, in milliseconds.
    duration_ms: Option<u32>,
    /// What went wrong at the last try.
    error: Option<String>,
    /// When it was planned.
    planned: String,
    /// When it was tried last.
    tried: Option<String>,
    /// When it is tried again.
    retry: Option<String>,
}

impl From<DeliveryRow> for Delivery {
    fn from(row: DeliveryRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            position: row.source,
            lane: row.lane,
            state: row.state.name(),
            attempts: row.attempts,
            status: row.status,
            duration_ms: row.duration_ms,
            error: row.error,
            planned: wire_time(row.planned_time),
            tried: row.last_time.map(wire_time),
            retry: row.retry_time.map(wire_time),
        }
    }
}

impl Query for Deliveries {
    const NAME: &'static str = "webhooks/deliveries";
    type Reply = Vec<Delivery>;

    async fn answer(self, context: &Context) -> Result<Vec<Delivery>, Failure> {
        self.of(Reaction::Webhooks, context).await
    }
}

impl Deliveries {
    /// The deliveries of one reaction.
    ///
    /// # Errors
    /// `invalid-argument` for a state that is none, or the read model's failure.
    pub async fn of(self, reaction: Reaction, context: &Context) -> Result<Vec<Delivery>, Failure> {
        let state = match self.state.0.as_deref().map(str::trim) {
            None => None,
            Some(name) => Some(DeliveryState::named(name).ok_or_else(|| {
                let why = format!("state: {name:?} is not pending, failed, delivered or abandoned");
                Refusal::InvalidArgument(why)
            })?),
        };
        let limit = self.limit.0.and_then(|limit| u64::try_from(limit).ok());
        let wanted = DeliveriesFilter {
            reaction: reaction as u64,
            state,
            before: self.before.0,
            limit: limit.unwrap_or(LIMIT),
        };
        let rows = context.service.reads.deliveries(&wanted).await?;
        Ok(rows.into_iter().map(Delivery::from).collect())
    }
}

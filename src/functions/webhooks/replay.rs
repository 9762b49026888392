//! `POST /v1/webhooks/replay`

use eventlog::Reader;
use events::{delivery::ReplayRequested, token::Scope};
use projections::DeliveriesFilter;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    functions::{Command, Context, Decision, Failure, Refusal},
    reactions::{reaction::Reaction, webhooks::Webhook},
    wire::{Key, Maybe, Since, Text},
};

/// Sends the webhooks of a range of events once more, with the ids that they have always had.
///
/// The range is `after` (that position is left out) to `until`, as positions of the log; by default
/// all of it. A time (`2026-11-22 10:00:00`, UTC, or a date) instead of a position means the events
/// from that time, and up to and with that second. `name` replays one webhook alone. `id`, by itself, is
/// one delivery of `webhooks/deliveries`: the webhook of that name of its event. What is sent
/// follows the settings as they are now: with webhooks switched off nothing is. Webhooks that have
/// stopped because the receiver answered 410 (Gone) go on with it: those of the range, and those of all
/// that happens from now on. `/readyz` says after which position some were missed.
/// # Example
/// `{"after": 100, "until": 120, "name": "message-sent"}`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Replay {
    /// The delivery, by its number.
    #[serde(default)]
    id: Maybe<Key<u64>>,
    /// Position or time from which.
    #[serde(default)]
    after: Maybe<Since>,
    /// Position or time up to which.
    #[serde(default)]
    until: Maybe<Since>,
    /// The webhook's name.
    #[serde(default)]
    name: Maybe<Text<100>>,
    /// The range in positions, found by `prepare`.
    #[serde(skip)]
    range: (u64, u64),
}

/// What will be replayed.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Replayed {
    /// From the event after this position.
    after: u64,
    /// Up to the event at this position.
    until: u64,
}

impl Command for Replay {
    const NAME: &'static str = "webhooks/replay";
    const SCOPE: Scope = Scope::Admin;
    type Reply = Replayed;

    async fn prepare(&mut self, context: &Context) -> Result<(), Failure> {
        if let Some(id) = self.id.0 {
            return self.find(context, id).await;
        }
        let reader = context.service.journal.reader();
        let head = reader.head();
        let after = match self.after.0 {
            None => 0,
            Some(Since::Id(position)) => position,
            Some(Since::Time(time_ms)) => last_before(reader, time_ms)?,
        };
        let until = match self.until.0 {
            None => head,
            Some(Since::Id(position)) => position.min(head),
            Some(Since::Time(time_ms)) => last_before(reader, time_ms.saturating_add(1_000))?,
        };
        self.range = (after, until);
        Ok(())
    }

    fn decide(self, decision: &mut Decision<'_>) -> Result<Replayed, Failure> {
        let (after, until) = self.range;
        if after >= until {
            return Err(Refusal::InvalidArgument(format!(
                "there is no event after position {after} and up to position {until}"
            ))
            .into());
        }
        let name = match self.name.0.as_deref() {
            None => None,
            Some(name) => Some(known(name)?.function().to_owned()),
        };
        let asked = ReplayRequested { after, until, name };
        decision.record(Reaction::Webhooks.stream(), asked)?;
        Ok(Replayed { after, until })
    }
}

impl Replay {
    /// Makes a range of one delivery.
    async fn find(&mut self, context: &Context, id: u64) -> Result<(), Failure> {
        if self.after.0.is_some() || self.until.0.is_some() || self.name.0.is_some() {
            let why = "id: it says all; after, until and name do not go with it".to_owned();
            return Err(Refusal::InvalidArgument(why).into());
        }
        context.settled().await?;
        let wanted = DeliveriesFilter {
            reaction: Reaction::Webhooks as u64,
            state: None,
            before: id.checked_add(1),
            limit: 1,
        };
        let found = context.service.reads.deliveries(&wanted).await?;
        let Some(row) = found.into_iter().find(|row| row.id == id) else {
            let why = format!("id: there is no delivery {id} of a webhook");
            return Err(Refusal::InvalidArgument(why).into());
        };
        self.range = (row.source - 1, row.source);
        self.name = Maybe(Some(row.name));
        Ok(())
    }
}

fn known(name: &str) -> Result<Webhook, Refusal> {
    Webhook::named(name.trim())
        .ok_or_else(|| Refusal::InvalidArgument(format!("{name:?} is not the name of a webhook")))
}

/// The position of the last event before a time: times do not decrease along the log, a clock that
/// was set back apart.
fn last_before(reader: &Reader, time_ms: i64) -> Result<u64, Failure> {
    let (mut before, mut from) = (0, reader.head() + 1);
    while before + 1 < from {
        let middle = before.midpoint(from);
        match reader.event(middle)? {
            Some(record) if record.header.time_ms < time_ms => before = middle,
            _ => from = middle,
        }
    }
    Ok(before)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::functions::{
        conversations::histories::arguments,
        scenario::{given, happened},
    };

    fn replay(range: (u64, u64), name: &str) -> Replay {
        let replay = arguments::<Replay>(json!({ "name": name }));
        Replay { range, ..replay }
    }

    #[test]
    fn a_range_is_asked_for() {
        let asked = ReplayRequested {
            after: 3,
            until: 9,
            name: Some("new-conversation-received".to_owned()),
        };
        given([])
            .when(replay((3, 9), "new-conversation"))
            .then([happened(Reaction::Webhooks.stream(), asked)])
            .answering(json!({"after": 3, "until": 9}));
    }

    #[test]
    fn refusals() {
        given([])
            .when(replay((9, 9), ""))
            .then_refused_with("invalid-argument");
        given([])
            .when(replay((3, 9), "nonsense"))
            .then_refused_with("invalid-argument");
    }
}

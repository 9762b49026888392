//! The ledger of deliveries: what reactions have planned and not yet delivered. It is decision
//! state, folded from `delivery.*` events, so it survives whatever the service survives.

use std::sync::Arc;

use eventlog::{State, View};
use events::{
    Event, Recorded, Stream, StreamKind,
    delivery::{Abandoned, Plan, Planned, Succeeded},
};
use serde::{Deserialize, Serialize};

use super::reaction::Reaction;
use crate::functions::{
    Decision, Failure, Service,
    decision::{Numbered, Table, last_number, next_id, note_id, parsed, read, write},
};

/// Something that is still to be delivered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// What, and for which event.
    pub plan: Plan,
    /// Tries so far.
    pub attempts: u32,
    /// Not before this time, in milliseconds since the Unix epoch.
    pub not_before_ms: i64,
}

impl Pending {
    fn new(plan: Plan) -> Self {
        Self {
            plan,
            attempts: 0,
            not_before_ms: 0,
        }
    }
}

/// What a reaction wants delivered for an event, before it has a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The position of the event.
    pub source: u64,
    /// What it is.
    pub name: &'static str,
    /// Which part of the event.
    pub part: u32,
    /// What it must not overtake.
    pub lane: String,
}

/// The position through which a reaction has planned.
///
/// # Errors
/// When the table cannot be read.
pub fn checkpoint(state: &dyn View, reaction: Reaction) -> Result<u64, Failure> {
    let stored = state.get(&Table::ReactionCheckpoint.row(reaction as u64))?;
    Ok(stored.map_or(0, |bytes| last_number(&bytes)))
}

/// What is to be delivered, by number, after delivery `after` and at most `limit` of it.
///
/// # Errors
/// When the table cannot be read.
pub fn pending(
    state: &dyn View,
    reaction: Reaction,
    after: u64,
    limit: usize,
) -> Result<Vec<Pending>, Failure> {
    let prefix = Table::Delivery.key(&[&(reaction as u64).to_be_bytes()]);
    let page = state.scan(&prefix, Some(&reaction.delivery_key(after)), limit)?;
    page.iter().map(|(key, row)| parsed(key, row)).collect()
}

/// Records what is to be delivered for the events after `from` and up to `through`, and answers
/// what has come to be pending.
///
/// # Errors
/// A fault when another planner was there first; the log's failure.
pub async fn plan(
    service: &Arc<Service>,
    reaction: Reaction,
    from: u64,
    through: u64,
    wanted: Vec<Wanted>,
) -> Result<Vec<Pending>, Failure> {
    let decide = move |decision: &mut Decision<'_>| {
        let standing = checkpoint(decision.state(), reaction)?;
        if standing != from {
            return Err(crate::functions::Fault::Planner(reaction.name(), from, standing).into());
        }
        let first = next_id(decision.state(), Numbered::Delivery)?;
        let deliveries: Vec<Plan> = (first..)
            .zip(wanted)
            .map(|(delivery, wanted)| Plan {
                delivery,
                source: wanted.source,
                name: wanted.name.to_owned(),
                part: wanted.part,
                lane: wanted.lane,
            })
            .collect();
        let pending = deliveries.iter().cloned().map(Pending::new).collect();
        let planned = Planned {
            through,
            deliveries,
        };
        decision.record(reaction.stream(), planned)?;
        Ok(pending)
    };
    service.journal.decide_alone(decide).await
}

/// Whether an event tells of deliveries themselves: nothing ever follows from these but what they
/// say.
#[must_use]
pub fn is_own(event: &Recorded) -> bool {
    event.stream.kind == StreamKind::Reaction
}

/// Takes up a delivery that follows from no plan: it is part of the decision that ordered it.
pub fn add(state: &mut dyn State, reaction: Reaction, plan: Plan) {
    let key = reaction.delivery_key(plan.delivery);
    write(state, &key, &Pending::new(plan));
}

/// The ledger after `event`.
///
/// # Errors
/// When the table cannot be read.
pub fn evolve(state: &mut dyn State, stream: Stream, event: &Event) -> Result<(), Failure> {
    let key =
        |delivery: u64| Table::Delivery.key(&[&stream.id.to_be_bytes(), &delivery.to_be_bytes()]);
    match event {
        Event::DeliveryPlanned(planned) => {
            let checkpoint = Table::ReactionCheckpoint.row(stream.id);
            state.put(&checkpoint, planned.through.to_be_bytes().to_vec());
            if let Some(last) = planned.deliveries.iter().map(|plan| plan.delivery).max() {
                note_id(state, Numbered::Delivery, last)?;
            }
            for plan in &planned.deliveries {
                write(state, &key(plan.delivery), &Pending::new(plan.clone()));
            }
        }
        Event::DeliverySucceeded(Succeeded { deliveries })
        | Event::DeliveryAbandoned(Abandoned { deliveries, .. }) => {
            for attempt in deliveries {
                state.delete(&key(attempt.delivery));
            }
        }
        Event::DeliveryFailed(failed) => {
            for attempt in &failed.deliveries {
                if let Some(mut pending) = read::<Pending>(state, &key(attempt.delivery))? {
                    pending.attempts = attempt.attempt;
                    pending.not_before_ms = attempt.retry_at_ms.unwrap_or_default();
                    write(state, &key(attempt.delivery), &pending);
                }
            }
        }
        _ => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use eventlog::Memory;
    use events::delivery::{Attempt, Failed};

    use super::*;

    fn after(events: impl IntoIterator<Item = Event>) -> Memory {
        let mut state = Memory::default();
        for event in events {
            evolve(&mut state, Reaction::Webhooks.stream(), &event).unwrap();
        }
        state
    }

    fn planned(through: u64, deliveries: impl IntoIterator<Item = u64>) -> Event {
        let plan = |delivery| Plan {
            delivery,
            source: through,
            name: "message-sent".to_owned(),
            part: 0,
            lane: "conversation-1".to_owned(),
        };
        let deliveries = deliveries.into_iter().map(plan).collect();
        Planned {
            through,
            deliveries,
        }
        .into()
    }

    fn attempt(delivery: u64, attempt: u32, retry_at_ms: Option<i64>) -> Vec<Attempt> {
        vec![Attempt {
            delivery,
            attempt,
            retry_at_ms,
            ..Attempt::default()
        }]
    }

    fn numbers(state: &Memory) -> Vec<(u64, u32, i64)> {
        let pending = pending(state, Reaction::Webhooks, 0, 100).unwrap();
        let parts = |one: &Pending| (one.plan.delivery, one.attempts, one.not_before_ms);
        pending.iter().map(parts).collect()
    }

    #[test]
    fn what_is_planned_is_pending_until_it_is_settled() {
        let state = after([planned(5, [1, 2, 3])]);
        assert_eq!(checkpoint(&state, Reaction::Webhooks).unwrap(), 5);
        assert_eq!(numbers(&state), [(1, 0, 0), (2, 0, 0), (3, 0, 0)]);
        let (taken, given_up) = (attempt(1, 1, None), attempt(3, 9, None));
        let failed = attempt(2, 4, Some(77));
        let state = after([
            planned(5, [1, 2, 3]),
            Succeeded { deliveries: taken }.into(),
            Failed { deliveries: failed }.into(),
            Abandoned {
                deliveries: given_up,
                stopped: None,
            }
            .into(),
            planned(9, []),
        ]);
        assert_eq!(checkpoint(&state, Reaction::Webhooks).unwrap(), 9);
        assert_eq!(numbers(&state), [(2, 4, 77)]);
        assert_eq!(next_id(&state, Numbered::Delivery).unwrap(), 4);
    }
}

//! What events do to deliveries: folded into one operation for each row, then written.

use std::collections::{BTreeMap, BTreeSet};

use events::delivery::{Attempt, OUTBOX, Planned};
use events::notification::Ordered;
use events::{Event, Recorded};
use serde::Serialize;

use super::rows::{DELIVERIES, DeliveryRow, DeliveryState};
use crate::Fault;
use crate::database::{Kind, Shape, Tx};

/// Rows that tell of a try.
const PATCH: Shape = Shape(&[
    ("id", Kind::Int),
    ("state", Kind::Text),
    ("attempts", Kind::Int),
    ("status", Kind::Int),
    ("duration_ms", Kind::Int),
    ("error", Kind::Text),
    ("last_time", Kind::Int),
    ("retry_time", Kind::Int),
]);
const SET_PATCH: &str = "
    state = patch.state, attempts = patch.attempts, status = patch.status,
    duration_ms = patch.duration_ms, error = patch.error, last_time = patch.last_time,
    retry_time = patch.retry_time";

/// The changes of a batch.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    planned: BTreeMap<u64, DeliveryRow>,
    tried: BTreeMap<u64, Try>,
    erased: BTreeSet<u64>,
}

/// The last try in a batch.
#[derive(Debug)]
struct Try {
    state: DeliveryState,
    attempt: Attempt,
    time_ms: i64,
}

impl Changes {
    /// Folds events into changes.
    pub(crate) fn of(events: &[Recorded]) -> Self {
        let mut changes = Self::default();
        for recorded in events {
            match &recorded.event {
                Some(Event::DeliveryPlanned(planned)) => changes.plan(recorded, planned),
                Some(Event::NotificationOrdered(ordered)) => changes.order(recorded, ordered),
                Some(Event::DeliverySucceeded(taken)) => {
                    changes.tried(recorded, DeliveryState::Delivered, &taken.deliveries);
                }
                Some(Event::DeliveryFailed(failed)) => {
                    changes.tried(recorded, DeliveryState::Failed, &failed.deliveries);
                }
                Some(Event::DeliveryAbandoned(abandoned)) => {
                    changes.tried(recorded, DeliveryState::Abandoned, &abandoned.deliveries);
                }
                Some(Event::HistoryErased(erased)) => {
                    let orders = erased.orders.iter().map(|order| order.delivery);
                    changes.erased.extend(orders);
                }
                _ => {}
            }
        }
        changes
    }

    fn plan(&mut self, recorded: &Recorded, planned: &Planned) {
        for plan in &planned.deliveries {
            let row = DeliveryRow {
                reaction: recorded.stream.id,
                name: plan.name.clone(),
                part: plan.part,
                source: plan.source,
                ..DeliveryRow::pending(plan.delivery, plan.lane.clone(), recorded.time_ms)
            };
            self.planned.insert(plan.delivery, row);
        }
    }

    /// What leaves by the outbox is planned where it is ordered.
    fn order(&mut self, recorded: &Recorded, ordered: &Ordered) {
        for order in &ordered.orders {
            let row = DeliveryRow {
                reaction: OUTBOX,
                name: order.channel.name().to_owned(),
                source: recorded.position,
                ..DeliveryRow::pending(order.delivery, order.lane(), recorded.time_ms)
            };
            self.planned.insert(order.delivery, row);
        }
    }

    fn tried(&mut self, recorded: &Recorded, state: DeliveryState, attempts: &[Attempt]) {
        for attempt in attempts {
            let tried = Try {
                state,
                attempt: attempt.clone(),
                time_ms: recorded.time_ms,
            };
            match self.planned.get_mut(&attempt.delivery) {
                Some(row) => tried.lay_over(row),
                None => {
                    self.tried.insert(attempt.delivery, tried);
                }
            }
        }
    }

    /// Writes the changes. What was erased goes last: nothing comes after it.
    pub(crate) async fn write(self, tx: &mut Tx) -> Result<(), Fault> {
        let rows: Vec<_> = self.planned.values().map(DeliveryRow::values).collect();
        DELIVERIES.insert(tx, &rows).await?;
        let patches: Vec<_> = self.tried.values().map(Try::values).collect();
        DELIVERIES.patch(tx, PATCH, SET_PATCH, &patches).await?;
        let erased: Vec<_> = self.erased.iter().collect();
        DELIVERIES.delete(tx, "id", &erased).await
    }
}

impl Try {
    fn lay_over(self, row: &mut DeliveryRow) {
        row.state = self.state;
        row.attempts = self.attempt.attempt;
        row.status = self.attempt.status;
        row.duration_ms = Some(self.attempt.duration_ms);
        row.error = self.attempt.error;
        row.last_time = Some(self.time_ms);
        row.retry_time = self.attempt.retry_at_ms;
    }

    /// The values, in the order of [`PATCH`].
    fn values(&self) -> impl Serialize + '_ {
        (
            self.attempt.delivery,
            self.state,
            self.attempt.attempt,
            self.attempt.status,
            self.attempt.duration_ms,
            &self.attempt.error,
            self.time_ms,
            self.attempt.retry_at_ms,
        )
    }
}

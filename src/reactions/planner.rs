//! The planner: of each event along the bus, records what is to be delivered for it.

use std::sync::Arc;

use events::{Event, Recorded};

use super::{
    deliverer::Intake,
    follow::{Stands, Take, UNRECORDED_MAX},
    ledger::{self, Wanted, is_own},
    reaction::Reaction,
};
use crate::{
    functions::{Failure, Service, settings::state::Settings},
    journal,
};

/// Events that a replay looks at at once.
const REPLAY_PAGE: usize = 500;
/// Deliveries that may be pending before planning waits for some to be done; the rest waits in the
/// log.
pub const PENDING_MAX: usize = 100_000;

/// What a reaction makes of an event: pure.
pub type PlanFn = fn(&Recorded, &Settings) -> Vec<Wanted>;

/// What a reaction that delivers does with events.
pub struct Planner {
    /// The running service.
    pub service: Arc<Service>,
    /// Whose.
    pub reaction: Reaction,
    /// What it makes of an event.
    pub plan: PlanFn,
    /// Takes what has come to be pending.
    pub intake: Intake,
}

impl Take for Planner {
    /// Waits until there is room for what may follow.
    async fn room(&mut self) {
        // The deliverer lives longer than the planner; should it not, there is nothing to wait for.
        let _ = self
            .intake
            .pending
            .wait_for(|count| *count < PENDING_MAX)
            .await;
    }

    async fn take(&mut self, batch: &[Recorded], stands: Stands) -> Result<Stands, Failure> {
        let Stands { recorded, seen } = stands;
        let (recorded, seen) = self.plan_batch(batch, recorded, seen).await?;
        Ok(Stands { recorded, seen })
    }
}

impl Planner {
    /// Plans a batch. Answers the checkpoint as recorded, and the last event but its own that it has
    /// looked at.
    async fn plan_batch(
        &self,
        batch: &[Recorded],
        mut recorded: u64,
        mut seen: u64,
    ) -> Result<(u64, u64), Failure> {
        let settings = self.service.settings()?;
        let mut wanted = Vec::new();
        let mut must_record = false;
        for event in batch {
            if let Some(Event::DeliveryReplayRequested(asked)) = &event.event
                && event.stream == self.reaction.stream()
            {
                // What came before goes first, so that no lane is overtaken.
                let before = std::mem::take(&mut wanted);
                recorded = self.record(recorded, event.position - 1, before).await?;
                let named = asked.name.clone();
                self.replay(recorded, asked.after, asked.until, named, &settings)
                    .await?;
                must_record = true;
            }
            if !is_own(event) {
                seen = event.position;
                wanted.extend((self.plan)(event, &settings));
                // Plans follow the settings of their time: what was looked at under the former
                // settings is not looked at again under these.
                must_record |= matches!(event.event, Some(Event::SettingsSaved(_)));
            } else if must_record {
                seen = event.position;
            }
        }
        if must_record || !wanted.is_empty() || seen > recorded + UNRECORDED_MAX {
            recorded = self.record(recorded, seen.max(recorded), wanted).await?;
        }
        Ok((recorded, seen.max(recorded)))
    }

    async fn record(&self, from: u64, through: u64, wanted: Vec<Wanted>) -> Result<u64, Failure> {
        let through = through.max(from);
        let pending = ledger::plan(&self.service, self.reaction, from, through, wanted).await?;
        // The deliverer has gone only when the service stops; it finds these when it starts again.
        let _ = self.intake.planned.send(pending);
        Ok(through)
    }

    /// Plans the deliveries of a range of events once more, with the IDs that they have always had.
    async fn replay(
        &self,
        checkpoint: u64,
        after: u64,
        until: u64,
        name: Option<String>,
        settings: &Settings,
    ) -> Result<(), Failure> {
        let mut position = after;
        while position < until {
            let reader = self.service.journal.reader().clone();
            let page = move || journal::after(&reader, position, REPLAY_PAGE);
            let page = tokio::task::spawn_blocking(page)
                .await
                .map_err(|_| crate::functions::Fault::Task("reading a range of events"))?
                .map_err(crate::functions::Fault::Unreadable)?;
            let Some(last) = page.last() else {
                return Ok(());
            };
            position = last.position;
            let wanted: Vec<Wanted> = page
                .iter()
                .filter(|event| event.position <= until && !is_own(event))
                .flat_map(|event| (self.plan)(event, settings))
                .filter(|wanted| name.as_deref().is_none_or(|name| wanted.name == name))
                .collect();
            if !wanted.is_empty() {
                self.record(checkpoint, checkpoint, wanted).await?;
            }
            let mut pending = self.intake.pending.clone();
            let _ = pending.wait_for(|count| *count < PENDING_MAX).await;
        }
        Ok(())
    }
}

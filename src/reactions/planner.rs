//! The planner: of each event along the bus, records what is to be delivered for it.

use std::sync::Arc;

use events::{Event, Recorded, delivery::ReplayRequested};

use super::{
    deliverer::Intake,
    follow::{Stands, Take, UNRECORDED_MAX},
    ledger::{self, Wanted, is_own},
    reaction::Reaction,
    stops::stopped,
};
use crate::{
    functions::{Failure, Fault, Service, settings::state::Settings},
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

    /// A request for a replay parts the batch: what came before goes first, so that no lane is
    /// overtaken.
    async fn take(&mut self, batch: &[Recorded], stands: Stands) -> Result<Stands, Failure> {
        let (mut stands, reaction) = (stands, self.reaction);
        for part in batch.split_inclusive(|event| replay_in(event, reaction).is_some()) {
            stands = self.plan_what_follows(part, stands).await?;
            let Some(request) = part.last() else { continue };
            if let Some(asked) = replay_in(request, reaction) {
                self.replay(asked, stands).await?;
                // Or it would be replayed again after the next start.
                stands = self.record(stands, request.position, Vec::new()).await?;
            }
        }
        Ok(stands)
    }
}

impl Planner {
    /// Plans what follows from these events. Records it where something does, and otherwise now and
    /// then how far it has come.
    async fn plan_what_follows(
        &self,
        events: &[Recorded],
        stands: Stands,
    ) -> Result<Stands, Failure> {
        let wanted = self.wanted(events, None)?;
        // What reactions record is no reason to record how far this one has come: it would never end.
        let others = events.iter().rfind(|event| !is_own(event));
        let seen = others.map_or(stands.seen, |event| event.position);
        // Plans follow the settings of their time: what was looked at under the former settings is
        // not looked at again under these.
        let is_other_time = events
            .iter()
            .any(|event| matches!(event.event, Some(Event::SettingsSaved(_))));
        if wanted.is_empty() && !is_other_time && seen <= stands.recorded + UNRECORDED_MAX {
            return Ok(Stands { seen, ..stands });
        }
        self.record(stands, seen, wanted).await
    }

    /// What is to be delivered for these events, under the settings of the moment; nothing while the
    /// reaction has stopped.
    fn wanted(&self, events: &[Recorded], name: Option<&str>) -> Result<Vec<Wanted>, Failure> {
        if stopped(self.service.journal.reader(), self.reaction)?.is_some() {
            return Ok(Vec::new());
        }
        let settings = self.service.settings()?;
        Ok(events
            .iter()
            .filter(|event| !is_own(event))
            .flat_map(|event| (self.plan)(event, &settings))
            .filter(|wanted| name.is_none_or(|name| wanted.name == name))
            .collect())
    }

    /// Records a plan, together with how far it has come by it.
    async fn record(
        &self,
        stands: Stands,
        through: u64,
        wanted: Vec<Wanted>,
    ) -> Result<Stands, Failure> {
        let from = stands.recorded;
        let pending = ledger::plan(&self.service, self.reaction, from, through, wanted).await?;
        // The deliverer has gone only when the service stops; it finds these when it starts again.
        let _ = self.intake.planned.send(pending);
        Ok(Stands {
            recorded: through,
            seen: through,
        })
    }

    /// Plans the deliveries of a range of events once more, with the IDs that they have always had,
    /// and stays where it stands.
    async fn replay(&mut self, asked: &ReplayRequested, stands: Stands) -> Result<(), Failure> {
        let (mut after, name) = (asked.after, asked.name.as_deref());
        while after < asked.until {
            let mut page = self.page(after).await?;
            let Some(last) = page.last() else { break };
            after = last.position;
            page.retain(|event| event.position <= asked.until);
            let wanted = self.wanted(&page, name)?;
            if !wanted.is_empty() {
                self.record(stands, stands.recorded, wanted).await?;
            }
            self.room().await;
        }
        Ok(())
    }

    /// The events after a position, as many as a replay looks at at once.
    async fn page(&self, after: u64) -> Result<Vec<Recorded>, Failure> {
        let reader = self.service.journal.reader().clone();
        let page = move || journal::after(&reader, after, REPLAY_PAGE);
        let page = tokio::task::spawn_blocking(page).await;
        let page = page.map_err(|_| Fault::Task("reading a range of events"))?;
        Ok(page.map_err(Fault::Unreadable)?)
    }
}

/// The replay that an event asks a reaction for.
fn replay_in(event: &Recorded, reaction: Reaction) -> Option<&ReplayRequested> {
    match &event.event {
        Some(Event::DeliveryReplayRequested(asked)) if event.stream == reaction.stream() => {
            Some(asked)
        }
        _ => None,
    }
}

//! Automations that follow from what users do, and from the time: emails, text messages and messages.
//!
//! Events only say whose automations to look at; whether one may run, and that it ran, is decided
//! once, on the state as of now. So an event that comes twice does nothing twice, and none is needed
//! to be remembered.

use std::{collections::HashSet, sync::Arc, time::Duration};

use eventlog::View;
use events::{ConversationId, Event, Recorded, UserId, automation::Saved};
use tokio::sync::watch;

use super::{
    follow::{Stands, Take, UNRECORDED_MAX, checkpoint},
    ledger::is_own,
    reaction::Reaction,
};
use crate::{
    clock,
    functions::{
        Decision, Failure, Refusal, Service,
        automations::{
            conditions::is_about_time,
            run::{RUN_HERE, due, run_due},
            state::{came_ms, person, saved},
        },
        conversation, user,
    },
};

/// Users who are online that one look at the time considers; the rest has its turn at the next.
const USERS_MAX: usize = 1_000;

/// Looks at the automations of the users whom events tell of.
pub struct Automations {
    service: Arc<Service>,
    saved: Saved,
}

impl Automations {
    /// With the automations as of now.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn new(service: Arc<Service>) -> Result<Self, Failure> {
        Ok(Self {
            saved: saved(service.journal.reader())?,
            service,
        })
    }
}

impl Take for Automations {
    async fn take(&mut self, batch: &[Recorded], stands: Stands) -> Result<Stands, Failure> {
        let (mut now, mut saved_anew) = (stands, false);
        let mut looked_at = HashSet::new();
        for event in batch.iter().filter(|event| !is_own(event)) {
            now.seen = event.position;
            if let Some(Event::AutomationsSaved(saved)) = &event.event {
                self.saved = saved.clone();
                saved_anew = true;
                looked_at.clear();
            }
            let user = self.subject(event)?;
            if let Some(user) = user.filter(|user| looked_at.insert(*user)) {
                look(&self.service, &self.saved, user, event.position).await?;
            }
        }
        // What happened under the former automations is not looked at again under these.
        if saved_anew || now.seen > now.recorded + UNRECORDED_MAX {
            now = checkpoint(&self.service, Reaction::Automations, now).await?;
        }
        Ok(now)
    }
}

impl Automations {
    /// Whose automations to look at after an event: a customer who has written, come to be or moved
    /// on, or whose conversation has another status. Never after what automations or other reactions
    /// did themselves: that would go round in circles.
    fn subject(&self, event: &Recorded) -> Result<Option<UserId>, Failure> {
        let is_consequence = event.actor == UserId(0) && event.causation != 0;
        if is_consequence || !runs_here(&self.saved) {
            return Ok(None);
        }
        Ok(match &event.event {
            Some(Event::MessageSent(sent)) => Some(sent.author),
            Some(Event::UserCreated(_) | Event::UserUrlVisited(_)) => Some(UserId(event.stream.id)),
            Some(Event::ConversationStatusChanged(_)) => {
                let id = ConversationId(event.stream.id);
                conversation(self.service.journal.reader(), id)?.map(|found| found.user)
            }
            _ => None,
        })
    }
}

/// Once in a while looks at the automations that depend on the time, for the users who are online,
/// until `stop` says so.
pub async fn by_time(service: Arc<Service>, mut stop: watch::Receiver<bool>) {
    let every = Duration::from_secs(service.config.automations_every_seconds.into());
    let mut after = UserId(0);
    if every.is_zero() {
        return;
    }
    loop {
        tokio::select! {
            biased;
            _ = stop.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(until_next(every)) => {}
        }
        match look_at_online(&service, after).await {
            Ok(last) => after = last,
            Err(failure) => tracing::warn!("automations were not looked at: {failure:?}"),
        }
    }
}

/// Until the clock shows the next multiple of `every`, so that a minute named is not slept over.
fn until_next(every: Duration) -> Duration {
    let every_ms = i64::try_from(every.as_millis()).unwrap_or(i64::MAX);
    let rest_ms = every_ms - clock::now_ms().rem_euclid(every_ms);
    Duration::from_millis(u64::try_from(rest_ms).unwrap_or(1))
}

/// Looks once at the automations that depend on the time, for all users who are online.
///
/// # Errors
/// When the state cannot be read, or the log takes nothing.
pub async fn look_at_all(
    service: &Arc<Service>,
    stop: &watch::Receiver<bool>,
) -> Result<(), Failure> {
    let mut after = UserId(0);
    loop {
        after = look_at_online(service, after).await?;
        if after == UserId(0) || *stop.borrow() {
            return Ok(());
        }
    }
}

/// Looks at those after `after`, in the order of their ids. Answers the last one, or 0 when it has
/// come round.
async fn look_at_online(service: &Arc<Service>, after: UserId) -> Result<UserId, Failure> {
    let mut saved = saved(service.journal.reader())?;
    for list in saved.automations.values_mut() {
        list.retain(|one| one.conditions.as_deref().is_some_and(is_about_time));
    }
    if !runs_here(&saved) {
        return Ok(UserId(0));
    }
    let mut online = service.presence.online(clock::now_ms());
    online.retain(|user| *user > after);
    online.sort_unstable();
    let more = online.len() > USERS_MAX;
    online.truncate(USERS_MAX);
    for user in &online {
        look(service, &saved, *user, 0).await?;
    }
    Ok(online.pop().filter(|_| more).unwrap_or(UserId(0)))
}

/// Runs what may run for a customer. `saved` spares the append thread looks in vain; it decides by
/// what is saved then. A log that takes nothing for a while is an error: who looks looks again.
async fn look(
    service: &Arc<Service>,
    saved: &Saved,
    id: UserId,
    causation: u64,
) -> Result<(), Failure> {
    let came_ms = came_ms(service.journal.reader(), id)?;
    match may_run(service, saved, id, came_ms) {
        Ok(true) => {}
        // Refused: the user has gone meanwhile.
        Ok(false) | Err(Failure::Refused(_)) => return Ok(()),
        Err(failure) => return Err(failure),
    }
    let decide = move |decision: &mut Decision<'_>| {
        if is_customer(decision.state(), id)? {
            run_due(decision, id, came_ms)?;
        }
        Ok(())
    };
    match service.journal.decide_because(causation, decide).await {
        Err(Failure::Refused(refusal)) if !matches!(refusal, Refusal::Unavailable(_)) => {
            tracing::warn!(user = id.0, "automations do not run: {refusal}");
            Ok(())
        }
        decided => decided,
    }
}

/// Whether it is worth asking the append thread.
fn may_run(
    service: &Service,
    saved: &Saved,
    id: UserId,
    came_ms: Option<i64>,
) -> Result<bool, Failure> {
    let reader = service.journal.reader();
    if !is_customer(reader, id)? {
        return Ok(false);
    }
    let person = person(reader, id, came_ms)?;
    let settings = service.settings()?;
    Ok(!due(reader, &settings, saved, id, &person, clock::now_ms())?.is_empty())
}

/// Whether any automation is the service's to run.
fn runs_here(saved: &Saved) -> bool {
    let of_kind = |kind| saved.automations.get(kind);
    RUN_HERE
        .iter()
        .filter_map(of_kind)
        .any(|list| !list.is_empty())
}

/// Automations speak to customers; agents, admins and the bot ask for them where they want them.
fn is_customer(state: &dyn View, id: UserId) -> Result<bool, Failure> {
    Ok(user(state, id)?.is_some_and(|user| user.user_type.is_customer()))
}

//! Erasure: what a deleted user, or a conversation deleted for good, leaves in the history goes, too.
//!
//! Some time after the deletion the payloads that speak of them are replaced by tombstones, so that
//! positions stay dense and the hash chain still verifies, and their files under `/uploads/` are
//! deleted. That it happened is an event of its own ([`Erased`]), recorded before the payloads go: the
//! decision state and the read models follow from it, so both are the same whether they are folded
//! from the log as it was or as it is. A kill in between has it found and done again.
//!
//! Erased are all events of the user and of the conversations that went along; what the user wrote in
//! others'; emails, text messages, push notifications and files that tell of them. What is still to be
//! delivered of it by then is not delivered any more. It stays that they were, and when: the frame of
//! each event, and the deletion itself. What was forwarded to Slack is Slack's; the answers remembered
//! for Idempotency-Keys go when these expire.
//!
//! The stream in NATS forgets afterwards, by a way of its own ([`Forgetting`]): while NATS is away, the
//! log is erased all the same.

mod find;
mod subjects;

use std::{sync::Arc, time::Duration};

use events::{Event, Recorded, Stream, erasure::Erased};
use futures::FutureExt as _;
use tokio::{sync::watch, task::spawn_blocking};

use super::{
    Work,
    follow::{Stands, Take, UNRECORDED_MAX, checkpoint, follow},
    ledger::{self, is_own},
    reaction::Reaction,
};
use crate::{
    bus::Bus,
    causes::with_causes,
    clock,
    functions::{Decision, Failure, Fault, Service, decision::last_numbers, elsewhere},
};
use find::Part;

/// The pause after NATS did not forget, or while the read models are behind.
const AGAIN: Duration = Duration::from_secs(5);

/// Takes erasure up where it stood.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn all(
    service: &Arc<Service>,
    stop: &watch::Receiver<bool>,
) -> Result<Vec<Work>, Failure> {
    let erasing = Erasing {
        service: Arc::clone(service),
        stop: stop.clone(),
        done: 0,
    };
    let mut all = vec![from_the_log(service, Reaction::Erasure, erasing, stop).await?];
    // Without NATS there is nothing to forget, and it is not said that it was: should NATS come
    // later, with a stream of before, it is done then.
    if service.bus.relay().is_some() {
        let forgetting = Forgetting {
            service: Arc::clone(service),
            stop: stop.clone(),
        };
        all.push(from_the_log(service, Reaction::Forgetting, forgetting, stop).await?);
    }
    Ok(all)
}

/// Follows the log itself: NATS may be away, and is what has to forget.
async fn from_the_log(
    service: &Arc<Service>,
    reaction: Reaction,
    takes: impl Take + 'static,
    stop: &watch::Receiver<bool>,
) -> Result<Work, Failure> {
    let reader = service.journal.reader();
    let after = ledger::checkpoint(reader, reaction)?;
    let tail = Bus::tail(reader.clone());
    let events = tail.subscribe(reaction.name(), after);
    let events = events.await.map_err(Fault::Bus)?;
    Ok(follow(Arc::clone(service), reaction, events, takes, stop.clone()).boxed())
}

/// Erases what was deleted.
struct Erasing {
    service: Arc<Service>,
    stop: watch::Receiver<bool>,
    /// The last deletion that was taken care of since the start: what is due goes together.
    done: u64,
}

impl Take for Erasing {
    async fn take(&mut self, batch: &[Recorded], stands: Stands) -> Result<Stands, Failure> {
        let mut did = false;
        for deletion in batch.iter().filter(|event| is_deletion(event)) {
            if deletion.position <= self.done {
                did = true;
                continue;
            }
            if !self.wait_until(self.due(deletion.time_ms)).await {
                return Ok(stands);
            }
            let Some(done) = self.erase(deletion.position).await? else {
                return Ok(stands);
            };
            (self.done, did) = (done, true);
        }
        checkpoint_after(&self.service, Reaction::Erasure, batch, stands, did).await
    }
}

impl Erasing {
    fn delay_ms(&self) -> i64 {
        i64::from(self.service.config.erase_after_seconds) * 1_000
    }

    fn due(&self, deleted_ms: i64) -> i64 {
        deleted_ms + self.delay_ms()
    }

    /// False when the service stops first.
    async fn wait_until(&mut self, due_ms: i64) -> bool {
        let wait_ms = u64::try_from(due_ms - clock::now_ms()).unwrap_or(0);
        tokio::select! {
            biased;
            _ = self.stop.wait_for(|stop| *stop) => false,
            () = tokio::time::sleep(Duration::from_millis(wait_ms)) => true,
        }
    }

    /// Waits until the read models know of a deletion: as long as they stand before it they hold what
    /// could not be made from an erased log. False when the service stops first.
    async fn projected(&self, position: u64) -> bool {
        while self.service.reads.wait_for(position, AGAIN).await.is_err() {
            if *self.stop.borrow() {
                return false;
            }
        }
        true
    }

    /// Erases what this deletion and those after it left, as far as they are due. Answers the position
    /// of the last of them; `None` when the service stops first.
    async fn erase(&self, first: u64) -> Result<Option<u64>, Failure> {
        let reader = self.service.journal.reader().clone();
        let due_ms = clock::now_ms() - self.delay_ms();
        let search = move || find::find(&reader, first, due_ms);
        let found = spawn_blocking(search).await;
        let found = found.map_err(|_| Fault::Task("looking for what is to be erased"))??;
        if !self.projected(found.last).await {
            return Ok(None);
        }
        let erased = found.parts.len();
        for parts in together(found.parts) {
            self.erase_together(parts).await?;
        }
        // The write-ahead log would keep the bytes until it is full.
        let log = self.service.journal.log().clone();
        let flushed = spawn_blocking(move || log.flush()).await;
        flushed.map_err(|_| Fault::Task("flushing the log"))??;
        tracing::info!(
            deletions = found.deletions,
            parts = erased,
            "erased what they left in the history"
        );
        Ok(Some(found.last))
    }

    async fn erase_together(&self, parts: Vec<Part>) -> Result<(), Failure> {
        let positions = parts.iter().flat_map(|part| &part.erased.positions);
        let positions: Vec<u64> = positions.copied().collect();
        let files: Vec<String> = parts.iter().flat_map(|part| part.files.clone()).collect();
        let decide = move |decision: &mut Decision<'_>| {
            parts
                .into_iter()
                .try_for_each(|part| record(decision, part))
        };
        self.service.journal.decide_alone(decide).await?;
        for path in files {
            let removed = self.service.uploads.remove(&path);
            removed.map_err(|source| Fault::File(path, source))?;
        }
        self.service.journal.log().erase(positions).await?;
        Ok(())
    }
}

fn is_deletion(event: &Recorded) -> bool {
    matches!(
        event.event,
        Some(Event::UserDeleted(_) | Event::ConversationDeleted(_))
    )
}

/// Parts that are small enough to be erased at once: everybody's writes wait for it.
fn together(parts: Vec<Part>) -> Vec<Vec<Part>> {
    let mut together: Vec<Vec<Part>> = Vec::new();
    let mut count = usize::MAX;
    for part in parts {
        count = count.saturating_add(part.erased.positions.len());
        if count > find::PART {
            together.push(Vec::new());
            count = part.erased.positions.len();
        }
        if let Some(open) = together.last_mut() {
            open.push(part);
        }
    }
    together
}

/// Records what is erased, with what the state would not know without it.
fn record(decision: &mut Decision<'_>, part: Part) -> Result<(), Failure> {
    let Part {
        stream,
        mut erased,
        elsewhere: spoke_in,
        ..
    } = part;
    for conversation in spoke_in {
        let known = elsewhere(decision.state(), conversation, &erased.messages)?;
        erased.elsewhere.push(known);
    }
    erased.last_numbers = last_numbers(decision.state())?;
    decision.record(stream, erased)
}

/// Has NATS forget what was erased.
struct Forgetting {
    service: Arc<Service>,
    stop: watch::Receiver<bool>,
}

impl Take for Forgetting {
    async fn take(&mut self, batch: &[Recorded], stands: Stands) -> Result<Stands, Failure> {
        let mut forgot = false;
        for event in batch {
            if let Some(Event::HistoryErased(erased)) = &event.event {
                if !self.forget(event.stream, erased).await {
                    return Ok(stands);
                }
                forgot = true;
            }
        }
        checkpoint_after(&self.service, Reaction::Forgetting, batch, stands, forgot).await
    }
}

impl Forgetting {
    /// Tries until NATS has forgotten; false when the service stops first.
    async fn forget(&mut self, stream: Stream, erased: &Erased) -> bool {
        let mut told = false;
        while let Err(fault) = self.service.bus.forget(&erased.positions).await {
            if !std::mem::replace(&mut told, true) {
                tracing::warn!(%stream, "NATS has not forgotten yet what was erased; trying again: {}", with_causes(&fault));
            }
            tokio::select! {
                biased;
                _ = self.stop.wait_for(|stop| *stop) => return false,
                () = tokio::time::sleep(AGAIN) => {}
            }
        }
        true
    }
}

/// Everything in the batch is done with; that is recorded where something was done, and once in a
/// while.
async fn checkpoint_after(
    service: &Arc<Service>,
    reaction: Reaction,
    batch: &[Recorded],
    mut stands: Stands,
    did: bool,
) -> Result<Stands, Failure> {
    let others = batch.iter().rfind(|event| did || !is_own(event));
    stands.seen = others.map_or(stands.seen, |event| event.position);
    if did || stands.seen > stands.recorded + UNRECORDED_MAX {
        return checkpoint(service, reaction, stands).await;
    }
    Ok(stands)
}

//! The recorder: records how tries went, many at once.

use std::{sync::Arc, time::Duration};

use eventlog::View;
use events::{
    ConversationId, Event, Stream, StreamKind, UserId,
    delivery::{Abandoned, Attempt, Failed, Stopped, Succeeded},
};
use tokio::sync::{mpsc, oneshot, watch};

use super::{
    ledger::pending,
    reaction::Reaction,
    stops::{stopped, told},
};
use crate::functions::{Decision, Failure, Service, conversation, user};

/// Outcomes that wait to be recorded; with more, delivering waits.
pub const UNRECORDED_MAX: usize = 10_000;
/// Outcomes recorded together.
const RECORDED_MAX: usize = 1_000;
/// With fewer outcomes than this at once it waits a little for more to come together: each recording is
/// an fsync, a transaction of the read models and a wake for everybody who follows the log.
const FEW: usize = 200;
/// How long.
const LINGER: Duration = Duration::from_millis(10);
/// The pause after the log refused to record outcomes, for its disk is full for instance.
const AGAIN: Duration = Duration::from_secs(1);

/// What is to be recorded of a try.
pub enum Outcome {
    /// Taken, and what has happened by it.
    Succeeded(Attempt, Vec<(Stream, Event)>),
    /// To be tried again.
    Failed(Attempt),
    /// Given up.
    Abandoned(Attempt),
    /// Given up, and all else with it. Dropped once that is on disk, for whoever waits for it.
    Stopped(Attempt, oneshot::Sender<()>),
}

/// Records outcomes until there will be no more.
pub async fn record(
    service: Arc<Service>,
    reaction: Reaction,
    mut outcomes: mpsc::Receiver<Outcome>,
    stop: watch::Receiver<bool>,
) {
    let mut batch = Vec::new();
    let mut news = News::default();
    while outcomes.recv_many(&mut batch, RECORDED_MAX).await > 0 {
        if batch.len() < FEW {
            tokio::time::sleep(LINGER).await;
            let room = RECORDED_MAX - batch.len();
            batch.extend(std::iter::from_fn(|| outcomes.try_recv().ok()).take(room));
        }
        // Who waits is told by the end of it.
        let (sorted, _waiting) = sorted(batch.drain(..));
        let stopped = loop {
            match settle(&service, reaction, sorted.clone()).await {
                Ok(stopped) => break stopped,
                Err(failure) => {
                    let reaction = reaction.name();
                    tracing::warn!(reaction, "outcomes are not recorded yet: {failure:?}");
                }
            }
            if *stop.borrow() {
                // They are tried again after the next start, under the same ids.
                return;
            }
            tokio::time::sleep(AGAIN).await;
        };
        news.tell(reaction, &sorted);
        if let Some(stopped) = stopped {
            tracing::warn!(reaction = reaction.name(), "{}", told(&stopped));
        }
    }
}

/// What the service's log is told: the first failure of many, what was given up, and that it goes on.
#[derive(Default)]
struct News {
    failing: bool,
}

impl News {
    fn tell(&mut self, reaction: Reaction, outcomes: &Outcomes) {
        let reaction = reaction.name();
        let why = |attempts: &[Attempt]| attempts.last().and_then(|last| last.error.clone());
        let mut tried = outcomes.abandoned.iter().filter(|one| one.attempt > 0);
        let count = tried.clone().count();
        // That all has stopped is told by itself.
        if let Some(why) = tried.next_back().and_then(|last| last.error.as_ref())
            && outcomes.stopped.is_none()
        {
            tracing::warn!(reaction, count, "given up, the last: {why}");
        }
        match (why(&outcomes.failed), outcomes.succeeded.is_empty()) {
            (Some(why), true) if !self.failing => {
                self.failing = true;
                tracing::warn!(reaction, "deliveries fail and are tried again: {why}");
            }
            (None, false) if self.failing => {
                self.failing = false;
                tracing::info!(reaction, "deliveries are taken again");
            }
            _ => {}
        }
    }
}

/// Outcomes by what follows from them, and those who wait until they are recorded.
fn sorted(outcomes: impl Iterator<Item = Outcome>) -> (Outcomes, Vec<oneshot::Sender<()>>) {
    let (mut sorted, mut waiting) = (Outcomes::default(), Vec::new());
    for outcome in outcomes {
        match outcome {
            Outcome::Succeeded(attempt, follows) => {
                sorted.succeeded.push(attempt);
                sorted.follows.extend(follows);
            }
            Outcome::Failed(attempt) => sorted.failed.push(attempt),
            Outcome::Abandoned(attempt) => sorted.abandoned.push(attempt),
            Outcome::Stopped(attempt, waits) => {
                sorted.stopped.clone_from(&attempt.error);
                sorted.abandoned.push(attempt);
                waiting.push(waits);
            }
        }
    }
    (sorted, waiting)
}

/// How tries went, by what follows from it.
#[derive(Clone, Debug, Default)]
struct Outcomes {
    /// Taken.
    succeeded: Vec<Attempt>,
    /// To be tried again.
    failed: Vec<Attempt>,
    /// Given up.
    abandoned: Vec<Attempt>,
    /// Why nothing else is to be delivered either, where the receiver has said so.
    stopped: Option<String>,
    /// What happened by the tries that succeeded.
    follows: Vec<(Stream, Event)>,
}

/// Records how tries went. Answers that the reaction has stopped by it, if it has.
async fn settle(
    service: &Arc<Service>,
    reaction: Reaction,
    outcomes: Outcomes,
) -> Result<Option<Stopped>, Failure> {
    let decide = move |decision: &mut Decision<'_>| {
        let stream = reaction.stream();
        let Outcomes {
            succeeded,
            failed,
            abandoned,
            stopped,
            follows,
        } = outcomes;
        for (stream, event) in follows {
            // Of who was deleted while it was on its way, nothing is written down any more.
            if !is_gone(decision.state(), stream)? {
                decision.record(stream, event)?;
            }
        }
        if !succeeded.is_empty() {
            let deliveries = succeeded;
            decision.record(stream, Succeeded { deliveries })?;
        }
        if !failed.is_empty() {
            let deliveries = failed;
            decision.record(stream, Failed { deliveries })?;
        }
        let stopped = match stopped {
            Some(why) => stop(decision, reaction, why)?,
            None => None,
        };
        if !abandoned.is_empty() {
            let abandoned = Abandoned {
                deliveries: abandoned,
                stopped: stopped.clone(),
            };
            decision.record(stream, abandoned)?;
        }
        Ok(stopped)
    };
    service.journal.decide_alone(decide).await
}

fn is_gone(state: &dyn View, stream: Stream) -> Result<bool, Failure> {
    Ok(match stream.kind {
        StreamKind::User => user(state, UserId(stream.id))?.is_none(),
        StreamKind::Conversation => conversation(state, ConversationId(stream.id))?.is_none(),
        _ => false,
    })
}

/// That a reaction stops with what is pending; `None` where it has stopped already, and this was under
/// way then.
fn stop(
    decision: &Decision<'_>,
    reaction: Reaction,
    why: String,
) -> Result<Option<Stopped>, Failure> {
    if stopped(decision.state(), reaction)?.is_some() {
        return Ok(None);
    }
    let oldest = pending(decision.state(), reaction, 0, 1)?.pop();
    Ok(Some(Stopped {
        time_ms: decision.facts().now_ms,
        why,
        missed_after: oldest.map_or(0, |oldest| oldest.plan.source.saturating_sub(1)),
    }))
}

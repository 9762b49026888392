//! The deliverer: tries what is pending, lane by lane, and records how each try went.

use std::{
    future::Future,
    sync::Arc,
    time::{Duration, Instant},
};

use events::{
    Event, Stream,
    delivery::{Attempt, Plan},
};
use futures::{StreamExt as _, future::join, stream::FuturesUnordered};
use tokio::sync::{mpsc, watch};

pub use super::tried::{Tried, Verdict};
use super::{
    lanes::Lanes,
    ledger::{self, Outcomes, Pending},
    reaction::Reaction,
};
use crate::{
    clock,
    functions::{Failure, Service},
    secret,
};

/// Deliveries under way at the same time.
const UNDER_WAY_MAX: usize = 64;
/// Pending deliveries read from the ledger at once at the start.
const PAGE: usize = 10_000;
/// Outcomes that wait to be recorded; with more, delivering waits.
const UNRECORDED_MAX: usize = 10_000;
/// Outcomes recorded together.
const RECORDED_MAX: usize = 1_000;
/// The longest that a receiver's Retry-After is obeyed.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(24 * 3600);
/// The longest sleep, since the clock may be set meanwhile.
const SLEEP_MAX: Duration = Duration::from_secs(30);
/// How long deliveries under way may still take when the service stops.
const STOP_GRACE: Duration = Duration::from_secs(5);
/// The pause after the log refused to record outcomes, for its disk is full for instance.
const RECORD_AGAIN: Duration = Duration::from_secs(1);

/// Delivers one thing: the reaction's own part.
pub trait Deliver: Send + Sync + 'static {
    /// Tries once. Must end in bounded time.
    fn deliver(&self, plan: &Plan) -> impl Future<Output = Tried> + Send;
}

/// One reaction's deliveries.
pub struct Deliverer<D> {
    service: Arc<Service>,
    reaction: Reaction,
    deliver: D,
    /// Pauses before the second try, the third and so on; after the last there are no more.
    retry_delays: Vec<Duration>,
    lanes: Lanes,
    planned: mpsc::UnboundedReceiver<Vec<Pending>>,
    pending: watch::Sender<usize>,
}

/// The planner's end of a deliverer.
pub struct Intake {
    /// Takes what has come to be pending.
    pub planned: mpsc::UnboundedSender<Vec<Pending>>,
    /// How much is pending.
    pub pending: watch::Receiver<usize>,
    /// The last delivery that the ledger held at the start; 0 for none.
    pub last: u64,
}

/// What is to be recorded of a try.
enum Outcome {
    Succeeded(Attempt, Vec<(Stream, Event)>),
    Failed(Attempt),
    Abandoned(Attempt),
}

impl<D: Deliver> Deliverer<D> {
    /// A deliverer of all that the ledger holds by now. To be made before anything is planned.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn new(
        service: Arc<Service>,
        reaction: Reaction,
        deliver: D,
        retry_delays: Vec<Duration>,
    ) -> Result<(Self, Intake), Failure> {
        let mut lanes = Lanes::default();
        let mut after = 0;
        loop {
            let page = ledger::pending(service.journal.reader(), reaction, after, PAGE)?;
            let Some(last) = page.last() else { break };
            after = last.plan.delivery;
            for pending in page {
                lanes.add(pending);
            }
        }
        if lanes.len() > 0 {
            tracing::info!(reaction = reaction.name(), pending = lanes.len(), "goes on");
        }
        let (planned, received) = mpsc::unbounded_channel();
        let (tell, pending) = watch::channel(lanes.len());
        let deliverer = Self {
            service,
            reaction,
            deliver,
            retry_delays,
            lanes,
            planned: received,
            pending: tell,
        };
        Ok((
            deliverer,
            Intake {
                planned,
                pending,
                last: after,
            },
        ))
    }

    /// Delivers until `stop` says so; what is under way then is finished and recorded.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        let (tell, outcomes) = mpsc::channel(UNRECORDED_MAX);
        let (service, reaction) = (Arc::clone(&self.service), self.reaction);
        join(
            self.work(tell, stop.clone()),
            record(service, reaction, outcomes, stop),
        )
        .await;
    }

    async fn work(mut self, tell: mpsc::Sender<Outcome>, mut stop: watch::Receiver<bool>) {
        let deliver = self.deliver;
        let mut under_way = FuturesUnordered::new();
        // Once the service stops: until when what is under way may take.
        let mut grace: Option<tokio::time::Instant> = None;
        while !(grace.is_some() && under_way.is_empty()) {
            while grace.is_none() && under_way.len() < UNDER_WAY_MAX {
                let Some(pending) = self.lanes.take_due(clock::now_ms()) else {
                    break;
                };
                under_way.push(attempt(&deliver, pending));
            }
            self.pending.send_replace(self.lanes.len());
            tokio::select! {
                Some((pending, attempt, tried)) = under_way.next() => {
                    let outcome = judge(&mut self.lanes, &self.retry_delays, &pending, attempt, tried);
                    // The recorder ends only after this loop.
                    let _ = tell.send(outcome).await;
                }
                Some(more) = self.planned.recv() => {
                    for pending in more {
                        self.lanes.add(pending);
                    }
                }
                () = tokio::time::sleep(rest(&self.lanes)), if grace.is_none() => {}
                () = stopped(&mut stop), if grace.is_none() => {
                    grace = Some(tokio::time::Instant::now() + STOP_GRACE);
                }
                // What is cut off is tried again after the next start, under the same id.
                () = until(grace), if grace.is_some() => return,
            }
        }
    }
}

async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

async fn until(end: Option<tokio::time::Instant>) {
    if let Some(end) = end {
        tokio::time::sleep_until(end).await;
    }
}

/// Tries once and takes the time.
async fn attempt<D: Deliver>(deliver: &D, pending: Pending) -> (Pending, Attempt, Tried) {
    let started = Instant::now();
    let tried = deliver.deliver(&pending.plan).await;
    let attempt = Attempt {
        delivery: pending.plan.delivery,
        attempt: pending.attempts + 1,
        status: tried.status,
        duration_ms: u32::try_from(started.elapsed().as_millis()).unwrap_or(u32::MAX),
        error: tried.error.clone(),
        retry_at_ms: None,
    };
    (pending, attempt, tried)
}

/// Moves the lane on, or has it rest.
fn judge(
    lanes: &mut Lanes,
    retry_delays: &[Duration],
    pending: &Pending,
    mut attempt: Attempt,
    tried: Tried,
) -> Outcome {
    let lane = &pending.plan.lane;
    let delay = usize::try_from(pending.attempts)
        .ok()
        .and_then(|attempts| retry_delays.get(attempts));
    match (tried.verdict, delay) {
        (Verdict::Taken, _) => {
            lanes.done(lane);
            Outcome::Succeeded(attempt, tried.follows)
        }
        (Verdict::Again, Some(delay)) => {
            let asked = tried.retry_after.unwrap_or_default().min(RETRY_AFTER_MAX);
            let delay = jittered(*delay).max(asked);
            let delay_ms = i64::try_from(delay.as_millis()).unwrap_or(i64::MAX);
            let retry_at_ms = clock::now_ms().saturating_add(delay_ms);
            lanes.again(lane, attempt.attempt, retry_at_ms);
            attempt.retry_at_ms = Some(retry_at_ms);
            Outcome::Failed(attempt)
        }
        (Verdict::Again, None) | (Verdict::Never, _) => {
            lanes.done(lane);
            Outcome::Abandoned(attempt)
        }
    }
}

/// Between four and six fifths of it, so that what failed together is not tried together.
fn jittered(delay: Duration) -> Duration {
    let [chance] = secret::random_bytes::<1>();
    delay.mul_f64(0.8 + 0.4 * f64::from(chance) / 255.0)
}

/// How long there is nothing to do, if nobody has news.
fn rest(lanes: &Lanes) -> Duration {
    let Some(due_ms) = lanes.next_due_ms() else {
        return SLEEP_MAX;
    };
    let wait_ms = u64::try_from(due_ms - clock::now_ms()).unwrap_or(0);
    // What is due and not taken waits for one that is under way.
    Duration::from_millis(wait_ms.max(1)).min(SLEEP_MAX)
}

/// Records outcomes, many at once, until there will be no more.
async fn record(
    service: Arc<Service>,
    reaction: Reaction,
    mut outcomes: mpsc::Receiver<Outcome>,
    stop: watch::Receiver<bool>,
) {
    let mut batch = Vec::new();
    while outcomes.recv_many(&mut batch, RECORDED_MAX).await > 0 {
        let mut sorted = Outcomes::default();
        for outcome in batch.drain(..) {
            match outcome {
                Outcome::Succeeded(attempt, follows) => {
                    sorted.succeeded.push(attempt);
                    sorted.follows.extend(follows);
                }
                Outcome::Failed(attempt) => sorted.failed.push(attempt),
                Outcome::Abandoned(attempt) => sorted.abandoned.push(attempt),
            }
        }
        while let Err(failure) = ledger::settle(&service, reaction, sorted.clone()).await {
            let reaction = reaction.name();
            tracing::warn!(reaction, "outcomes are not recorded yet: {failure:?}");
            if *stop.borrow() {
                // They are tried again after the next start, under the same ids.
                return;
            }
            tokio::time::sleep(RECORD_AGAIN).await;
        }
    }
}

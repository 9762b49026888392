//! The deliverer: tries what is pending, lane by lane, and records how each try went.

use std::{
    future::Future,
    sync::Arc,
    time::{Duration, Instant},
};

use eventlog::View;
use events::delivery::{Attempt, Plan};
use futures::{FutureExt as _, StreamExt as _, future::join, stream::FuturesUnordered};
use tokio::sync::{mpsc, oneshot, watch};

pub use super::tried::{Tried, Verdict};
use super::{
    lanes::Lanes,
    ledger::{self, Pending},
    reaction::Reaction,
    recorder::{Outcome, UNRECORDED_MAX, record},
    stops::stopped,
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
/// The longest that a receiver's Retry-After is obeyed.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(24 * 3600);
/// The longest sleep, since the clock may be set meanwhile.
const SLEEP_MAX: Duration = Duration::from_secs(30);
/// How long deliveries under way may still take when the service stops.
const STOP_GRACE: Duration = Duration::from_secs(5);

/// Delivers one thing: the reaction's own part.
pub trait Deliver: Send + Sync + 'static {
    /// Tries once. Must end in bounded time.
    fn deliver(&self, plan: &Plan) -> impl Future<Output = Tried> + Send;

    /// Whether it is the one to deliver this; a reaction may have several, so that what is slow for one
    /// keeps none of the others waiting.
    fn is_for(&self, _plan: &Plan) -> bool {
        true
    }
}

/// One reaction's deliveries.
pub struct Deliverer<D> {
    service: Arc<Service>,
    reaction: Reaction,
    deliver: D,
    tries: Tries,
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

impl<D: Deliver> Deliverer<D> {
    /// A deliverer of all that the ledger holds for it by now. To be made before anything is planned.
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
            for pending in page.into_iter().filter(|one| deliver.is_for(&one.plan)) {
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
            tries: Tries {
                lanes,
                retry_delays,
                hold: None,
                may_have_stopped: true,
            },
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
        let (deliver, mut tries) = (self.deliver, self.tries);
        let mut under_way = FuturesUnordered::new();
        // Once the service stops: until when what is under way may take.
        let mut grace: Option<tokio::time::Instant> = None;
        while !(grace.is_some() && under_way.is_empty()) {
            while grace.is_none() && under_way.len() < UNDER_WAY_MAX {
                let Some(pending) = tries.take_due() else {
                    break;
                };
                match tries.stopped(self.service.journal.reader(), self.reaction) {
                    None => under_way.push(attempt(&deliver, pending)),
                    Some(why) => {
                        let outcome = tries.judge(pending, Tried::unsent(why), Duration::ZERO);
                        let _ = tell.send(outcome).await;
                    }
                }
            }
            self.pending.send_replace(tries.lanes.len());
            tokio::select! {
                Some(ended) = under_way.next() => {
                    let mut next = Some(ended);
                    while let Some((pending, tried, took)) = next {
                        let outcome = tries.judge(pending, tried, took);
                        // The recorder ends only after this loop.
                        let _ = tell.send(outcome).await;
                        // Those that have ended as well are no reason to look at all else each time.
                        next = under_way.next().now_or_never().flatten();
                    }
                }
                Some(more) = self.planned.recv() => {
                    for pending in more {
                        tries.lanes.add(pending);
                    }
                }
                // With no room for another, one that is under way has to end first.
                () = tries.rest(), if grace.is_none() && under_way.len() < UNDER_WAY_MAX => {}
                () = asked_to_end(&mut stop), if grace.is_none() => {
                    grace = Some(tokio::time::Instant::now() + STOP_GRACE);
                }
                // What is cut off is tried again after the next start, under the same id.
                () = until(grace), if grace.is_some() => return,
            }
        }
    }
}

async fn asked_to_end(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

async fn until(end: Option<tokio::time::Instant>) {
    if let Some(end) = end {
        tokio::time::sleep_until(end).await;
    }
}

/// Tries once and takes the time.
async fn attempt<D: Deliver>(deliver: &D, pending: Pending) -> (Pending, Tried, Duration) {
    let started = Instant::now();
    let tried = deliver.deliver(&pending.plan).await;
    (pending, tried, started.elapsed())
}

/// What waits to be tried, and the rules of when.
struct Tries {
    lanes: Lanes,
    /// Pauses before the second try, the third and so on; after the last there are no more.
    retry_delays: Vec<Duration>,
    /// Once the receiver wants no more: nothing is tried until that is on disk.
    hold: Option<oneshot::Receiver<()>>,
    /// Whether the state is to be asked if it has said so: only a try can bring that about.
    may_have_stopped: bool,
}

impl Tries {
    fn take_due(&mut self) -> Option<Pending> {
        match self.hold {
            None => self.lanes.take_due(clock::now_ms()),
            Some(_) => None,
        }
    }

    /// Why nothing is tried, if so.
    fn stopped(&mut self, state: &dyn View, reaction: Reaction) -> Option<String> {
        if !self.may_have_stopped {
            return None;
        }
        match stopped(state, reaction) {
            Ok(Some(stopped)) => return Some(format!("not sent: {} before", stopped.why)),
            Ok(None) => self.may_have_stopped = false,
            Err(failure) => tracing::error!("whether to stop is not known: {failure:?}"),
        }
        None
    }

    /// Moves the lane on, or has it rest.
    fn judge(&mut self, mut pending: Pending, tried: Tried, took: Duration) -> Outcome {
        let was_tried = tried.verdict != Verdict::Unsent;
        let mut attempt = Attempt {
            delivery: pending.plan.delivery,
            attempt: pending.attempts + u32::from(was_tried),
            status: tried.status,
            duration_ms: u32::try_from(took.as_millis()).unwrap_or(u32::MAX),
            error: tried.error,
            retry_at_ms: None,
        };
        if tried.verdict == Verdict::Again
            && let Some(retry_at_ms) = self.retry_at_ms(&pending, tried.retry_after)
        {
            pending.attempts = attempt.attempt;
            pending.not_before_ms = retry_at_ms;
            self.lanes.again(pending);
            attempt.retry_at_ms = Some(retry_at_ms);
            return Outcome::Failed(attempt);
        }
        self.lanes.done(&pending.plan.lane);
        match tried.verdict {
            Verdict::Taken => Outcome::Succeeded(attempt, tried.follows),
            Verdict::Stop => {
                let (tell, recorded) = oneshot::channel();
                self.hold = Some(recorded);
                self.may_have_stopped = true;
                Outcome::Stopped(attempt, tell)
            }
            Verdict::Again | Verdict::Never | Verdict::Unsent => Outcome::Abandoned(attempt),
        }
    }

    /// When it is tried again, if it is.
    fn retry_at_ms(&self, pending: &Pending, asked: Option<Duration>) -> Option<i64> {
        let attempts = usize::try_from(pending.attempts).ok()?;
        let delay = jittered(*self.retry_delays.get(attempts)?);
        let delay = delay.max(asked.unwrap_or_default().min(RETRY_AFTER_MAX));
        let delay_ms = i64::try_from(delay.as_millis()).unwrap_or(i64::MAX);
        Some(clock::now_ms().saturating_add(delay_ms))
    }

    /// Sleeps as long as there is nothing to try, if nobody has news.
    async fn rest(&mut self) {
        if let Some(recorded) = &mut self.hold {
            let _ = recorded.await;
            self.hold = None;
            return;
        }
        let wait = self.lanes.next_due_ms().map_or(SLEEP_MAX, |due_ms| {
            let wait_ms = u64::try_from(due_ms - clock::now_ms()).unwrap_or(0);
            Duration::from_millis(wait_ms).min(SLEEP_MAX)
        });
        tokio::time::sleep(wait).await;
    }
}

/// Between four and six fifths of it, so that what failed together is not tried together.
fn jittered(delay: Duration) -> Duration {
    let [chance] = secret::random_bytes::<1>();
    delay.mul_f64(0.8 + 0.4 * f64::from(chance) / 255.0)
}

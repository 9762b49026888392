//! Calling a vendor: one that is down is not waited for by everybody.
//!
//! After some failures in a row (no connection, no answer in time, a status of 5xx) a host is not asked
//! for a while: calls are refused at once, as if it had not answered. Then one call may try; it opens
//! the way for all, or closes it for another while. What a host refuses (4xx) is an answer. Who waits
//! for less than what a host is given learns nothing of it: such a silence is neither.
//!
//! What may be repeated is tried again after a passing failure, within the time that it has in all:
//! requests that say so, and the way to a mail server up to the login. The rest never: nobody knows
//! whether the vendor did what it was asked.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::{Instant, sleep};

use super::{
    outgoing::{Outgoing, Problem, host},
    request::{Request, Response},
};

/// How long to wait before the first repetition; twice as long before each that follows.
const FIRST_WAIT: Duration = Duration::from_millis(200);

/// How much patience vendors are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// How long an HTTP connection may take: name, TCP and TLS.
    pub connect: Duration,
    /// How often a request that may be repeated is tried again.
    pub retries: u32,
    /// After so many failures in a row a host is not asked; 0 for never.
    pub failures_max: u32,
    /// For how long.
    pub pause: Duration,
    /// How long a host is given: a shorter silence is no failure of its.
    pub silence: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            retries: 2,
            failures_max: 5,
            pause: Duration::from_secs(30),
            silence: Duration::from_secs(10),
        }
    }
}

/// A host was not asked: it failed too often just now.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} failed several times in a row and is not asked for a while")]
pub struct Down(pub String);

/// The hosts that fail, each with how it fails: one for all ways out.
#[derive(Debug, Default)]
pub struct Breaker {
    pub(super) patience: Patience,
    failing: Mutex<HashMap<String, Circuit>>,
}

#[derive(Debug, Default)]
struct Circuit {
    failures: u32,
    /// Not asked until then.
    closed_until: Option<Instant>,
    /// Whether somebody tries now, while all others are refused.
    tried: bool,
}

impl Breaker {
    /// A breaker that knows of no failures yet.
    #[must_use]
    pub fn new(patience: Patience) -> Arc<Self> {
        Arc::new(Self {
            patience,
            failing: Mutex::default(),
        })
    }

    /// Lets a call through to `host`, or says that it is down.
    pub(super) fn admit(self: &Arc<Self>, host: &str) -> Result<Call, Down> {
        self.admit_at(host, Instant::now())
    }

    fn admit_at(self: &Arc<Self>, host: &str, now: Instant) -> Result<Call, Down> {
        let mut is_try = false;
        let mut failing = self.failing();
        if let Some(circuit) = failing.get_mut(host)
            && let Some(until) = circuit.closed_until
        {
            if circuit.tried || now < until {
                return Err(Down(host.to_owned()));
            }
            circuit.tried = true;
            is_try = true;
        }
        Ok(Call {
            breaker: Arc::clone(self),
            host: host.to_owned(),
            is_try,
        })
    }

    fn told(&self, host: &str, failed: bool, now: Instant) {
        let mut failing = self.failing();
        if !failed {
            let before = failing.remove(host);
            if before.is_some_and(|circuit| circuit.closed_until.is_some()) {
                tracing::info!("{host} answers again");
            }
            return;
        }
        let circuit = failing.entry(host.to_owned()).or_default();
        circuit.failures = circuit.failures.saturating_add(1);
        circuit.tried = false;
        let (failures, pause) = (circuit.failures, self.patience.pause);
        if self.patience.failures_max > 0 && failures >= self.patience.failures_max {
            circuit.closed_until = Some(now + pause);
            tracing::warn!("{host} failed {failures} times in a row: not asked for {pause:?}");
        }
    }

    /// Nothing in here can panic halfway, so what a panic elsewhere left is whole.
    fn failing(&self) -> MutexGuard<'_, HashMap<String, Circuit>> {
        self.failing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A call under way. One that is given up without an outcome makes room for another to try.
pub(super) struct Call {
    breaker: Arc<Breaker>,
    host: String,
    is_try: bool,
}

impl Call {
    /// It is over; `failed` says whether the host is to blame.
    pub(super) fn told(self, failed: bool) {
        self.breaker.told(&self.host, failed, Instant::now());
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if self.is_try
            && let Some(circuit) = self.breaker.failing().get_mut(&self.host)
        {
            circuit.tried = false;
        }
    }
}

/// Makes an attempt, and as many again as `retries` says while one fails in passing and there is time
/// before the deadline for a pause and another.
pub(super) async fn repeated<T, F: Future<Output = T>>(
    retries: u32,
    deadline: Instant,
    mut attempt: impl FnMut() -> F,
    is_passing: impl Fn(&T) -> bool,
) -> T {
    let mut wait = FIRST_WAIT;
    for _ in 0..retries {
        let outcome = attempt().await;
        if !is_passing(&outcome) || Instant::now() + wait >= deadline {
            return outcome;
        }
        sleep(wait).await;
        wait *= 2;
    }
    attempt().await
}

impl Outgoing {
    /// Sends to a vendor, and reads the whole answer: refused at once while the vendor's host is down,
    /// and tried again after a passing failure where the request may be repeated.
    ///
    /// # Errors
    /// As [`Outgoing::send`], or [`Problem::Down`].
    pub async fn ask(&self, request: Request) -> Result<Response, Problem> {
        let host = host(self.targets(), &request.url)?;
        let call = self.breaker().admit(&host)?;
        let is_hasty = request.timeout < self.breaker().patience.silence;
        let answer = self.tried(request).await;
        match answer {
            Err(Problem::TimedOut(_)) if is_hasty => drop(call),
            _ => call.told(is_failure(&answer)),
        }
        answer
    }

    async fn tried(&self, request: Request) -> Result<Response, Problem> {
        if !request.repeatable {
            return self.send(request).await;
        }
        let deadline = Instant::now() + request.timeout;
        let attempt = || {
            let left = deadline.saturating_duration_since(Instant::now());
            self.send(request.clone().timeout(left))
        };
        let retries = self.breaker().patience.retries;
        repeated(retries, deadline, attempt, is_passing).await
    }
}

/// Whether the host is to blame.
fn is_failure(answer: &Result<Response, Problem>) -> bool {
    match answer {
        Ok(response) => response.status >= 500,
        Err(problem) => matches!(
            problem,
            Problem::Connect { .. } | Problem::TimedOut(_) | Problem::Broken { .. }
        ),
    }
}

/// Whether the same may succeed in a moment.
fn is_passing(answer: &Result<Response, Problem>) -> bool {
    match answer {
        Ok(response) => matches!(response.status, 502..=504),
        Err(problem) => matches!(problem, Problem::Connect { .. } | Problem::Broken { .. }),
    }
}

#[cfg(test)]
mod tests;

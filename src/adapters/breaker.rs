//! Calling a vendor: one that is down is not waited for by everybody.
//!
//! After some failures in a row (no connection, no answer in time, a status of 5xx) a host is not asked
//! for a while: calls are refused at once, as if it had not answered. Then one call may try; it opens
//! the way for all, or closes it for another while. What a host refuses (4xx) is an answer. Who waits
//! for less than what a host is given learns nothing of it: such a silence is neither.
//!
//! Requests that may be repeated are tried again after a passing failure, within the time that the
//! request allows in all. Others never: nobody knows whether the vendor did what it was asked.

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
            retries: 2,
            failures_max: 5,
            pause: Duration::from_secs(30),
            silence: Duration::from_secs(10),
        }
    }
}

/// The hosts that fail, each with how it fails.
#[derive(Debug, Default)]
pub(super) struct Breaker {
    patience: Patience,
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
    pub(super) fn new(patience: Patience) -> Arc<Self> {
        Arc::new(Self {
            patience,
            failing: Mutex::default(),
        })
    }

    /// Lets a call through to `host`, or says that it is down.
    fn admit(self: &Arc<Self>, host: &str, now: Instant) -> Result<Call, Problem> {
        let mut is_try = false;
        let mut failing = self.failing();
        if let Some(circuit) = failing.get_mut(host)
            && let Some(until) = circuit.closed_until
        {
            if circuit.tried || now < until {
                return Err(Problem::Down(host.to_owned()));
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
struct Call {
    breaker: Arc<Breaker>,
    host: String,
    is_try: bool,
}

impl Call {
    fn told(self, failed: bool) {
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

impl Outgoing {
    /// Sends to a vendor, and reads the whole answer: refused at once while the vendor's host is down,
    /// and tried again after a passing failure where the request may be repeated.
    ///
    /// # Errors
    /// As [`Outgoing::send`], or [`Problem::Down`].
    pub async fn ask(&self, request: Request) -> Result<Response, Problem> {
        let host = host(self.targets(), &request.url)?;
        let call = self.breaker.admit(&host, Instant::now())?;
        let is_hasty = request.timeout < self.breaker.patience.silence;
        let answer = self.tried(request).await;
        match answer {
            Err(Problem::TimedOut(_)) if is_hasty => drop(call),
            _ => call.told(is_failure(&answer)),
        }
        answer
    }

    async fn tried(&self, request: Request) -> Result<Response, Problem> {
        let deadline = Instant::now() + request.timeout;
        let retries = match request.repeatable {
            true => self.breaker.patience.retries,
            false => 0,
        };
        let mut wait = FIRST_WAIT;
        for _ in 0..retries {
            let left = deadline.saturating_duration_since(Instant::now());
            let answer = self.send(request.clone().timeout(left)).await;
            if !is_passing(&answer) || Instant::now() + wait >= deadline {
                return answer;
            }
            sleep(wait).await;
            wait *= 2;
        }
        let left = deadline.saturating_duration_since(Instant::now());
        self.send(request.timeout(left)).await
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

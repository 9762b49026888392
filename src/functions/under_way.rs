//! Calls with an Idempotency-Key that are under way: one at a time for each key.
//!
//! What a vendor did for a call is remembered once its answer is on disk, and not before. Until then the
//! call is here, in a task of its own: a client that hangs up cuts nothing off, and whoever comes with
//! the same key meanwhile waits for the same outcome. So a call that is repeated with its key asks
//! nobody twice. Only a kill between the vendor's yes and the record can do that.

use std::{collections::HashMap, sync::Arc};

use tokio::sync::watch;

use super::{Answer, Failure, Fault, Refusal, context::Fingerprint};
use crate::{causes::with_causes, tasks};

/// How a call ended, for all who wait for it.
type Outcome = Result<Result<Answer, Refusal>, Arc<Fault>>;
/// The same, once it has ended.
type Ending = Option<Outcome>;

/// The calls under way, by key.
pub struct UnderWay {
    most: usize,
    calls: Calls,
}

type Calls = watch::Sender<HashMap<String, Call>>;

struct Call {
    fingerprint: Fingerprint,
    ending: watch::Receiver<Ending>,
}

/// A call's place, which it leaves however it ends.
struct Place {
    calls: Calls,
    key: String,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.calls
            .send_modify(|calls| drop(calls.remove(&self.key)));
    }
}

impl UnderWay {
    /// None yet, and never more than `most`, those that nobody waits for any more among them.
    #[must_use]
    pub fn new(most: u32) -> Self {
        Self {
            most: most as usize,
            calls: watch::Sender::default(),
        }
    }

    /// Does this, unless the call with this key is under way: then what that comes to.
    ///
    /// # Errors
    /// As `work`, when the key's call is another one, or when too many are under way.
    pub async fn once(
        &self,
        key: String,
        fingerprint: Fingerprint,
        work: impl Future<Output = Result<Answer, Failure>> + Send + 'static,
    ) -> Result<Answer, Failure> {
        let mut ending = self.join(key, fingerprint, work)?;
        let ending = ending.wait_for(Option::is_some).await;
        match ending.ok().and_then(|ending| ending.clone()) {
            Some(Ok(outcome)) => Ok(outcome?),
            Some(Err(fault)) => Err(Fault::Shared(fault).into()),
            None => Err(Fault::Task("a call").into()),
        }
    }

    /// Waits until none is under way.
    pub async fn none(&self) {
        // The sender is here, so it cannot be gone.
        let _ = self.calls.subscribe().wait_for(HashMap::is_empty).await;
    }

    fn join(
        &self,
        key: String,
        fingerprint: Fingerprint,
        work: impl Future<Output = Result<Answer, Failure>> + Send + 'static,
    ) -> Result<watch::Receiver<Ending>, Refusal> {
        let (tell, ending) = watch::channel(None);
        let mut joined = Ok(None);
        self.calls.send_if_modified(|calls| {
            joined = match calls.get(&key) {
                Some(call) if call.fingerprint != fingerprint => Err(Refusal::IdempotencyKeyReused),
                Some(call) => Ok(Some(call.ending.clone())),
                None if calls.len() >= self.most => Err(Refusal::RateLimited),
                None => {
                    let ending = ending.clone();
                    let call = Call {
                        fingerprint,
                        ending,
                    };
                    calls.insert(key.clone(), call);
                    Ok(None)
                }
            };
            // Who waits here waits for the last to leave.
            false
        });
        if let Some(begun) = joined? {
            return Ok(begun);
        }
        let calls = self.calls.clone();
        let place = Place { calls, key };
        tasks::spawn(async move {
            let outcome = shared(work.await);
            // From here on the log remembers; the next call looks there.
            drop(place);
            if let Err(watch::error::SendError(Some(Err(fault)))) = tell.send(Some(outcome)) {
                tracing::error!(
                    "a call that nobody waits for failed: {}",
                    with_causes(&*fault)
                );
            }
        });
        Ok(ending)
    }
}

fn shared(outcome: Result<Answer, Failure>) -> Outcome {
    match outcome {
        Ok(answer) => Ok(Ok(answer)),
        Err(Failure::Refused(refusal)) => Ok(Err(refusal)),
        Err(Failure::Failed(fault)) => Err(Arc::new(fault)),
    }
}

#[cfg(test)]
mod tests;

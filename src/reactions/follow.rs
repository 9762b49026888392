//! A reaction's way along the bus: from its own checkpoint, batch by batch, until the service stops.

use std::{future::Future, sync::Arc, time::Duration};

use events::Recorded;
use tokio::sync::watch;

use super::{ledger, reaction::Reaction};
use crate::{
    bus::Subscription,
    causes::with_causes,
    functions::{Failure, Refusal, Service},
};

/// Events of which nothing follows after which the checkpoint is recorded nevertheless.
pub const UNRECORDED_MAX: u64 = 10_000;

/// The pause after the log refused what follows from events.
const AGAIN: Duration = Duration::from_secs(1);
/// With fewer events than this at once a reaction waits a little for more to come together: reading
/// them one by one would cost the writers more than the wait costs anybody.
const FEW: usize = 200;
/// How long.
const LINGER: Duration = Duration::from_millis(20);

/// How far a reaction has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stands {
    /// The checkpoint as recorded in the log.
    pub recorded: u64,
    /// The last event that it has looked at, those of reactions themselves apart.
    pub seen: u64,
}

/// What a reaction does with events.
pub trait Take: Send {
    /// Waits until there is room for what may follow from more events.
    fn room(&mut self) -> impl Future<Output = ()> + Send {
        async {}
    }

    /// Looks at a batch. Answers how far it has come; what it has not recorded by then is looked at
    /// again after a crash.
    fn take(
        &mut self,
        batch: &[Recorded],
        stands: Stands,
    ) -> impl Future<Output = Result<Stands, Failure>> + Send;
}

/// Follows the bus until `stop` says so, then records how far it has come.
pub async fn follow(
    service: Arc<Service>,
    reaction: Reaction,
    mut events: Subscription,
    mut takes: impl Take,
    mut stop: watch::Receiver<bool>,
) {
    let recorded = match ledger::checkpoint(service.journal.reader(), reaction) {
        Ok(checkpoint) => checkpoint,
        Err(failure) => return tell(reaction, &failure),
    };
    let mut stands = Stands {
        recorded,
        seen: recorded,
    };
    loop {
        let next = async {
            takes.room().await;
            events.next().await
        };
        let batch = tokio::select! {
            biased;
            _ = stop.wait_for(|stop| *stop) => break,
            batch = next => batch,
        };
        let batch = match batch {
            Ok(batch) => batch,
            Err(fault) => {
                let reaction = reaction.name();
                tracing::error!(reaction, "stopped: {}", with_causes(&fault));
                return;
            }
        };
        stands = match take(&service, reaction, &mut takes, &batch, stands, &stop).await {
            Ok(stands) => stands,
            Err(failure) => return tell(reaction, &failure),
        };
        if let Some(last) = batch.last() {
            events.acknowledge(last.position);
        }
        if batch.len() < FEW {
            tokio::select! {
                _ = stop.wait_for(|stop| *stop) => break,
                () = tokio::time::sleep(LINGER) => {}
            }
        }
    }
    if stands.seen > stands.recorded
        && let Err(failure) = checkpoint(&service, reaction, stands).await
    {
        tell(reaction, &failure);
    }
}

/// Has a batch looked at, as often as it takes: the log may refuse what follows from it for a while,
/// for its disk is full for instance. What was recorded before it refused is left out then.
async fn take(
    service: &Arc<Service>,
    reaction: Reaction,
    takes: &mut impl Take,
    batch: &[Recorded],
    stands: Stands,
    stop: &watch::Receiver<bool>,
) -> Result<Stands, Failure> {
    let (mut rest, mut stands) = (batch, stands);
    loop {
        match takes.take(rest, stands).await {
            Err(Failure::Refused(Refusal::Unavailable(why))) => {
                tracing::warn!(reaction = reaction.name(), "goes on in a moment: {why}");
            }
            done => return done,
        }
        // What was not looked at by then is looked at after the next start.
        if *stop.borrow() {
            return Ok(stands);
        }
        tokio::time::sleep(AGAIN).await;
        let recorded = ledger::checkpoint(service.journal.reader(), reaction)?;
        stands.recorded = recorded;
        stands.seen = stands.seen.max(recorded);
        rest = &rest[rest.partition_point(|event| event.position <= recorded)..];
    }
}

/// Records how far a reaction has come, with nothing to deliver.
///
/// # Errors
/// As [`ledger::plan`].
pub async fn checkpoint(
    service: &Arc<Service>,
    reaction: Reaction,
    stands: Stands,
) -> Result<Stands, Failure> {
    let Stands { recorded, seen } = stands;
    ledger::plan(service, reaction, recorded, seen, Vec::new()).await?;
    Ok(Stands {
        recorded: seen,
        seen,
    })
}

fn tell(reaction: Reaction, failure: &Failure) {
    let reaction = reaction.name();
    tracing::error!(reaction, "stopped: {failure:?}");
}

//! A reaction's way along the bus: from its own checkpoint, batch by batch, until the service stops.

use std::{future::Future, sync::Arc};

use events::Recorded;
use tokio::sync::watch;

use super::{ledger, reaction::Reaction};
use crate::{
    bus::Subscription,
    causes::with_causes,
    functions::{Failure, Service},
};

/// Events of which nothing follows after which the checkpoint is recorded nevertheless.
pub const UNRECORDED_MAX: u64 = 10_000;

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
        stands = match takes.take(&batch, stands).await {
            Ok(stands) => stands,
            Err(failure) => return tell(reaction, &failure),
        };
        if let Some(last) = batch.last() {
            events.acknowledge(last.position);
        }
    }
    if stands.seen > stands.recorded
        && let Err(failure) = checkpoint(&service, reaction, stands).await
    {
        tell(reaction, &failure);
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

//! What follows from events.
//!
//! A reaction reads the bus from its own checkpoint and plans, purely, what is to be delivered for
//! each event ([`planner`]). Plan and checkpoint are one event in the log ([`ledger`]), so a restart
//! neither loses nor doubles a plan. What is planned is delivered lane by lane, with retries
//! ([`deliverer`]), and how each try went is recorded as events again.
//!
//! A reaction never changes the product's own state: where it must, it issues a command.

pub mod deliverer;
pub mod lanes;
pub mod ledger;
pub mod planner;
pub mod reaction;
pub mod webhooks;

use std::{future::Future, sync::Arc, time::Duration};

use futures::future::join;
use tokio::sync::watch;

use crate::functions::{Failure, Fault, Service};
use deliverer::Deliverer;

use planner::Planner;
use reaction::Reaction;

/// Takes up all reactions where they stood; the future runs them until `stop` says so.
///
/// # Errors
/// When the ledger cannot be read, or the bus does not reach to where a reaction stands.
pub async fn run(
    service: Arc<Service>,
    stop: watch::Receiver<bool>,
) -> Result<impl Future<Output = ()> + Send, Failure> {
    let webhooks = webhooks::send::Webhooks {
        service: Arc::clone(&service),
    };
    let delays = service.config.webhook_retry_seconds.iter();
    let delays = delays
        .map(|seconds| Duration::from_secs((*seconds).into()))
        .collect();
    let reaction = Reaction::Webhooks;
    let (deliverer, intake) = Deliverer::new(Arc::clone(&service), reaction, webhooks, delays)?;
    let checkpoint = ledger::checkpoint(service.journal.reader(), reaction)?;
    let events = service
        .bus
        .subscribe(reaction.name(), checkpoint)
        .await
        .map_err(Fault::Bus)?;
    let planner = Planner {
        service,
        reaction,
        plan: webhooks::plan::plan,
        intake,
    };
    Ok(async move {
        join(planner.run(events, stop.clone()), deliverer.run(stop)).await;
    })
}

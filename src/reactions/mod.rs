//! What follows from events.
//!
//! A reaction follows the bus from its own checkpoint ([`follow`](mod@follow)). One that delivers plans,
//! purely, what is to be delivered for each event ([`planner`]). Plan and checkpoint are one event in the log ([`ledger`]), so a restart
//! neither loses nor doubles a plan. What is planned is delivered lane by lane, with retries
//! ([`deliverer`]), and how each try went is recorded as events again. A receiver that wants no more
//! stops its reaction until somebody asks for it again ([`stops`]).
//!
//! A reaction never changes the product's own state: where it must, as for [`automations`](mod@automations),
//! it issues a command. [`erasure`](mod@erasure) alone changes the past, and only by taking from it.

pub mod automations;
pub mod deliverer;
pub mod erasure;
pub mod follow;
pub mod lanes;
pub mod ledger;
pub mod outbox;
pub mod planner;
pub mod reaction;
mod recorder;
pub mod slack;
pub mod stops;
pub mod tried;
pub mod webhooks;

use std::{sync::Arc, time::Duration};

use futures::{FutureExt as _, future::BoxFuture};
use tokio::sync::watch;

use crate::{
    bus::Subscription,
    functions::{Failure, Fault, Service},
};
use automations::Automations;
use deliverer::{Deliver, Deliverer};
use follow::follow;
use planner::Planner;
use reaction::Reaction;

/// A part of a reaction, which works until the service stops.
pub type Work = BoxFuture<'static, ()>;

/// Takes up all reactions where they stood; each part of them is a task of its own, and works until
/// `stop` says so.
///
/// # Errors
/// When the ledger cannot be read, or the bus does not reach to where a reaction stands.
pub async fn all(service: Arc<Service>, stop: watch::Receiver<bool>) -> Result<Vec<Work>, Failure> {
    let webhooks = webhooks::send::Webhooks::new(Arc::clone(&service));
    let slack = slack::Slack {
        service: Arc::clone(&service),
    };
    let (of_webhooks, of_slack) = (webhooks::plan::plan, slack::plan);
    let mut all = deliveries(&service, Reaction::Webhooks, of_webhooks, webhooks, &stop).await?;
    all.extend(deliveries(&service, Reaction::Slack, of_slack, slack, &stop).await?);
    all.extend(outbox::all(&service, &stop)?);
    all.extend(automations(&service, &stop).await?);
    all.extend(erasure::all(&service, &stop).await?);
    Ok(all)
}

/// A reaction that delivers: planned by `plan`, tried by `deliver`.
async fn deliveries(
    service: &Arc<Service>,
    reaction: Reaction,
    plan: planner::PlanFn,
    deliver: impl Deliver,
    stop: &watch::Receiver<bool>,
) -> Result<Vec<Work>, Failure> {
    if let Some(stopped) = stops::stopped(service.journal.reader(), reaction)? {
        tracing::warn!(reaction = reaction.name(), "{}", stops::told(&stopped));
    }
    let delays = delays(&service.config.webhook_retry_seconds);
    let (deliverer, intake) = Deliverer::new(Arc::clone(service), reaction, deliver, delays)?;
    let events = subscribe(service, reaction).await?;
    let planner = Planner {
        service: Arc::clone(service),
        reaction,
        plan,
        intake,
    };
    let planning = follow(Arc::clone(service), reaction, events, planner, stop.clone());
    Ok(vec![planning.boxed(), deliverer.run(stop.clone()).boxed()])
}

async fn automations(
    service: &Arc<Service>,
    stop: &watch::Receiver<bool>,
) -> Result<Vec<Work>, Failure> {
    let reaction = Reaction::Automations;
    let events = subscribe(service, reaction).await?;
    let takes = Automations::new(Arc::clone(service))?;
    let by_event = follow(Arc::clone(service), reaction, events, takes, stop.clone());
    let by_time = automations::by_time(Arc::clone(service), stop.clone());
    Ok(vec![by_event.boxed(), by_time.boxed()])
}

/// Pauses between tries, as they are configured.
fn delays(seconds: &[u32]) -> Vec<Duration> {
    let delay = |seconds: &u32| Duration::from_secs((*seconds).into());
    seconds.iter().map(delay).collect()
}

async fn subscribe(service: &Service, reaction: Reaction) -> Result<Subscription, Failure> {
    let checkpoint = ledger::checkpoint(service.journal.reader(), reaction)?;
    let events = service.bus.subscribe(reaction.name(), checkpoint);
    Ok(events.await.map_err(Fault::Bus)?)
}

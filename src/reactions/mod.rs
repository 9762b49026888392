//! What follows from events.
//!
//! A reaction follows the bus from its own checkpoint ([`follow`](mod@follow)). One that delivers plans,
//! purely, what is to be delivered for each event ([`planner`]). Plan and checkpoint are one event in the log ([`ledger`]), so a restart
//! neither loses nor doubles a plan. What is planned is delivered lane by lane, with retries
//! ([`deliverer`]), and how each try went is recorded as events again.
//!
//! A reaction never changes the product's own state: where it must, as for [`automations`](mod@automations),
//! it issues a command.

pub mod automations;
pub mod deliverer;
pub mod follow;
pub mod lanes;
pub mod ledger;
pub mod outbox;
pub mod planner;
pub mod reaction;
pub mod slack;
pub mod tried;
pub mod webhooks;

use std::{future::Future, sync::Arc, time::Duration};

use futures::future::{join, join4};
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

/// Takes up all reactions where they stood; the future runs them until `stop` says so.
///
/// # Errors
/// When the ledger cannot be read, or the bus does not reach to where a reaction stands.
pub async fn run(
    service: Arc<Service>,
    stop: watch::Receiver<bool>,
) -> Result<impl Future<Output = ()> + Send, Failure> {
    let webhooks = webhooks(Arc::clone(&service), stop.clone()).await?;
    let outbox = outbox::run(Arc::clone(&service), stop.clone())?;
    let slack = slack(Arc::clone(&service), stop.clone()).await?;
    let automations = automations(service, stop).await?;
    Ok(async move {
        join4(webhooks, outbox, slack, automations).await;
    })
}

async fn webhooks(
    service: Arc<Service>,
    stop: watch::Receiver<bool>,
) -> Result<impl Future<Output = ()> + Send, Failure> {
    let webhooks = webhooks::send::Webhooks {
        service: Arc::clone(&service),
    };
    let plan = webhooks::plan::plan;
    Box::pin(deliveries(
        service,
        Reaction::Webhooks,
        plan,
        webhooks,
        stop,
    ))
    .await
}

async fn slack(
    service: Arc<Service>,
    stop: watch::Receiver<bool>,
) -> Result<impl Future<Output = ()> + Send, Failure> {
    let slack = slack::Slack {
        service: Arc::clone(&service),
    };
    let plan = slack::plan;
    Box::pin(deliveries(service, Reaction::Slack, plan, slack, stop)).await
}

/// A reaction that delivers: planned by `plan`, tried by `deliver`.
async fn deliveries(
    service: Arc<Service>,
    reaction: Reaction,
    plan: planner::PlanFn,
    deliver: impl Deliver,
    stop: watch::Receiver<bool>,
) -> Result<impl Future<Output = ()> + Send, Failure> {
    let delays = service.config.webhook_retry_seconds.iter();
    let delays = delays
        .map(|seconds| Duration::from_secs((*seconds).into()))
        .collect();
    let (deliverer, intake) = Deliverer::new(Arc::clone(&service), reaction, deliver, delays)?;
    let events = subscribe(&service, reaction).await?;
    let planner = Planner {
        service: Arc::clone(&service),
        reaction,
        plan,
        intake,
    };
    Ok(Box::pin(async move {
        let planning = follow(service, reaction, events, planner, stop.clone());
        join(planning, deliverer.run(stop)).await;
    }))
}

async fn automations(
    service: Arc<Service>,
    stop: watch::Receiver<bool>,
) -> Result<impl Future<Output = ()> + Send, Failure> {
    let reaction = Reaction::Automations;
    let events = subscribe(&service, reaction).await?;
    let takes = Automations::new(Arc::clone(&service), stop.clone())?;
    Ok(async move {
        let by_time = automations::by_time(Arc::clone(&service), stop.clone());
        join(follow(service, reaction, events, takes, stop), by_time).await;
    })
}

async fn subscribe(service: &Service, reaction: Reaction) -> Result<Subscription, Failure> {
    let checkpoint = ledger::checkpoint(service.journal.reader(), reaction)?;
    let events = service.bus.subscribe(reaction.name(), checkpoint);
    Ok(events.await.map_err(Fault::Bus)?)
}

//! What the service does by itself, now and then: signs of life and what readers did into the log and
//! the read model, the queue, mail that came, and the jobs of the hour.

mod hourly;

use std::{sync::Arc, time::Duration};

use events::UserId;
use tokio::{sync::watch, time};

use crate::{
    causes::with_causes,
    functions::{
        Failure, Service,
        articles::tally,
        conversations::{places::is_anybody_queued, route},
        notifications::returned,
        settings::registry::QUEUE,
    },
};
pub use hourly::hourly;

/// How often signs of life are written to the read model.
const PRESENCE_EVERY: Duration = Duration::from_secs(3);
/// How often the jobs of the hour are done.
const HOURLY: Duration = Duration::from_secs(3600);

/// Works until `stop` says so; whatever fails is logged and tried again the next time.
///
/// What comes round belongs here: a loop of its own for each pace, so that a long one keeps no short
/// one waiting.
pub async fn run(service: Arc<Service>, stop: watch::Receiver<bool>) {
    let mail = Box::pin(fetch_mail(Arc::clone(&service), stop.clone()));
    futures::join!(
        keep_presence(&service, stop.clone()),
        keep_house(&service, stop),
        mail
    );
}

async fn keep_presence(service: &Service, mut stop: watch::Receiver<bool>) {
    let mut presence = every(PRESENCE_EVERY);
    loop {
        tokio::select! {
            _ = presence.tick() => {
                write_presence(service).await;
                serve_queue(service).await;
                tally::record(service).await;
            }
            _ = stop.changed() => return write_presence(service).await,
        }
    }
}

async fn keep_house(service: &Arc<Service>, mut stop: watch::Receiver<bool>) {
    let mut hour = every(HOURLY);
    loop {
        tokio::select! {
            _ = hour.tick() => {}
            _ = stop.changed() => return,
        }
        // What failed is in the log.
        let _ = hourly(service, &stop).await;
    }
}

fn every(period: Duration) -> time::Interval {
    let mut interval = time::interval(period);
    interval.set_missed_tick_behavior(time::MissedTickBehavior::Delay);
    interval
}

async fn fetch_mail(service: Arc<Service>, mut stop: watch::Receiver<bool>) {
    let every = Duration::from_secs(service.config.email_piping_every_seconds.into());
    if every.is_zero() {
        return;
    }
    let mut ticks = time::interval(every);
    ticks.set_missed_tick_behavior(time::MissedTickBehavior::Delay);
    loop {
        let run = async {
            ticks.tick().await;
            service.piping.run_by_itself(&service, every).await
        };
        tokio::select! {
            biased;
            // A run may end anywhere: what it has stored is known the next time.
            _ = stop.wait_for(|stop| *stop) => return,
            ran = run => match ran {
                Ok(()) => {}
                Err(Failure::Refused(why)) => tracing::warn!("the mailbox was not fetched: {why}"),
                Err(Failure::Failed(fault)) => {
                    tracing::warn!("the mailbox was not fetched: {}", with_causes(&fault));
                }
            }
        }
    }
}

/// What is left to be done once no more requests come.
pub async fn finish(service: &Service) {
    tally::record(service).await;
}

async fn write_presence(service: &Service) {
    let changed = service.presence.changed();
    if changed.is_empty() {
        return;
    }
    let seen: Vec<UserId> = changed.iter().map(|(user, _)| *user).collect();
    if let Err(failure) = returned::note(service, seen).await {
        tracing::warn!("who has come back will not be told again of messages: {failure:?}");
    }
    if let Err(fault) = service.reads.touch(&changed).await {
        tracing::warn!("signs of life were not written: {fault}");
    }
}

/// Agents who have come online take what waits in the queue.
async fn serve_queue(service: &Service) {
    let is_on = service.settings().map(|settings| settings.is_on(&QUEUE));
    if !is_on.unwrap_or(false) || !is_anybody_queued(service.journal.reader()).unwrap_or(false) {
        return;
    }
    if let Err(failure) = service.journal.decide_alone(route::serve_queue).await {
        tracing::warn!("the queue was not served: {failure:?}");
    }
}

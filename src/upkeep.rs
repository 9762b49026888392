//! What the service does by itself, now and then: presence into the read model, expiry, mail that came.

use std::{sync::Arc, time::Duration};

use futures::future::join;
use tokio::{sync::watch, time};

use crate::{
    causes::with_causes,
    clock,
    functions::{
        EMAIL_FILES, Failure, Service,
        articles::tally,
        conversations::{places::is_anybody_queued, route},
        settings::registry::QUEUE,
    },
};

/// How often signs of life are written to the read model, and readings of articles recorded.
const PRESENCE_EVERY: Duration = Duration::from_secs(3);
/// How often what has expired is deleted.
const EXPIRY_EVERY: Duration = Duration::from_secs(3600);

const HOUR_MS: i64 = 3_600_000;

/// Works until `stop` says so; whatever fails is logged and tried again the next time.
pub async fn run(service: Arc<Service>, stop: watch::Receiver<bool>) {
    // Side by side: a mailbox may be slow.
    let mail = Box::pin(fetch_mail(Arc::clone(&service), stop.clone()));
    join(keep_house(service, stop), mail).await;
}

async fn keep_house(service: Arc<Service>, mut stop: watch::Receiver<bool>) {
    let mut presence = time::interval(PRESENCE_EVERY);
    let mut expiry = time::interval(EXPIRY_EVERY);
    presence.set_missed_tick_behavior(time::MissedTickBehavior::Delay);
    expiry.set_missed_tick_behavior(time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = presence.tick() => {
                write_presence(&service).await;
                serve_queue(&service).await;
                tally::record(&service).await;
            }
            _ = expiry.tick() => expire(&service).await,
            _ = stop.changed() => return write_presence(&service).await,
        }
    }
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

async fn expire(service: &Service) {
    let config = &service.config;
    let forget_ms = clock::now_ms() - i64::from(config.idempotency_keep_hours) * HOUR_MS;
    match service.journal.log().expire_idempotency(forget_ms).await {
        Ok(0) => {}
        Ok(expired) => tracing::info!(expired, "idempotency keys were forgotten"),
        Err(error) => tracing::warn!("idempotency keys were not forgotten: {error}"),
    }
    sweep(service, config.transcript_keep_hours, |path| {
        path.starts_with("conversation-")
    });
    sweep(service, config.settings_keep_hours, |name| {
        name.starts_with("settings_")
    });
    // The pictures of emails are somebody's messages.
    sweep(service, config.avatar_keep_hours, |path| {
        let path = std::path::Path::new(path);
        let is_png = path.extension().is_some_and(|extension| extension == "png");
        is_png && !path.starts_with(EMAIL_FILES)
    });
}

fn sweep(service: &Service, keep_hours: u32, is_meant: impl Fn(&str) -> bool) {
    if keep_hours == 0 {
        return;
    }
    let keep = Duration::from_secs(u64::from(keep_hours) * 3600);
    match service.uploads.sweep(keep, is_meant) {
        Ok(0) => {}
        Ok(swept) => tracing::info!(swept, "files under uploads have expired"),
        Err(error) => tracing::warn!("files under uploads were not swept: {error}"),
    }
}

//! What the service does by itself, now and then: presence into the read model; every hour cleaning,
//! automations that depend on the time, expiry.

use std::{sync::Arc, time::Duration};

use tokio::{sync::watch, time};

use crate::{
    clock,
    functions::{
        Failure, Service,
        maintenance::cleaning::{self, Cleaned, Tasks},
    },
    journal::Cause,
    reactions::automations::look_at_all,
};

/// How often signs of life are written to the read model.
const PRESENCE_EVERY: Duration = Duration::from_secs(3);
/// How often the jobs of the hour are done.
const HOURLY: Duration = Duration::from_secs(3600);

const HOUR_MS: i64 = 3_600_000;

/// Works until `stop` says so; whatever fails is logged and tried again the next time.
///
/// What comes round belongs here: a loop of its own for each pace, so that a long one keeps no short
/// one waiting. A job for every minute, such as fetching mail, is one more loop beside these two.
pub async fn run(service: Arc<Service>, stop: watch::Receiver<bool>) {
    futures::join!(
        keep_presence(&service, stop.clone()),
        keep_house(&service, stop)
    );
}

async fn keep_presence(service: &Service, mut stop: watch::Receiver<bool>) {
    let mut presence = every(PRESENCE_EVERY);
    loop {
        tokio::select! {
            _ = presence.tick() => write_presence(service).await,
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

/// The jobs of the hour, one after the other: cleaning where the settings ask for it, automations that
/// depend on the time, expiry. Each begins even where the one before has failed, and ends when `stop`
/// says so.
///
/// # Errors
/// The first failure, after all have had their turn; each is logged.
pub async fn hourly(service: &Arc<Service>, stop: &watch::Receiver<bool>) -> Result<(), Failure> {
    let cleaned = clean(service, stop).await;
    let automated = look_at_all(service, stop).await;
    for (job, failure) in [("cleaning", &cleaned), ("automations", &automated)] {
        if let Err(failure) = failure {
            tracing::warn!(job, "a job of the hour failed: {failure:?}");
        }
    }
    expire(service).await;
    cleaned.and(automated)
}

async fn clean(service: &Service, stop: &watch::Receiver<bool>) -> Result<(), Failure> {
    let tasks = Tasks::asked_for(&*service.settings()?);
    let cleaned = cleaning::clean(service, tasks, Cause::own(0), stop).await?;
    if cleaned != Cleaned::default() {
        tracing::info!(?cleaned, "cleaned as the settings ask for");
    }
    Ok(())
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

async fn expire(service: &Service) {
    let config = &service.config;
    let forget_ms = clock::now_ms() - i64::from(config.idempotency_keep_hours) * HOUR_MS;
    match service.journal.log().expire_idempotency(forget_ms).await {
        Ok(0) => {}
        Ok(expired) => tracing::info!(expired, "idempotency keys were forgotten"),
        Err(error) => tracing::warn!("idempotency keys were not forgotten: {error}"),
    }
    sweep(service, config.transcript_keep_hours, |name| {
        name.starts_with("conversation-")
    });
    sweep(service, config.csv_users_keep_hours, |name| {
        name.starts_with("users-")
    });
    sweep(service, config.translations_keep_hours, |name| {
        name.starts_with("translations-")
    });
    sweep(service, config.avatar_keep_hours, |name| {
        std::path::Path::new(name)
            .extension()
            .is_some_and(|extension| extension == "png")
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

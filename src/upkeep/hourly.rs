//! The jobs of the hour: cleaning, automations, expiry.

use std::{path::Path, sync::Arc, time::Duration};

use tokio::sync::watch;

use crate::{
    clock,
    functions::{
        EMAIL_FILES, Failure, Service,
        maintenance::cleaning::{self, Cleaned, Tasks},
    },
    journal::Cause,
    reactions::automations::look_at_all,
};

const HOUR_MS: i64 = 3_600_000;

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
    sweep(service, config.settings_keep_hours, |name| {
        name.starts_with("settings_")
    });
    // The pictures of emails are somebody's messages.
    sweep(service, config.avatar_keep_hours, |path| {
        let path = Path::new(path);
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

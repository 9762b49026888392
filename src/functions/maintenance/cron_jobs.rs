//! `cron-jobs`

use schemars::JsonSchema;
use serde::Deserialize;

use super::cleaning::never;
use crate::{
    functions::{Command, Context, Decision, Failure},
    upkeep,
};

/// Runs the scheduled jobs now: what the service does by itself every hour, and email-piping, which it
/// does every minute.
///
/// The jobs of the hour are what clean-data does, as far as the settings `cleaning-visitors`, `cleaning-trash` and
/// `cleaning-archive` ask for it; automations that depend on the time, for users who are online; and
/// the expiry of files under `/uploads/` and of Idempotency-Keys. All of it is answered when it is
/// done. Nobody has to call this: no cron is needed. Jobs that are run twice, or at the same time as
/// the service's own, do nothing twice. Where one fails the others are done nevertheless, and the
/// answer is its failure.
/// # Example
/// `{}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct CronJobs {}

impl Command for CronJobs {
    const NAME: &'static str = "cron-jobs";
    type Reply = bool;

    async fn prepare(&mut self, context: &Context) -> Result<(), Failure> {
        let service = &context.service;
        let fetched = service.piping.run_if_due(service).await;
        upkeep::hourly(service, &never()).await.and(fetched)
    }

    // All is done: what is left is the answer.
    fn decide(self, _: &mut Decision<'_>) -> Result<bool, Failure> {
        Ok(true)
    }
}

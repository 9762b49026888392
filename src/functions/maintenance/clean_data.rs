//! `clean-data`

use schemars::JsonSchema;
use serde::Deserialize;

use super::cleaning::{Tasks, clean, never};
use crate::{
    functions::{Command, Context, Decision, Failure, Refusal, user},
    journal::Cause,
};

/// Deletes visitors who were last seen more than 24 hours ago, deletes conversations that have been in
/// the trash for more than 30 days, and archives conversations whose last message is an agent's and
/// more than 24 hours old.
///
/// Each visitor goes as by delete-user and each conversation is archived as by
/// update-conversation-status, webhooks included; no webhook tells of conversations that leave the
/// trash for good. Leads and users stay, however old. Much is done in steps: a call that fails on the
/// way has done a part, and the next one does the rest. The settings `cleaning-visitors`,
/// `cleaning-trash` and `cleaning-archive` have the service do the same by itself every hour.
///
/// The active user must be an agent or an admin: anybody else is refused as `security-error`.
/// # Example
/// `{}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct CleanData {}

impl Command for CleanData {
    const NAME: &'static str = "clean-data";
    type Reply = bool;

    async fn prepare(&mut self, context: &Context) -> Result<(), Failure> {
        let actor = context.caller.active_user();
        let active = user(context.service.journal.reader(), actor)?;
        if !active.is_some_and(|user| user.user_type.is_staff()) {
            let why = "The active user is neither an agent nor an admin.".to_owned();
            return Err(Refusal::SecurityError(why).into());
        }
        let cause = Cause {
            actor,
            request: context.request,
            causation: 0,
        };
        clean(&context.service, Tasks::ALL, cause, &never()).await?;
        Ok(())
    }

    // All is done, step by step: what is left is the answer.
    fn decide(self, _: &mut Decision<'_>) -> Result<bool, Failure> {
        Ok(true)
    }
}

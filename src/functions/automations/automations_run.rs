//! `automations-run`

use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    given::One,
    run::{Outlook, in_language_of, outlook, run},
    state::{came_ms, find, has_run, known, person, saved},
};
use crate::{
    functions::{Command, Context, Decision, Failure, Refusal},
    wire::Flag,
};

/// Runs one automation for the active user.
///
/// It may be given by its ID or whole, with its `id`; its kind is its `type`, as automations-run-all
/// says it, else that of the saved one with this ID. One given by its ID speaks the user's language,
/// where it is translated. A message is written by the bot into the user's newest conversation, or a
/// new one if there is none, with `{user_name}` and `{user_email}` filled in. With `validate` it runs
/// only where automations-validate leaves no condition; without, it runs whatever its conditions say.
///
/// The answer is true when it ran, and false when the validation fails or it has run for this user
/// already: an automation runs once a user, and once a period where it repeats. Popups and designs
/// are run by the client (`invalid-argument`). Emails and text messages are handed to their channel,
/// which takes them after the answer; they are refused as `unavailable` where it is not configured, as
/// `user-email-not-found` for a user without an address and `invalid-argument` without a number. An ID that is not known, and an automation without ID, kind
/// or message, are `invalid-argument`; a message of more than 100,000 characters is `too-large`.
/// # Example
/// `{"automation": {"id": "y6hNE", "type": "messages", "message": "Hello {user_name}"}, "validate": true}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct AutomationsRun {
    /// The automation, or the ID of a saved one.
    automation: One,
    /// Whether its conditions must hold.
    validate: Flag,
    /// When the active user came to be, found by `prepare`.
    #[serde(skip)]
    came_ms: Option<i64>,
}

impl Command for AutomationsRun {
    const NAME: &'static str = "automations-run";
    type Reply = bool;

    async fn prepare(&mut self, context: &Context) -> Result<(), Failure> {
        let user = context.caller.active_user();
        self.came_ms = came_ms(context.service.journal.reader(), user)?;
        Ok(())
    }

    fn decide(self, decision: &mut Decision<'_>) -> Result<bool, Failure> {
        let user = decision.facts().actor;
        let (state, now_ms) = (decision.state(), decision.facts().now_ms);
        let saved = saved(state)?;
        let person = person(state, user, self.came_ms)?;
        let (kind, automation) = match self.automation {
            One::Id(id) => {
                let (kind, own) = known(&saved, &id)?;
                (kind, in_language_of(&saved, kind, &own, &person))
            }
            One::Whole(automation, kind) => {
                let own = find(&saved, &automation.id).map(|(kind, _)| kind);
                (kind.or(own).ok_or_else(without_kind)?, automation)
            }
        };
        if automation.id.is_empty() {
            let why = "automation: its id is missing; it runs once a user, and the id says which.";
            return Err(Refusal::InvalidArgument(why.to_owned()).into());
        }
        let period = match outlook(state, user, &person, &automation, now_ms)? {
            Outlook::Left(left, period) if left.is_empty() || !self.validate.0 => period,
            Outlook::Left(..) => return Ok(false),
            Outlook::Nothing if self.validate.0 => return Ok(false),
            // It is not its time, or it has run.
            Outlook::Nothing if has_run(state, user, &automation.id, "")? => return Ok(false),
            Outlook::Nothing => String::new(),
        };
        run(decision, user, kind, &automation, period)?;
        Ok(true)
    }
}

fn without_kind() -> Refusal {
    let why = "automation: its type is missing: emails, sms, messages, popups or design.";
    Refusal::InvalidArgument(why.to_owned())
}

#[cfg(test)]
mod tests;

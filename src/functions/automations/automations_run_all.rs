//! `automations-run-all`

use events::automation::Kind;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    conditions::open,
    run::{Outlook, in_language_of, outlook, run_due},
    shown::Shown,
    state::{came_ms, person, saved},
};
use crate::functions::{Command, Context, Decision, Failure};

/// Validates all automations for the active user, runs those that may run, and returns the rest.
///
/// Returned are, in the order emails, sms, messages, popups, design: emails, text messages and
/// messages of which conditions are left, and always all popups and designs, which the client runs.
/// Each has its `type`, the conditions that do not hold yet or are the client's to look at (none left:
/// it may be shown now), and speaks the user's language where it is translated. What is invalid (see
/// automations-validate) and what has run for the user is neither run nor returned, popups and
/// designs apart.
///
/// Messages are written by the bot into the user's newest conversation, or a new one if there is none,
/// once a user, or once a period where they repeat. Emails and text messages are left out where their
/// channel is not configured or the user has no address or number: they have not run then and may do
/// so later. What was handed to a channel is in the delivery log.
/// # Example
/// `{}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct AutomationsRunAll {
    #[serde(skip)]
    came_ms: Option<i64>,
}

impl Command for AutomationsRunAll {
    const NAME: &'static str = "automations-run-all";
    type Reply = Vec<Shown>;

    async fn prepare(&mut self, context: &Context) -> Result<(), Failure> {
        let user = context.caller.active_user();
        self.came_ms = came_ms(context.service.journal.reader(), user)?;
        Ok(())
    }

    fn decide(self, decision: &mut Decision<'_>) -> Result<Vec<Shown>, Failure> {
        let (user, now_ms) = (decision.facts().actor, decision.facts().now_ms);
        let state = decision.state();
        let (saved, person) = (saved(state)?, person(state, user, self.came_ms)?);
        let mut rest = Vec::new();
        for (kind, list) in &saved.automations {
            for automation in list {
                let conditions = automation.conditions.as_deref().unwrap_or_default();
                let left = match kind {
                    Kind::Popups | Kind::Design => open(conditions, &person, now_ms),
                    _ => match outlook(state, user, &person, automation, now_ms)? {
                        Outlook::Left(left, _) if !left.is_empty() => left,
                        Outlook::Left(..) | Outlook::Nothing => continue,
                    },
                };
                let automation = in_language_of(&saved, *kind, automation, &person);
                rest.push(Shown::left(*kind, automation, left));
            }
        }
        run_due(decision, user, self.came_ms)?;
        Ok(rest)
    }
}

//! `automations-validate`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    given::One,
    run::{Outlook, outlook},
    shown::Conditions,
    state::{came_ms, known, person, saved},
};
use crate::{
    clock,
    functions::{Context, Failure, Query, answer::OrFalse},
};

/// Checks whether an automation may run for the active user.
///
/// Answers the conditions that are left: those that are the client's to look at (`browsing_time`,
/// and names that are not known here), and those that may come to hold later, since the user moves to
/// another page, registers, or says more: `include_urls`, `exclude_urls`, `referring`, `user_type`,
/// `returning_visitor`, and a language, country or city that is not known yet. With none left the
/// automation may run now. `repeat_id` names the period of one that repeats and is empty otherwise.
/// The answer is false when it is not the time, when language, country or city are others, and when
/// the automation has run for the user already (in this period, if it repeats).
///
/// The active user is the one of the sb-login cookie, else the admin of the token. The page is the
/// one of current-url, the referring one the additional detail `referring`, the language `language`
/// or `browser_language`, the others `country_code` and `city`. A first-time visitor came to be less
/// than 24 hours ago. Times are UTC. An ID that is not known is `invalid-argument`.
/// # Example
/// `{"automation": {"conditions": [["user_type", "is-user"], ["browsing_time", "30"]]}}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct AutomationsValidate {
    /// The automation, or the ID of a saved one.
    automation: One,
}

/// What is left to check.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Validation {
    /// In the automation's order.
    conditions: Conditions,
    /// The period of an automation that repeats; empty otherwise.
    repeat_id: String,
}

impl Query for AutomationsValidate {
    const NAME: &'static str = "automations-validate";
    type Reply = OrFalse<Validation>;

    async fn answer(self, context: &Context) -> Result<Self::Reply, Failure> {
        let (reader, user) = (
            context.service.journal.reader(),
            context.caller.active_user(),
        );
        let automation = match self.automation {
            One::Id(id) => known(&saved(reader)?, &id)?.1,
            One::Whole(automation, _) => automation,
        };
        let person = person(reader, user, came_ms(reader, user)?)?;
        let validation = match outlook(reader, user, &person, &automation, clock::now_ms())? {
            Outlook::Nothing => None,
            Outlook::Left(left, repeat_id) => Some(Validation {
                conditions: Conditions(left),
                repeat_id,
            }),
        };
        Ok(validation.into())
    }
}

//! `delete-leads`

use events::user::UserType;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    delete::delete,
    state::{user, users_of_type},
};
use crate::functions::{Command, Decision, Failure, Refusal, conversations::route::serve_queue};

/// The most leads that go at once: a decision's events are one batch of a bounded size.
const LEADS_MAX: usize = 100_000;

/// Deletes all leads with their conversations and messages.
///
/// Nobody else is touched. More than 100,000 leads are refused as `too-large`: delete-users takes
/// them in parts.
/// # Example
/// `{}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct DeleteLeads {}

impl Command for DeleteLeads {
    const NAME: &'static str = "delete-leads";
    type Reply = bool;

    fn decide(self, decision: &mut Decision<'_>) -> Result<bool, Failure> {
        let leads = users_of_type(decision.state(), UserType::Lead)?;
        if leads.len() > LEADS_MAX {
            let why = format!("There are more than {LEADS_MAX} leads: delete them in parts.");
            return Err(Refusal::TooLarge(why).into());
        }
        for id in leads {
            if let Some(known) = user(decision.state(), id)? {
                delete(decision, id, &known)?;
            }
        }
        serve_queue(decision)?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use events::{UserId, user::Deleted};
    use serde_json::json;

    use super::*;
    use crate::functions::{
        scenario::{given, happened},
        users::people::{call, founders_and},
    };

    #[test]
    fn leads_go_and_nobody_else() {
        let types = [
            UserType::Lead,
            UserType::User,
            UserType::Visitor,
            UserType::Lead,
        ];
        let deleted = |id| {
            let deleted = Deleted {
                user_type: UserType::Lead,
                conversations: Vec::new(),
            };
            happened(UserId(id), deleted)
        };
        given(founders_and(types))
            .when(call::<DeleteLeads>(json!({})))
            .then([deleted(3), deleted(6)])
            .answering(true.into());
    }

    #[test]
    fn without_leads_nothing_happens() {
        given(founders_and([UserType::User]))
            .when(call::<DeleteLeads>(json!({})))
            .then([])
            .answering(true.into());
    }
}

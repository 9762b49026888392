//! `update-user-to-lead`

use events::{UserId, user::UserType};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{change, state::known_user};
use crate::{
    functions::{Command, Decision, Failure, Refusal},
    wire::Key,
};

/// Makes a visitor or user a lead.
///
/// The email and all else stay. A lead stays a lead. Refused as `user-not-found`, and for agents,
/// admins and the bot as `invalid-user-type`.
/// # Example
/// `{"user_id": 3}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct UpdateUserToLead {
    /// The user.
    user_id: Key<UserId>,
}

impl Command for UpdateUserToLead {
    const NAME: &'static str = "update-user-to-lead";
    type Reply = bool;

    fn decide(self, decision: &mut Decision<'_>) -> Result<bool, Failure> {
        let id = self.user_id.0;
        let known = known_user(decision.state(), id)?;
        if !known.user_type.is_customer() {
            let why = "Agents, admins and the bot don't become leads.".to_owned();
            return Err(Refusal::InvalidUserType(why).into());
        }
        change::user_type(decision, id, &known, UserType::Lead)?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use events::user::TypeChanged;
    use serde_json::json;

    use super::*;
    use crate::functions::{
        scenario::{given, happened},
        users::people::{call, founders_and},
    };

    fn to_lead(id: u64) -> UpdateUserToLead {
        call(json!({"user_id": id}))
    }

    #[test]
    fn customers_become_leads() {
        for from in [UserType::User, UserType::Visitor] {
            let became = TypeChanged {
                from,
                to: UserType::Lead,
            };
            given(founders_and([from]))
                .when(to_lead(3))
                .then([happened(UserId(3), became)])
                .answering(true.into());
        }
        given(founders_and([UserType::Lead]))
            .when(to_lead(3))
            .then([])
            .answering(true.into());
    }

    #[test]
    fn colleagues_and_the_bot_do_not() {
        for id in [1, 2, 3] {
            let why = "Agents, admins and the bot don't become leads.".to_owned();
            given(founders_and([UserType::Agent]))
                .when(to_lead(id))
                .then_refused(Refusal::InvalidUserType(why));
        }
    }

    #[test]
    fn an_unknown_user_is_refused() {
        given([])
            .when(to_lead(3))
            .then_refused(Refusal::UserNotFound(3));
    }
}

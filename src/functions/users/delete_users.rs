//! `delete-users`

use events::UserId;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{delete::delete, state::user};
use crate::functions::{Command, Decision, Failure, conversations::route::serve_queue, ids::Ids};

/// Deletes several users with their conversations and messages: all of them, or none.
///
/// Unknown and repeated IDs are skipped, and no IDs delete nobody; the answer is true. When the
/// bot or the last admin is among them, nobody is deleted: `security-error`.
/// # Example
/// `{"user_ids": [5, 6]}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct DeleteUsers {
    /// The users, at most 10,000.
    #[schemars(required)]
    user_ids: Ids<UserId>,
}

impl Command for DeleteUsers {
    const NAME: &'static str = "delete-users";
    type Reply = bool;

    fn decide(self, decision: &mut Decision<'_>) -> Result<bool, Failure> {
        for id in self.user_ids.0 {
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
    use events::{
        Event, Stream, UserId,
        user::{Deleted, UserType},
    };
    use serde_json::json;

    use super::*;
    use crate::functions::{
        Refusal,
        scenario::{given, happened},
        users::people::{call, founders_and},
    };

    fn deleted(id: u64, user_type: UserType) -> (Stream, Event) {
        happened(
            UserId(id),
            Deleted {
                user_type,
                conversations: Vec::new(),
            },
        )
    }

    #[test]
    fn unknown_and_repeated_ids_are_skipped() {
        given(founders_and([
            UserType::Lead,
            UserType::User,
            UserType::User,
        ]))
        .when(call::<DeleteUsers>(json!({"user_ids": "3,9,4,3"})))
        .then([deleted(3, UserType::Lead), deleted(4, UserType::User)])
        .answering(true.into());
    }

    #[test]
    fn no_ids_delete_nobody() {
        for arguments in [
            json!({}),
            json!({"user_ids": []}),
            json!({"user_ids": "false"}),
        ] {
            given(founders_and([UserType::Lead]))
                .when(call::<DeleteUsers>(arguments))
                .then([])
                .answering(true.into());
        }
    }

    #[test]
    fn all_or_none() {
        let why = |why: &str| Refusal::SecurityError(why.to_owned());
        given(founders_and([UserType::Lead]))
            .when(call::<DeleteUsers>(json!({"user_ids": [3, 1]})))
            .then_refused(why("The bot can't be deleted."));
        given(founders_and([UserType::Admin]))
            .when(call::<DeleteUsers>(json!({"user_ids": [3, 2]})))
            .then_refused(why("The last admin can't be deleted."));
    }
}

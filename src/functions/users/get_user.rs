//! `get-user`

use events::UserId;
use schemars::JsonSchema;
use serde::Deserialize;

use super::row::{UserAnswer, details_of};
use crate::{
    functions::{Context, Failure, Query, answer::OrFalse},
    wire::{Flag, Key},
};

/// Returns the details of a user, of any type.
///
/// With `extra` the answer has the additional details too, as a list of slug, name and value;
/// without it there is no `details` in the answer. `password` is always empty. An unknown user
/// is answered with false.
/// # Example
/// `{"user_id": 3, "extra": true}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetUser {
    /// The user.
    user_id: Key<UserId>,
    /// Whether to add the additional details.
    #[serde(default)]
    extra: Flag,
}

impl Query for GetUser {
    const NAME: &'static str = "get-user";
    type Reply = OrFalse<UserAnswer>;

    async fn answer(self, context: &Context) -> Result<Self::Reply, Failure> {
        let Some(row) = context.service.reads.user(self.user_id.0).await? else {
            return Ok(OrFalse::False);
        };
        let user = UserAnswer::new(context, row).with_password();
        Ok(OrFalse::Is(if self.extra.0 {
            user.with_details(details_of(context, self.user_id.0).await?)
        } else {
            user
        }))
    }
}

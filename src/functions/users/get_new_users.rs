//! `get-new-users`

use schemars::JsonSchema;
use serde::Deserialize;

use super::{get_users::answers, row::UserAnswer};
use crate::{
    functions::{Context, Failure, Query, polling::strictly_after},
    wire::Since,
};

/// Returns the users who were created after a user or a time, newest first.
///
/// These are users of all types but the bot, at most 1,000. A user created within the very second
/// that is given is not after it, so that the newest `creation_time` seen can be given next.
/// # Example
/// `{"datetime": "2020-05-13 13:35:59"}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetNewUsers {
    /// A user's ID, or `YYYY-MM-DD HH:MM:SS` with or without the time, UTC.
    datetime: Since,
}

impl Query for GetNewUsers {
    const NAME: &'static str = "get-new-users";
    type Reply = Vec<UserAnswer>;

    async fn answer(self, context: &Context) -> Result<Vec<UserAnswer>, Failure> {
        let since = strictly_after(self.datetime);
        let rows = context.service.reads.new_users(since).await?;
        Ok(answers(context, rows).collect())
    }
}

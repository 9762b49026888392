//! `search-users`

use schemars::JsonSchema;
use serde::Deserialize;

use super::{get_users::answers, row::UserAnswer};
use crate::{
    functions::{Context, Failure, Query},
    wire::Text,
};

/// Returns the users of whom a name, the email or an additional detail contains a text.
///
/// Letter case does not matter, and the text may span first and last name (`john d`). The newest
/// 100 are returned, of all types but the bot.
/// # Example
/// `{"search": "john d"}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct SearchUsers {
    /// What to look for.
    search: Text<255, 1>,
}

impl Query for SearchUsers {
    const NAME: &'static str = "search-users";
    type Reply = Vec<UserAnswer>;

    async fn answer(self, context: &Context) -> Result<Vec<UserAnswer>, Failure> {
        let rows = context.service.reads.search_users(&self.search.0).await?;
        Ok(answers(context, rows).collect())
    }
}

//! `search-conversations`

use schemars::JsonSchema;
use serde::Deserialize;

use super::row::{RowAnswer, rows_of_users};
use crate::{
    functions::{Context, Failure, Query},
    wire::Text,
};

/// Returns the conversations that match a search, newest message first, at most 100.
///
/// The search goes through messages, names of attachments, and email, first and last name of the
/// conversation's user; it is for any part of a word, in any script and without regard to case.
/// Archive and trash are searched, too. The message of a row is the newest one that matches, or
/// the last one where the user matched; everything else is as in get-conversations. When nothing
/// matches, the answer is an empty list.
/// # Example
/// `{"search": "invoice"}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct SearchConversations {
    /// What to look for.
    search: Text<255, 1>,
}

impl Query for SearchConversations {
    const NAME: &'static str = "search-conversations";
    type Reply = Vec<RowAnswer>;

    async fn answer(self, context: &Context) -> Result<Vec<RowAnswer>, Failure> {
        let rows = context
            .service
            .reads
            .search_conversations(&self.search.0)
            .await?;
        Ok(rows_of_users(context, rows))
    }
}

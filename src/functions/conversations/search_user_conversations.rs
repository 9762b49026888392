//! `search-user-conversations`

use events::UserId;
use schemars::JsonSchema;
use serde::Deserialize;

use super::row::{RowAnswer, rows_of_authors};
use crate::{
    functions::{Context, Failure, Query},
    wire::{Key, Text},
};

/// Returns the conversations of one user that match a search, newest message first, at most 100.
///
/// The search goes through messages, names of attachments and titles, for any part of a word and
/// without regard to case. The message of a row is the newest one that matches, or the last one
/// where the title matched; the names are its author's, as in get-user-conversations. When
/// nothing matches, or the user is unknown, the answer is an empty list.
/// # Example
/// `{"search": "invoice", "id": 3}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct SearchUserConversations {
    /// What to look for.
    search: Text<255, 1>,
    /// The user; `user_id` is accepted for it, too.
    #[serde(alias = "user_id")]
    id: Key<UserId>,
}

impl Query for SearchUserConversations {
    const NAME: &'static str = "search-user-conversations";
    type Reply = Vec<RowAnswer>;

    async fn answer(self, context: &Context) -> Result<Vec<RowAnswer>, Failure> {
        let reads = &context.service.reads;
        let rows = reads
            .search_user_conversations(self.id.0, &self.search.0)
            .await?;
        Ok(rows_of_authors(context, rows))
    }
}

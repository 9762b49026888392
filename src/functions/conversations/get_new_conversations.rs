//! `get-new-conversations`

use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    routing::agent_filter,
    row::{RowAnswer, rows_of_users},
};
use crate::{
    functions::{Context, Failure, Query, polling::strictly_after},
    wire::{Flag, Since},
};

/// Returns the conversations that began, or have a message, after a conversation or a time.
///
/// Nothing but digits is the ID of a conversation: the answer then has the conversations with a
/// higher ID, and those whose last message is newer than that conversation's. A time is meant
/// strictly and to the second, so an ID is the safer cursor. Conversations of every status are
/// returned, since a client must learn of one that was brought back, archived or trashed. Newest
/// message first, at most 1,000 of them; the rows are those of get-conversations. When nothing
/// is new, or the ID is beyond all there are, the answer is an empty list.
///
/// `routing` and `routing_unassigned` narrow the list as in get-conversations.
/// # Example
/// `{"datetime": "2020-05-13 13:35:59"}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetNewConversations {
    /// ID of a conversation, `YYYY-MM-DD HH:MM:SS` or `YYYY-MM-DD`, UTC.
    datetime: Since,
    /// Whether the queue or the routing is active.
    #[serde(default)]
    routing: Flag,
    /// With `routing`: whether to show the conversations without an agent, too.
    #[serde(default)]
    routing_unassigned: Flag,
}

impl Query for GetNewConversations {
    const NAME: &'static str = "get-new-conversations";
    type Reply = Vec<RowAnswer>;

    async fn answer(self, context: &Context) -> Result<Vec<RowAnswer>, Failure> {
        let agent = agent_filter(context, self.routing.0, self.routing_unassigned.0)?;
        let since = strictly_after(self.datetime);
        let rows = context
            .service
            .reads
            .new_conversations(since, agent)
            .await?;
        Ok(rows_of_users(context, rows))
    }
}

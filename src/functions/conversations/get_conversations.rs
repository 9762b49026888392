//! `get-conversations`

use events::{DepartmentId, conversation::Status};
use projections::{ConversationsFilter, StatusFilter};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    routing::agent_filter,
    row::{RowAnswer, rows_of_users},
    source::SourceLetters,
    status::status_given,
};
use crate::{
    functions::{Context, Failure, Query},
    wire::{Flag, Integer, Key, Maybe, OrFalse, StatusCode},
};

/// Returns the conversations with their last message, newest message first, 100 a page.
///
/// Without `status_code` these are the conversations of the inbox: live, waiting for the user or
/// for an agent. Names and `user_id` are those of the conversation's user; `message_user_type`
/// says what the author of the message is. A conversation without messages appears with an empty
/// one, at the time when it began. Without `pagination` (or with 0) it is the first page.
///
/// `routing` narrows the list when the active user is an agent: to the agent's own conversations,
/// and with `routing_unassigned` to those without an agent as well. Admins see everything. A
/// status code beyond 0 to 4 is refused as `invalid-status-code`, an unknown source as
/// `invalid-argument`.
/// # Example
/// `{"pagination": 1, "status_code": 1, "department": 1}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetConversations {
    /// 1 for the first 100 conversations, 2 for the next, and so on.
    #[serde(default)]
    pagination: Maybe<Integer<0, 1_000_000>>,
    /// live 0, waiting for the user 1, waiting for an agent 2, archive 3, trash 4.
    #[serde(default)]
    status_code: StatusCode,
    /// Whether the queue or the routing is active.
    #[serde(default)]
    routing: Flag,
    /// With `routing`: whether to show the conversations without an agent, too.
    #[serde(default)]
    routing_unassigned: Flag,
    /// Only the conversations of this department.
    #[serde(default)]
    department: OrFalse<Key<DepartmentId>>,
    /// Only the conversations from this source.
    #[serde(default)]
    source: OrFalse<SourceLetters>,
}

impl Query for GetConversations {
    const NAME: &'static str = "get-conversations";
    type Reply = Vec<RowAnswer>;

    async fn answer(self, context: &Context) -> Result<Vec<RowAnswer>, Failure> {
        let status: Option<Status> = status_given(self.status_code)?;
        let page = self.pagination.0.unwrap_or(1).max(1);
        let filter = ConversationsFilter {
            status: status.map_or(StatusFilter::Inbox, StatusFilter::Code),
            department: self.department.0,
            source: self.source.0,
            agent: agent_filter(context, self.routing.0, self.routing_unassigned.0)?,
            page: page.unsigned_abs(),
        };
        let rows = context.service.reads.conversations(&filter).await?;
        Ok(rows_of_users(context, rows))
    }
}

//! `get-online-users`

use std::collections::HashSet;

use events::{UserId, user::UserType};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{get_users::answers, row::UserAnswer, sorting::DescendingBy};
use crate::{
    clock,
    functions::{Context, Failure, Query, ids::Ids},
    wire::Flag,
};

/// Returns the users who are online, agents and admins included, never the bot.
///
/// Somebody is online for `online_window_seconds` (60 by default) after the last sign of life:
/// login, a message, typing, a visited page, polling. The order is descending; a column that does
/// not exist is refused as `invalid-argument`.
/// # Example
/// `{"exclude_id": [3], "sorting": "last_activity", "agents": true}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetOnlineUsers {
    /// Users to leave out, at most 10,000.
    exclude_id: Ids<UserId>,
    /// `first_name`, `last_name`, `email`, `profile_image`, `user_type`, `creation_time` (the
    /// default), `last_activity` or `department`.
    sorting: DescendingBy,
    /// Whether to return agents and admins only.
    #[serde(default)]
    agents: Flag,
}

impl Query for GetOnlineUsers {
    const NAME: &'static str = "get-online-users";
    type Reply = Vec<UserAnswer>;

    async fn answer(self, context: &Context) -> Result<Vec<UserAnswer>, Failure> {
        let service = &context.service;
        let excluded: HashSet<UserId> = self.exclude_id.0.into_iter().collect();
        let mut online = service.presence.online(clock::now_ms());
        online.retain(|id| !excluded.contains(id));
        let mut rows = service.reads.users_by_ids(&online, self.sorting.0).await?;
        let agents_only = self.agents.0;
        rows.retain(|row| {
            let is_bot = row.user_type == UserType::Bot;
            row.user_type.is_staff() || (!agents_only && !is_bot)
        });
        Ok(answers(context, rows).collect())
    }
}

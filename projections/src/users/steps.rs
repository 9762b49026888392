//! Users in steps, for whoever goes over all of them.

use events::UserId;

use super::rows::UserRow;
use crate::database::args;
use crate::{Fault, ReadModels};

/// Users in a step.
const USERS_MAX: u32 = 10_000;
/// Details told of.
const SLUGS_MAX: u32 = 500;

impl ReadModels {
    /// Users in steps, by id and without the bot: up to `limit` (at most 10,000) after this user; 0
    /// for the start.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn users_page(&self, after: UserId, limit: u32) -> Result<Vec<UserRow>, Fault> {
        let limit = limit.min(USERS_MAX);
        let from =
            format!("FROM users WHERE id > $1 AND user_type <> 'bot' ORDER BY id LIMIT {limit}");
        self.db()
            .read(UserRow::COLUMNS, &from, args![after.0])
            .await
    }

    /// Visitors who were last seen before this time, by id: up to `limit` (at most 10,000) after this
    /// user; 0 for the start.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn idle_visitors(
        &self,
        before_ms: i64,
        after: UserId,
        limit: u32,
    ) -> Result<Vec<UserId>, Fault> {
        let limit = limit.min(USERS_MAX);
        let from = format!(
            "FROM users WHERE user_type = 'visitor' AND id > $1 AND last_activity < $2
             ORDER BY id LIMIT {limit}"
        );
        let rows: Vec<(UserId,)> = self
            .db()
            .read(&["id"], &from, args![after.0, before_ms])
            .await?;
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }

    /// The details that somebody has: slug and name, by slug; at most 500.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn detail_names(&self) -> Result<Vec<(String, String)>, Fault> {
        let from = format!("FROM user_details GROUP BY slug ORDER BY slug LIMIT {SLUGS_MAX}");
        self.db().read(&["slug", "MIN(name)"], &from, args![]).await
    }
}

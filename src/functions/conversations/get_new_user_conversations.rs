//! `get-new-user-conversations`

use events::UserId;
use schemars::JsonSchema;
use serde::Deserialize;

use super::row::{RowAnswer, rows_of_authors};
use crate::{
    functions::{
        Context, Failure, Query,
        polling::{strictly_after, touch},
    },
    wire::{Key, Since},
};

/// Returns the conversations of a user that began, or have a message, after a conversation or a
/// time.
///
/// The cursor is that of get-new-conversations, the rows are those of get-user-conversations:
/// newest message first, at most 1,000, without the trash. The call counts as a sign of life of
/// the user. When nothing is new, or the user is unknown, the answer is an empty list.
/// # Example
/// `{"user_id": 3, "datetime": "2020-05-13"}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetNewUserConversations {
    /// The user.
    user_id: Key<UserId>,
    /// ID of a conversation, `YYYY-MM-DD HH:MM:SS` or `YYYY-MM-DD`, UTC.
    datetime: Since,
}

impl Query for GetNewUserConversations {
    const NAME: &'static str = "get-new-user-conversations";
    type Reply = Vec<RowAnswer>;

    async fn answer(self, context: &Context) -> Result<Vec<RowAnswer>, Failure> {
        let user = self.user_id.0;
        touch(context, user)?;
        let since = strictly_after(self.datetime);
        let rows = context
            .service
            .reads
            .new_user_conversations(user, since)
            .await?;
        Ok(rows_of_authors(context, rows))
    }
}

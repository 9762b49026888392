//! `get-user-conversations`

use events::{ConversationId, UserId};
use schemars::JsonSchema;
use serde::Deserialize;

use super::row::{RowAnswer, rows_of_authors};
use crate::{
    functions::{Context, Failure, Query, polling::touch},
    wire::{Flag, Key, OrFalse},
};

/// Returns the conversations of a user with their last message, newest message first.
///
/// `user_id`, names and `user_type` of a row are those of the message's author; in a conversation
/// without messages, those of the conversation's user. Archived conversations are included, those
/// in the trash are not; there are 1,000 at most. With `agents` these are the conversations in
/// which the agent wrote. The call counts as a sign of life of the user. An unknown user, and one
/// without conversations, is answered with an empty list.
/// # Example
/// `{"user_id": 3}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetUserConversations {
    /// The user.
    user_id: Key<UserId>,
    /// A conversation to leave out.
    #[serde(default)]
    exclude_id: OrFalse<Key<ConversationId>>,
    /// Whether the user is an agent or admin.
    #[serde(default)]
    agents: Flag,
}

impl Query for GetUserConversations {
    const NAME: &'static str = "get-user-conversations";
    type Reply = Vec<RowAnswer>;

    async fn answer(self, context: &Context) -> Result<Vec<RowAnswer>, Failure> {
        let user = self.user_id.0;
        touch(context, user)?;
        let reads = &context.service.reads;
        let rows = reads
            .user_conversations(user, self.exclude_id.0, self.agents.0)
            .await?;
        Ok(rows_of_authors(context, rows))
    }
}

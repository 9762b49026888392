//! `is-agent-typing`

use events::ConversationId;
use projections::{Sorting, UserRow};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    clock,
    functions::{Context, Failure, Query, answer::OrFalse},
    wire::Key,
};

/// Returns the agent or admin who is typing in a conversation, or false.
///
/// When several are, it is the one who began last.
/// # Example
/// `{"conversation_id": 1}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct IsAgentTyping {
    /// The conversation.
    conversation_id: Key<ConversationId>,
}

/// Somebody who types.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TypingAgent {
    /// The agent's ID.
    id: String,
    first_name: String,
    last_name: String,
}

impl Query for IsAgentTyping {
    const NAME: &'static str = "is-agent-typing";
    type Reply = OrFalse<TypingAgent>;

    async fn answer(self, context: &Context) -> Result<Self::Reply, Failure> {
        let service = &context.service;
        let typing = service
            .presence
            .typing(self.conversation_id.0, clock::now_ms());
        if typing.is_empty() {
            return Ok(OrFalse::False);
        }
        let rows = service
            .reads
            .users_by_ids(&typing, Sorting::default())
            .await?;
        let newest_first = |row: &UserRow| typing.iter().position(|id| *id == row.id);
        let agents = rows.into_iter().filter(|row| row.user_type.is_staff());
        let newest = agents.min_by_key(newest_first).map(|row| TypingAgent {
            id: row.id.to_string(),
            first_name: row.first_name,
            last_name: row.last_name,
        });
        Ok(newest.into())
    }
}

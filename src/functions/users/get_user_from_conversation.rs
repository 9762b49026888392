//! `get-user-from-conversation`

use events::ConversationId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    functions::{Context, Failure, Query, answer::OrFalse},
    wire::{Flag, Key},
};

/// Returns the ID and email of a conversation's user, or of the last agent who replied.
///
/// Admins count as agents, the bot does not. An unknown conversation, and one in which no agent
/// has replied, is answered with false.
/// # Example
/// `{"conversation_id": 1, "agent": true}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetUserFromConversation {
    /// The conversation.
    conversation_id: Key<ConversationId>,
    /// Whether to return the agent.
    #[serde(default)]
    agent: Flag,
}

/// A user by ID and email.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ContactAnswer {
    /// The user's ID.
    id: String,
    /// null when there is none.
    email: Option<String>,
}

impl Query for GetUserFromConversation {
    const NAME: &'static str = "get-user-from-conversation";
    type Reply = OrFalse<ContactAnswer>;

    async fn answer(self, context: &Context) -> Result<Self::Reply, Failure> {
        let (reads, conversation) = (&context.service.reads, self.conversation_id.0);
        let found = if self.agent.0 {
            reads.last_agent_of(conversation).await?
        } else {
            reads.conversation_user(conversation).await?
        };
        let answer = |found: projections::Contact| ContactAnswer {
            id: found.id.to_string(),
            email: found.email,
        };
        Ok(found.map(answer).into())
    }
}

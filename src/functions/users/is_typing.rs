//! `is-typing`

use events::{ConversationId, UserId};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    clock,
    functions::{Context, Failure, Query},
    wire::Key,
};

/// Says whether a user or agent is typing in a conversation.
///
/// Typing lasts for `typing_window_seconds` (10 by default) after set-typing, and ends with a
/// message of the same user in the same conversation. Who is unknown does not type.
/// # Example
/// `{"user_id": 3, "conversation_id": 1}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct IsTyping {
    /// The user or agent.
    user_id: Key<UserId>,
    /// The conversation.
    conversation_id: Key<ConversationId>,
}

impl Query for IsTyping {
    const NAME: &'static str = "is-typing";
    type Reply = bool;

    async fn answer(self, context: &Context) -> Result<bool, Failure> {
        let presence = &context.service.presence;
        Ok(presence.is_typing(self.conversation_id.0, self.user_id.0, clock::now_ms()))
    }
}

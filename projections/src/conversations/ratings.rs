//! Questions about agents: how they were rated, and where they wrote.

use events::{ConversationId, UserId};
use serde::Deserialize;

use crate::database::{args, id_list};
use crate::{Fault, ReadModels};

/// Agents in an answer, over all conversations asked for.
const AGENTS_MAX: u32 = 100_000;

/// An agent or admin who wrote in a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct AgentInConversation {
    /// The conversation.
    pub conversation_id: ConversationId,
    /// The agent.
    pub id: UserId,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// URL of the picture; empty for the default one.
    pub profile_image: String,
}

impl ReadModels {
    /// How many good and how many bad ratings are credited to an agent.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn ratings_of_agent(&self, agent: UserId) -> Result<[u64; 2], Fault> {
        let from = "FROM ratings WHERE agent_id = $1 GROUP BY positive";
        let rows: Vec<(u8, u64)> = self
            .db()
            .read(&["positive", "COUNT(*)"], from, args![agent.0])
            .await?;
        let count = |kind| {
            rows.iter()
                .find(|(positive, _)| *positive == kind)
                .map_or(0, |(_, count)| *count)
        };
        Ok([count(1), count(0)])
    }

    /// The agents and admins who wrote in these conversations, by conversation, then by agent; at
    /// most 100,000.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn agents_in_conversations(
        &self,
        conversations: &[ConversationId],
    ) -> Result<Vec<AgentInConversation>, Fault> {
        let db = self.db();
        let columns = [
            "wrote.conversation_id",
            "users.id",
            "first_name",
            "last_name",
            "profile_image",
        ];
        let from = format!(
            "FROM (SELECT DISTINCT conversation_id, user_id FROM messages WHERE conversation_id IN ({})) AS wrote
             JOIN users ON users.id = wrote.user_id
             WHERE users.user_type IN ('agent', 'admin')
             ORDER BY wrote.conversation_id, users.id LIMIT {AGENTS_MAX}",
            db.dialect().ids("$1")
        );
        db.read(&columns, &from, args![id_list(conversations)])
            .await
    }
}

//! `check-conversations-assignment`

use events::{ConversationId, DepartmentId, UserId};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    functions::{Context, Failure, Query, ids::Ids},
    wire::{Key, OrFalse},
};

/// Returns those of the given conversations that are assigned to an agent, to a department, or to
/// both.
///
/// With an agent and a department both must hold. With neither, these are all of the given
/// conversations that exist. The IDs come in the order in which they were given. At most 10,000
/// conversations a call (`invalid-argument` otherwise).
/// # Example
/// `{"conversation_ids": [1, 2], "agent_id": 4}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct CheckConversationsAssignment {
    /// The conversations to check.
    #[schemars(required)]
    conversation_ids: Ids<ConversationId>,
    /// The agent.
    #[serde(default)]
    agent_id: OrFalse<Key<UserId>>,
    /// The department.
    #[serde(default)]
    department_id: OrFalse<Key<DepartmentId>>,
}

impl Query for CheckConversationsAssignment {
    const NAME: &'static str = "check-conversations-assignment";
    type Reply = Vec<u64>;

    async fn answer(self, context: &Context) -> Result<Vec<u64>, Failure> {
        let reads = &context.service.reads;
        let assigned = reads
            .assigned(
                &self.conversation_ids.0,
                self.agent_id.0,
                self.department_id.0,
            )
            .await?;
        Ok(assigned.into_iter().map(u64::from).collect())
    }
}

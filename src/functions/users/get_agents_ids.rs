//! `get-agents-ids`

use events::UserId;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    functions::{Context, Failure, Query},
    wire::Flag,
};

/// Returns the IDs of all agents and admins.
/// # Example
/// `{"admins": false}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetAgentsIds {
    /// Whether the admins are among them.
    #[serde(default)]
    admins: Flag<true>,
}

impl Query for GetAgentsIds {
    const NAME: &'static str = "get-agents-ids";
    type Reply = Vec<u64>;

    async fn answer(self, context: &Context) -> Result<Vec<u64>, Failure> {
        let ids = context.service.reads.agent_ids(self.admins.0).await?;
        Ok(ids.into_iter().map(|UserId(id)| id).collect())
    }
}

//! `agents-online`

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    clock,
    functions::{Context, Failure, Query},
};

/// Says whether at least one agent or admin is online.
///
/// Calling the API with an admin's token does not make that admin online.
/// # Example
/// `{}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct AgentsOnline {}

impl Query for AgentsOnline {
    const NAME: &'static str = "agents-online";
    type Reply = bool;

    async fn answer(self, context: &Context) -> Result<bool, Failure> {
        let agents = context.service.reads.agent_ids(true).await?;
        let now_ms = clock::now_ms();
        Ok(agents
            .into_iter()
            .any(|id| context.service.presence.is_online(id, now_ms)))
    }
}

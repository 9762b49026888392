//! `get-agent`

use events::UserId;
use schemars::JsonSchema;
use serde::Deserialize;

use super::row::{UserAnswer, details_of};
use crate::{
    functions::{Context, Failure, Query, answer::OrFalse},
    wire::Key,
};

/// Returns the details of an agent or admin, with the additional ones.
///
/// `password` is always empty. An unknown ID, and the ID of somebody who is neither agent nor
/// admin, is answered with false.
/// # Example
/// `{"agent_id": 4}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetAgent {
    /// The agent or admin.
    agent_id: Key<UserId>,
}

impl Query for GetAgent {
    const NAME: &'static str = "get-agent";
    type Reply = OrFalse<UserAnswer>;

    async fn answer(self, context: &Context) -> Result<Self::Reply, Failure> {
        let row = context.service.reads.user(self.agent_id.0).await?;
        let Some(row) = row.filter(|row| row.user_type.is_staff()) else {
            return Ok(OrFalse::False);
        };
        let agent = UserAnswer::new(context, row).with_password();
        Ok(OrFalse::Is(
            agent.with_details(details_of(context, self.agent_id.0).await?),
        ))
    }
}

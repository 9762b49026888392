//! `get-bot-id`

use schemars::JsonSchema;
use serde::Deserialize;

use crate::functions::{Context, Failure, Query};

/// Returns the user ID of the bot.
/// # Example
/// `{}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetBotId {}

impl Query for GetBotId {
    const NAME: &'static str = "get-bot-id";
    type Reply = u64;

    async fn answer(self, context: &Context) -> Result<u64, Failure> {
        Ok(context.service.bot.0)
    }
}

//! `dialogflow-get-token`

use events::token::Scope;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{agent, said};
use crate::functions::{Context, Failure, Query};

/// Asks Google for a new token of Dialogflow and returns it; it is valid for an hour.
///
/// The service keeps the tokens that it needs by itself: no other function needs this one, and none
/// other answers with it. It is never stored. While Dialogflow is switched off or lacks its settings
/// it is `dialogflow-not-active`, and `dialogflow-error`, with Google's own words, when that does not
/// answer or refuses.
/// # Example
/// `{}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct DialogflowGetToken {}

impl Query for DialogflowGetToken {
    const NAME: &'static str = "dialogflow-get-token";
    const SCOPE: Scope = Scope::Admin;
    type Reply = String;

    async fn answer(self, context: &Context) -> Result<String, Failure> {
        let settings = context.service.settings()?;
        let agent = agent(context, &settings, None)?;
        Ok(agent.new_token().await.map_err(said)?)
    }
}

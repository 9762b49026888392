//! `dialogflow-get-agent`

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{agent, place, said};
use crate::{
    adapters::dialogflow::Call,
    functions::{Context, Failure, Query},
};

/// Returns the details of the agent, as Dialogflow has them.
///
/// While Dialogflow is switched off or lacks its settings it is `dialogflow-not-active`, and
/// `dialogflow-error`, with Google's own words, when that does not answer or refuses.
/// # Example
/// `{}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct DialogflowGetAgent {}

impl Query for DialogflowGetAgent {
    const NAME: &'static str = "dialogflow-get-agent";
    type Reply = Map<String, Value>;

    async fn answer(self, context: &Context) -> Result<Self::Reply, Failure> {
        let settings = context.service.settings()?;
        let agent = agent(context, &settings, None)?;
        let call = Call::get(place("/agent")?);
        Ok(agent.call(&call).await.map_err(said)?)
    }
}

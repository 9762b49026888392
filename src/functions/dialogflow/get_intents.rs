//! `dialogflow-get-intents`

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Language, OneOrAll, agent, given, place, said};
use crate::{
    adapters::dialogflow::{Call, resource_id},
    functions::{Context, Failure, Query},
    wire::{OrFalse, Text},
};

/// Returns one intent, or a list of all, with their training phrases.
///
/// `intent_name` is an intent's whole name, `projects/example/agent/intents/7b1f`, or the ID at its
/// end; with it the answer is that intent alone. All pages of Dialogflow's list are read. The names of
/// another project are `invalid-argument`; while Dialogflow is switched off or lacks its settings it
/// is `dialogflow-not-active`, and `dialogflow-error`, with Google's own words, when that does not
/// answer or refuses, as for an unknown intent.
/// # Example
/// `{"language": "en"}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct DialogflowGetIntents {
    /// The intent; all of them when it isn't given.
    #[serde(default)]
    intent_name: OrFalse<Text<500>>,
    /// The language of its phrases and answers; the agent's main one when it isn't given.
    #[serde(default)]
    language: Language,
}

impl Query for DialogflowGetIntents {
    const NAME: &'static str = "dialogflow-get-intents";
    type Reply = OneOrAll;

    async fn answer(self, context: &Context) -> Result<OneOrAll, Failure> {
        let settings = context.service.settings()?;
        let agent = agent(context, &settings, None)?;
        let language = given(&self.language);
        let full = |path: &str| {
            let place = place(path)?.with("intentView", "INTENT_VIEW_FULL");
            Ok::<_, Failure>(place.language(language.as_deref()))
        };
        let Some(name) = given(&self.intent_name) else {
            let all = agent.list(&full("/agent/intents")?, "intents").await;
            return Ok(OneOrAll::All(all.map_err(said)?));
        };
        let id = resource_id(&name, &agent.project, "intents").map_err(said)?;
        let call = Call::get(full(&format!("/agent/intents/{id}"))?);
        Ok(OneOrAll::One(agent.call(&call).await.map_err(said)?))
    }
}

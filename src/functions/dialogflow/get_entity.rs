//! `dialogflow-get-entity`

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Language, OneOrAll, agent, given, place, said};
use crate::{
    adapters::dialogflow::{Call, resource_id},
    functions::{Context, Failure, Query},
    wire::{OrFalse, Text},
};

/// Returns one entity with its values, or a list of all.
///
/// `entity_id` is an entity's ID, or its whole name, `projects/example/agent/entityTypes/t5td`; with
/// `all`, or without it, the answer is a list, of which all of Dialogflow's pages are read. The names
/// of another project are `invalid-argument`; while Dialogflow is switched off or lacks its settings
/// it is `dialogflow-not-active`, and `dialogflow-error`, with Google's own words, when that does not
/// answer or refuses, as for an unknown entity.
/// # Example
/// `{"entity_id": "all"}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct DialogflowGetEntity {
    /// The entity, or `all`.
    #[serde(default)]
    entity_id: OrFalse<Text<500>>,
    /// The language of its values; the agent's main one when it isn't given.
    #[serde(default)]
    agent_language: Language,
}

impl Query for DialogflowGetEntity {
    const NAME: &'static str = "dialogflow-get-entity";
    type Reply = OneOrAll;

    async fn answer(self, context: &Context) -> Result<OneOrAll, Failure> {
        let settings = context.service.settings()?;
        let agent = agent(context, &settings, None)?;
        let language = given(&self.agent_language);
        let one = given(&self.entity_id).filter(|id| id.trim() != "all");
        let Some(name) = one else {
            let place = place("/agent/entityTypes")?.language(language.as_deref());
            let all = agent.list(&place, "entityTypes").await;
            return Ok(OneOrAll::All(all.map_err(said)?));
        };
        let id = resource_id(&name, &agent.project, "entityTypes").map_err(said)?;
        let place = place(&format!("/agent/entityTypes/{id}"))?;
        let call = Call::get(place.language(language.as_deref()));
        Ok(OneOrAll::One(agent.call(&call).await.map_err(said)?))
    }
}

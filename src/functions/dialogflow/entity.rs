//! `dialogflow-entity`

use events::token::Scope;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Language, agent, given, place, said};
use crate::{
    adapters::dialogflow::Call,
    functions::{Command, Context, Decision, Failure, Refusal},
    wire::{JsonText, List, Text},
};

/// The most values of one call.
const VALUES_MAX: usize = 10_000;

/// Teaches the agent an entity: a kind of thing, with the values it may have and their synonyms.
///
/// Each value is one of its own synonyms, whether it is among them or not: Dialogflow knows a value by
/// its synonyms alone. Without `synonyms` it is `missing-argument`, with more than 10,000 `too-large`;
/// while Dialogflow is switched off or lacks its settings it is `dialogflow-not-active`, and
/// `dialogflow-error`, with Google's own words, when that does not answer or refuses, as for a name
/// that another entity has.
/// # Example
/// `{"entity_name": "shop-products", "synonyms": [{"value": "Running Shoes", "synonyms": ["sneakers", "trainers"]}]}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct DialogflowEntity {
    /// The entity's name, which no other has.
    entity_name: Text<120, 1>,
    /// The values: `{"value": "…", "synonyms": ["…", …]}` each.
    #[schemars(required, extend("minItems" = 1))]
    synonyms: List<JsonText<Synonyms>>,
    /// The language of the values; the agent's main one when it isn't given.
    #[serde(default)]
    agent_language: Language,
}

/// A value with its synonyms.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct Synonyms {
    /// The value.
    value: Text<512, 1>,
    /// What else it is called.
    #[serde(default)]
    synonyms: List<Text<512, 1>>,
}

impl Command for DialogflowEntity {
    const NAME: &'static str = "dialogflow-entity";
    const SCOPE: Scope = Scope::Admin;
    type Reply = bool;

    async fn prepare(&mut self, context: &Context) -> Result<(), Failure> {
        let settings = context.service.settings()?;
        let agent = agent(context, &settings, None)?;
        match self.synonyms.0.len() {
            0 => return Err(Refusal::MissingArgument("synonyms is missing".to_owned()).into()),
            1..=VALUES_MAX => {}
            count => {
                let why = format!("synonyms: {count} were given; {VALUES_MAX} are allowed");
                return Err(Refusal::TooLarge(why).into());
            }
        }
        let entities: Vec<Value> = self.synonyms.0.iter().map(Synonyms::entity).collect();
        let entity = json!({
            "displayName": self.entity_name.0, "kind": "KIND_MAP", "entities": entities,
        });
        let place = place("/agent/entityTypes")?;
        let place = place.language(given(&self.agent_language).as_deref());
        agent.call(&Call::post(place, entity)).await.map_err(said)?;
        Ok(())
    }

    fn decide(self, _: &mut Decision<'_>) -> Result<bool, Failure> {
        Ok(true)
    }
}

impl Synonyms {
    fn entity(&self) -> Value {
        let mut synonyms = self.synonyms.0.clone();
        if !synonyms.contains(&self.value.0) {
            synonyms.insert(0, self.value.0.clone());
        }
        json!({"value": self.value.0, "synonyms": synonyms})
    }
}

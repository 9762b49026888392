//! `dialogflow-update-intent`

use std::collections::HashSet;

use events::token::Scope;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Language, agent,
    create_intent::{phrase, some_phrases},
    given, place, said,
};
use crate::{
    adapters::dialogflow::{Call, resource_id},
    functions::{Command, Context, Decision, Failure},
    wire::{List, Text},
};

/// Teaches an intent more of what users say.
///
/// The expressions are added to the intent's phrases, which are kept; one that is there already is
/// not added again, so the call may be repeated. `intent_name` is the intent's whole name, as
/// dialogflow-get-intents gives it, or the ID at its end; the names of another project are
/// `invalid-argument`. Without `expressions` it is `missing-argument`, with more than 2,000
/// `too-large`; while Dialogflow is switched off or lacks its settings it is `dialogflow-not-active`,
/// and `dialogflow-error`, with Google's own words, when that does not answer or refuses, as for an
/// unknown intent.
/// # Example
/// `{"intent_name": "projects/example/agent/intents/1655ee2c-8116-45f1-95f0-93700ff32e8d", "expressions": ["Good morning"]}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct DialogflowUpdateIntent {
    /// The intent.
    intent_name: Text<500, 1>,
    /// What users say.
    #[schemars(required, extend("minItems" = 1))]
    expressions: List<Text<768, 1>>,
    /// The language of the phrases; the agent's main one when it isn't given.
    #[serde(default)]
    agent_language: Language,
}

impl Command for DialogflowUpdateIntent {
    const NAME: &'static str = "dialogflow-update-intent";
    const SCOPE: Scope = Scope::Admin;
    type Reply = bool;

    async fn prepare(&mut self, context: &Context) -> Result<(), Failure> {
        let settings = context.service.settings()?;
        let agent = agent(context, &settings, None)?;
        let expressions = some_phrases(&self.expressions.0)?;
        let id = resource_id(&self.intent_name.0, &agent.project, "intents").map_err(said)?;
        let language = given(&self.agent_language);
        let place = place(&format!("/agent/intents/{id}"))?.language(language.as_deref());
        let full = place.clone().with("intentView", "INTENT_VIEW_FULL");
        let mut intent = agent.call(&Call::get(full)).await.map_err(said)?;
        let phrases = intent.shift_remove("trainingPhrases");
        let Some(phrases) = with_more(phrases, expressions) else {
            return Ok(());
        };
        // Dialogflow asks for the display name of whatever intent it is sent.
        let changed = json!({
            "displayName": intent.get("displayName"), "trainingPhrases": phrases,
        });
        let place = place.with("updateMask", "trainingPhrases");
        agent
            .call(&Call::patch(place, changed))
            .await
            .map_err(said)?;
        Ok(())
    }

    fn decide(self, _: &mut Decision<'_>) -> Result<bool, Failure> {
        Ok(true)
    }
}

/// The phrases with those added that are not there yet; `None` where there is nothing to add.
fn with_more(phrases: Option<Value>, expressions: &[String]) -> Option<Vec<Value>> {
    let mut phrases = match phrases {
        Some(Value::Array(phrases)) => phrases,
        _ => Vec::new(),
    };
    let mut known: HashSet<String> = phrases.iter().map(text_of).collect();
    let before = phrases.len();
    for phrase in phrases.iter_mut().filter_map(Value::as_object_mut) {
        // Dialogflow gives phrases names, and takes none.
        phrase.shift_remove("name");
    }
    for text in expressions {
        if known.insert(text.clone()) {
            phrases.push(phrase(text));
        }
    }
    (phrases.len() > before).then_some(phrases)
}

/// A phrase's parts in one.
fn text_of(phrase: &Value) -> String {
    let parts = phrase["parts"].as_array().into_iter().flatten();
    parts.filter_map(|part| part["text"].as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_added_and_kept() {
        let annotated = json!({"name": "p1", "parts": [
            {"text": "Where is "}, {"text": "my parcel", "entityType": "@item"},
        ]});
        let more = |texts: &[&str]| {
            let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
            with_more(Some(json!([annotated])), &texts)
        };
        assert_eq!(more(&["Where is my parcel"]), None);
        let added = more(&["Track it", "Where is my parcel", "Track it"]).unwrap();
        let mut nameless = annotated.clone();
        nameless.as_object_mut().unwrap().shift_remove("name");
        assert_eq!(added, [nameless, phrase("Track it")]);
        assert_eq!(
            with_more(None, &["Hi".to_owned()]),
            Some(vec![phrase("Hi")])
        );
    }
}

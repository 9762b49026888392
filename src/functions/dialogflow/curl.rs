//! `dialogflow-curl`

use events::token::Scope;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{GoogleToken, Language, agent, given, language, said, talk::session};
use crate::{
    adapters::dialogflow::{Call, Place, place},
    functions::{Command, Context, Decision, Failure, Refusal},
    wire::{Choice, JsonText, Maybe, Text},
};

/// Sends a query of your own to Dialogflow, and returns its answer as it is.
///
/// With POST and PATCH `query` is the body, with GET it is the address's query. `url_part` says where
/// to, below `/v2/projects/{project}`: `/agent/intents`, `/agent/sessions/3/contexts?pageSize=10`.
/// Without it a POST goes to the active user's session (`:detectIntent`) and a GET to the agent;
/// PATCH needs it (`missing-argument`). It can name nothing outside the project and no other host:
/// `//`, `..`, `@`, `%`, `#` and whole addresses are `invalid-argument`. `language` is put into the
/// query of detectIntent where that has none, and into the address otherwise. `token` is as with
/// dialogflow-message. While Dialogflow is switched off or lacks its settings it is
/// `dialogflow-not-active`, and `dialogflow-error`, with Google's own words, when that does not answer
/// or refuses. Nothing is stored.
/// # Example
/// `{"query": {"queryInput": {"text": {"text": "Hello", "languageCode": "en"}}}}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct DialogflowCurl {
    /// What is asked, as JSON.
    #[serde(default)]
    query: Maybe<JsonText<Map<String, Value>>>,
    /// The agent's language.
    #[serde(default)]
    language: Language,
    /// How; POST when it isn't given.
    #[serde(default, rename = "type")]
    method: Maybe<Choice<Method>>,
    /// Google's token, if you have one; not needed.
    #[serde(default)]
    dialogflow_token: GoogleToken,
    /// Where, below the project.
    #[serde(default)]
    url_part: Maybe<Text<2_000>>,
    #[serde(skip)]
    answer: Map<String, Value>,
}

/// The ways to call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
enum Method {
    /// Creates, or has something done.
    Post,
    /// Reads.
    Get,
    /// Changes.
    Patch,
}

impl Command for DialogflowCurl {
    const NAME: &'static str = "dialogflow-curl";
    const SCOPE: Scope = Scope::Admin;
    type Reply = Map<String, Value>;

    async fn prepare(&mut self, context: &Context) -> Result<(), Failure> {
        let settings = context.service.settings()?;
        let agent = agent(context, &settings, given(&self.dialogflow_token))?;
        let method = self.method.0.unwrap_or(Method::Post);
        let usual = match method {
            Method::Post => {
                let session = session(context.caller.active_user());
                Some(format!("/agent/sessions/{session}:detectIntent"))
            }
            Method::Get => Some("/agent".to_owned()),
            Method::Patch => None,
        };
        let missing = |name: &str| Refusal::MissingArgument(format!("{name} is missing"));
        let path = self.url_part.0.take().or(usual);
        let place = place(&path.ok_or_else(|| missing("url_part"))?).map_err(said)?;
        let asked = given(&self.language);
        let call = match (method, self.query.0.take()) {
            (Method::Get, query) => {
                let place = with_query(place, &query.unwrap_or_default())?;
                Call::get(place.language(asked.as_deref()))
            }
            (_, None) => return Err(missing("query").into()),
            (Method::Post, Some(mut query)) if place.is_method("detectIntent") => {
                speak(&mut query, &language(asked.as_deref(), &settings));
                Call::post(place, Value::Object(query))
            }
            (Method::Post, Some(query)) => {
                Call::post(place.language(asked.as_deref()), Value::Object(query))
            }
            (Method::Patch, Some(query)) => {
                Call::patch(place.language(asked.as_deref()), Value::Object(query))
            }
        };
        self.answer = agent.call(&call).await.map_err(said)?;
        Ok(())
    }

    fn decide(self, _: &mut Decision<'_>) -> Result<Self::Reply, Failure> {
        Ok(self.answer)
    }
}

/// A GET's query in its address.
fn with_query(mut place: Place, query: &Map<String, Value>) -> Result<Place, Refusal> {
    for (name, value) in query {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(_) | Value::Bool(_) => value.to_string(),
            _ => {
                let why = format!("query: {name} must be a plain value in the address of a GET");
                return Err(Refusal::InvalidArgument(why));
            }
        };
        place = place.with(name, &text);
    }
    Ok(place)
}

/// Says the language of a query that has none: detectIntent wants it there.
fn speak(query: &mut Map<String, Value>, language: &str) {
    let input = query.get_mut("queryInput").and_then(Value::as_object_mut);
    for (name, said) in input.into_iter().flatten() {
        if let Some(said) = said.as_object_mut()
            && matches!(name.as_str(), "text" | "event")
        {
            said.entry("languageCode")
                .or_insert_with(|| language.into());
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::speak;

    #[test]
    fn the_language_is_said_where_it_is_not() {
        let spoken = |input: serde_json::Value| {
            let mut query = json!({ "queryInput": input }).as_object().cloned().unwrap();
            speak(&mut query, "es");
            query["queryInput"].clone()
        };
        assert_eq!(
            spoken(json!({"text": {"text": "Hi"}})),
            json!({"text": {"text": "Hi", "languageCode": "es"}})
        );
        let said = json!({"event": {"name": "E", "languageCode": "fr"}});
        assert_eq!(spoken(said.clone()), said);
        assert_eq!(
            spoken(json!({"audioConfig": {}})),
            json!({"audioConfig": {}})
        );
    }
}

//! `dialogflow-set-active-context`

use events::UserId;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    GoogleToken, Language, agent, given, language,
    talk::{Input, detect_intent, session},
};
use crate::{
    functions::{Command, Context, Decision, Failure, Refusal, users::state::known_user},
    wire::{Integer, JsonText, Key, Maybe, Text},
};

/// What the agent is told so that it looks at the context.
const TRIGGER: &str = "sb-trigger-context";
/// How many turns a context lives when nobody says.
const LIFE_SPAN: i64 = 5;

/// Activates a context in a user's session, and returns Dialogflow's answer to that.
///
/// The agent is told `sb-trigger-context` in the session of `user_id`, with the context active; an
/// intent that has the context as input may answer it. That turn is the first of the context's
/// `life_span`. Nothing of it is stored or said in a conversation. The name has letters, digits, `-`,
/// `_` and `%` (`invalid-argument` otherwise); an unknown user is `user-not-found`. `token` is as with
/// dialogflow-message. While Dialogflow is switched off or lacks its settings it is
/// `dialogflow-not-active`, and `dialogflow-error`, with Google's own words, when that does not answer
/// or refuses.
/// # Example
/// `{"context_name": "products", "user_id": 3, "parameters": {"opencart-products": "Running Shoes"}}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct DialogflowSetActiveContext {
    /// The context's name.
    context_name: Text<250, 1>,
    /// Whose session it is.
    user_id: Key<UserId>,
    /// The context's parameters.
    #[serde(default)]
    parameters: Maybe<JsonText<Map<String, Value>>>,
    /// For how many turns it is active; 5 when it isn't given.
    #[serde(default)]
    life_span: Maybe<Integer<0, 1_000>>,
    /// Google's token, if you have one; not needed.
    #[serde(default)]
    dialogflow_token: GoogleToken,
    /// The language that is spoken; the bot's main one when it isn't given.
    #[serde(default)]
    language: Language,
    #[serde(skip)]
    answer: Map<String, Value>,
}

impl Command for DialogflowSetActiveContext {
    const NAME: &'static str = "dialogflow-set-active-context";
    type Reply = Map<String, Value>;

    async fn prepare(&mut self, context: &Context) -> Result<(), Failure> {
        let settings = context.service.settings()?;
        let agent = agent(context, &settings, given(&self.dialogflow_token))?;
        let name = context_name(&self.context_name.0)?;
        known_user(context.service.journal.reader(), self.user_id.0)?;
        let session = session(self.user_id.0);
        let mut active = json!({
            "name": format!("projects/{}/agent/sessions/{session}/contexts/{name}", agent.project),
            "lifespanCount": self.life_span.0.unwrap_or(LIFE_SPAN),
        });
        if let Some(parameters) = self.parameters.0.take() {
            active["parameters"] = Value::Object(parameters);
        }
        let language = language(given(&self.language).as_deref(), &settings);
        let input = Input::Text(TRIGGER.to_owned());
        let params = json!({ "contexts": [active] });
        self.answer = detect_intent(&agent, &session, input, &language, params).await?;
        Ok(())
    }

    fn decide(self, _: &mut Decision<'_>) -> Result<Self::Reply, Failure> {
        Ok(self.answer)
    }
}

fn context_name(given: &str) -> Result<&str, Refusal> {
    let name = given.trim();
    let belongs = |byte: u8| byte.is_ascii_alphanumeric() || b"-_%".contains(&byte);
    if !name.is_empty() && name.bytes().all(belongs) {
        return Ok(name);
    }
    let why = "context_name: the name of a context has letters, digits, -, _ and %";
    Err(Refusal::InvalidArgument(why.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::context_name;

    #[test]
    fn names_of_contexts() {
        assert_eq!(context_name(" opencart-products "), Ok("opencart-products"));
        for wrong in ["a/b", "a b", "", "..", "ä"] {
            let refused = context_name(wrong).unwrap_err();
            assert_eq!(refused.code(), "invalid-argument", "{wrong}");
        }
    }
}

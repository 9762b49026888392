//! `dialogflow-create-intent`

use events::token::Scope;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Language, agent, given, place, said};
use crate::{
    adapters::{dialogflow::Call, vendor::Problem},
    functions::{Command, Context, Decision, Failure, Refusal},
    wire::{List, Text},
};

/// The most training phrases of one call.
const PHRASES_MAX: usize = 2_000;

/// Teaches the agent an intent: what users say, and what the bot answers then.
///
/// The intent's name is made of the first expression and of a mark that follows from all of it, so
/// that the same intent is not made twice: one that is there already is true as well. Without
/// `expressions` it is `missing-argument`, with more than 2,000 `too-large`; while Dialogflow is
/// switched off or lacks its settings it is `dialogflow-not-active`, and `dialogflow-error`, with
/// Google's own words, when that does not answer or refuses.
/// # Example
/// `{"expressions": ["Where is my parcel?", "Track my order"], "response": "I will look it up."}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct DialogflowCreateIntent {
    /// What users say.
    #[schemars(required, extend("minItems" = 1))]
    expressions: List<Text<768, 1>>,
    /// What the bot answers.
    response: Text<4_096, 1>,
    /// The language of both; the agent's main one when it isn't given.
    #[serde(default)]
    agent_language: Language,
}

impl Command for DialogflowCreateIntent {
    const NAME: &'static str = "dialogflow-create-intent";
    const SCOPE: Scope = Scope::Admin;
    type Reply = bool;

    async fn prepare(&mut self, context: &Context) -> Result<(), Failure> {
        let settings = context.service.settings()?;
        let agent = agent(context, &settings, None)?;
        let expressions = some_phrases(&self.expressions.0)?;
        let phrases: Vec<Value> = expressions.iter().map(|text| phrase(text)).collect();
        let intent = json!({
            "displayName": self.display_name(),
            "trainingPhrases": phrases,
            "messages": [{"text": {"text": [self.response.0]}}],
        });
        let place = place("/agent/intents")?;
        let place = place.language(given(&self.agent_language).as_deref());
        match agent.call(&Call::post(place, intent)).await {
            Ok(_) => Ok(()),
            Err(problem) if is_there(&problem) => Ok(()),
            Err(problem) => Err(said(problem).into()),
        }
    }

    fn decide(self, _: &mut Decision<'_>) -> Result<bool, Failure> {
        Ok(true)
    }
}

impl DialogflowCreateIntent {
    fn display_name(&self) -> String {
        const CHARS: usize = 60;
        let all = json!([
            self.expressions.0,
            self.response.0,
            given(&self.agent_language)
        ]);
        let mark = blake3::hash(all.to_string().as_bytes()).to_hex();
        let first = self.expressions.0.first().map_or("", String::as_str);
        let first: String = first.trim().chars().take(CHARS).collect();
        format!("{first} {}", &mark[..12])
    }
}

/// Whether Google says that there is an intent of this name. It has a status for that, and another one
/// that it uses: `400 FAILED_PRECONDITION`, "Intent with the display_name '…' already exists."
fn is_there(problem: &Problem) -> bool {
    match problem {
        Problem::Said { status: 409, .. } => true,
        Problem::Said {
            status: 400,
            code,
            text,
        } => code.as_deref() == Some("FAILED_PRECONDITION") && text.contains("already exists"),
        _ => false,
    }
}

/// The phrases, if there are any and not too many.
///
/// # Errors
/// `missing-argument` or `too-large`.
pub fn some_phrases(given: &[String]) -> Result<&[String], Refusal> {
    match given.len() {
        0 => Err(Refusal::MissingArgument(
            "expressions is missing".to_owned(),
        )),
        1..=PHRASES_MAX => Ok(given),
        count => Err(Refusal::TooLarge(format!(
            "expressions: {count} were given; {PHRASES_MAX} are allowed at once"
        ))),
    }
}

/// A training phrase as Dialogflow writes it.
pub fn phrase(text: &str) -> Value {
    json!({"type": "EXAMPLE", "parts": [{"text": text}]})
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::functions::conversations::histories::arguments;

    #[test]
    fn the_name_follows_from_what_it_is() {
        let named =
            |arguments_: Value| arguments::<DialogflowCreateIntent>(arguments_).display_name();
        let parcel =
            json!({"expressions": ["Where is my parcel?", "Track it"], "response": "Here."});
        let name = named(parcel.clone());
        assert!(name.starts_with("Where is my parcel? "), "{name}");
        assert_eq!(named(parcel.clone()), name);
        for (member, value) in [
            ("expressions", json!(["Where is my parcel?"])),
            ("response", json!("There.")),
            ("agent_language", json!("es")),
        ] {
            let mut other = parcel.clone();
            other[member] = value;
            assert_ne!(named(other), name, "{member}");
        }
    }

    #[test]
    fn there_are_some_phrases_but_not_too_many() {
        let texts = |count| vec!["a".to_owned(); count];
        assert!(some_phrases(&texts(PHRASES_MAX)).is_ok());
        assert_eq!(some_phrases(&[]).unwrap_err().code(), "missing-argument");
        let many = texts(PHRASES_MAX + 1);
        assert_eq!(some_phrases(&many).unwrap_err().code(), "too-large");
    }
}

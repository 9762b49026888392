//! OpenAI: the key, the model, and how it is to answer.

use serde_json::Value;

use super::{Kind, Setting};

/// All of them.
pub(super) const OPEN_AI: &[Setting] = &[
    OPEN_AI_KEY,
    OPEN_AI_MODEL,
    OPEN_AI_PROMPT,
    OPEN_AI_HISTORY,
    OPEN_AI_TEMPERATURE,
    OPEN_AI_PRESENCE_PENALTY,
    OPEN_AI_FREQUENCY_PENALTY,
];

/// The key of the API.
pub const OPEN_AI_KEY: Setting = Setting::new(
    Kind::Password,
    "open-ai-key",
    "The secret key of the API of OpenAI.",
);
/// Who answers.
pub const OPEN_AI_MODEL: Setting = Setting::new(
    Kind::Text,
    "open-ai-model",
    "The model of OpenAI that answers, one for chat completions.",
)
.text("gpt-4o-mini")
.checked(some_text);
/// What it is told beforehand.
pub const OPEN_AI_PROMPT: Setting = Setting::new(
    Kind::Textarea,
    "open-ai-prompt",
    "What the model is told before each message: who it is, what it knows, how it answers.",
);
/// What it is told of the conversation.
pub const OPEN_AI_HISTORY: Setting = Setting::new(
    Kind::Number,
    "open-ai-history",
    "How many earlier messages of the conversation the model is told, 0 to 100; empty for 10.",
)
.checked(history_or_nothing);
/// How freely it answers.
pub const OPEN_AI_TEMPERATURE: Setting = Setting::new(
    Kind::Number,
    "open-ai-temperature",
    "How freely the model answers, 0 to 2; empty for its own measure.",
)
.checked(|value| within_or_nothing(value, 0.0));
/// How much it avoids what it said before.
pub const OPEN_AI_PRESENCE_PENALTY: Setting = Setting::new(
    Kind::Number,
    "open-ai-presence-penalty",
    "How much the model avoids what it has said, -2 to 2; empty for its own measure.",
)
.checked(|value| within_or_nothing(value, -2.0));
/// How much it avoids what it said often.
pub const OPEN_AI_FREQUENCY_PENALTY: Setting = Setting::new(
    Kind::Number,
    "open-ai-frequency-penalty",
    "How much the model avoids what it has said often, -2 to 2; empty for its own measure.",
)
.checked(|value| within_or_nothing(value, -2.0));

fn history_or_nothing(value: &Value) -> Result<(), String> {
    let is_count = value.as_u64().is_some_and(|count| count <= 100);
    if is_count || value.as_str() == Some("") {
        return Ok(());
    }
    Err(format!("{value} is not a number from 0 to 100"))
}

/// A number from `min` to 2, or nothing.
fn within_or_nothing(value: &Value, min: f64) -> Result<(), String> {
    let is_within = value
        .as_f64()
        .is_some_and(|number| (min..=2.0).contains(&number));
    if is_within || value.as_str() == Some("") {
        return Ok(());
    }
    Err(format!("{value} is not a number from {min} to 2"))
}

fn some_text(value: &Value) -> Result<(), String> {
    match value.as_str().unwrap_or_default().trim() {
        "" => Err("it cannot be empty".to_owned()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn measures_are_within_their_bounds() {
        for value in [json!(""), json!(0), json!(0.7), json!(2)] {
            assert_eq!((OPEN_AI_TEMPERATURE.check)(&value), Ok(()), "{value}");
        }
        for value in [json!(-0.1), json!(2.1), json!("hot")] {
            assert!((OPEN_AI_TEMPERATURE.check)(&value).is_err(), "{value}");
        }
        assert_eq!((OPEN_AI_PRESENCE_PENALTY.check)(&json!(-2)), Ok(()));
        assert!((OPEN_AI_FREQUENCY_PENALTY.check)(&json!(-2.5)).is_err());
        assert!((OPEN_AI_MODEL.check)(&json!(" ")).is_err());
        for value in [json!(""), json!(0), json!(100)] {
            assert_eq!((OPEN_AI_HISTORY.check)(&value), Ok(()), "{value}");
        }
        for value in [json!(-1), json!(101), json!(1.5), json!("all")] {
            assert!((OPEN_AI_HISTORY.check)(&value).is_err(), "{value}");
        }
    }
}

//! `app-activation`

use events::token::Scope;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, json};

use super::{Success, apps};
use crate::{
    functions::{
        Command, Decision, Failure, Refusal,
        settings::saving::{self, Wanted},
    },
    wire::{Text, Word},
};

/// Switches an app on with its license key.
///
/// The apps are `dialogflow`, `slack` and `openai`. They are parts of the service, so nothing is
/// downloaded and no license server is asked: the key is kept for app-get-key, as a secret, and the app
/// is on: the setting `dialogflow-enabled` or `slack-enabled` is set, which also switches it off again.
/// What the app needs besides, such as a vendor's tokens, are settings of their own; `openai` is on as
/// soon as `open-ai-key` is there. Another app, and a key without any letter or digit, is
/// `invalid-argument`.
/// # Example
/// `{"app_name": "slack", "key": "9300AB16-014ZEE12-91E199EA-997CEX40"}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct AppActivation {
    /// The app: dialogflow, slack or openai.
    app_name: Word<64>,
    /// Its license key.
    key: Text<255, 1>,
}

impl Command for AppActivation {
    const NAME: &'static str = "app-activation";
    const SCOPE: Scope = Scope::Admin;
    type Reply = Success;

    fn decide(self, decision: &mut Decision<'_>) -> Result<Success, Failure> {
        let app = apps::named(&self.app_name.0).ok_or_else(|| apps::unknown(&self.app_name.0))?;
        let key = self.key.0.trim();
        if !key.chars().any(char::is_alphanumeric) || key.chars().any(char::is_control) {
            let why = "A license key has letters or digits, on one line.".to_owned();
            return Err(Refusal::InvalidArgument(why).into());
        }
        let mut settings = Map::new();
        settings.insert(app.key.id.to_owned(), json!([key, app.key.kind.name()]));
        if let Some(enabled) = app.enabled {
            let on = json!([true, enabled.kind.name()]);
            settings.insert(enabled.id.to_owned(), on);
        }
        let wanted = Wanted {
            settings,
            ..Wanted::default()
        };
        saving::save(decision, wanted)?;
        Ok(Success::Success)
    }
}

#[cfg(test)]
mod tests {
    use events::settings::Saved;

    use super::*;
    use crate::functions::{
        conversations::histories::arguments,
        scenario::{given, happened},
        settings::state::STREAM,
    };

    fn activation(app: &str, key: &str) -> AppActivation {
        arguments(json!({"app_name": app, "key": key}))
    }

    #[test]
    fn an_app_is_switched_on_with_its_key_and_once() {
        let saved = Saved {
            set: [
                (
                    "app-slack-key".to_owned(),
                    (json!("AB-1"), "password".to_owned()),
                ),
                (
                    "slack-enabled".to_owned(),
                    (json!(true), "checkbox".to_owned()),
                ),
            ]
            .into(),
            ..Saved::default()
        };
        given([])
            .when(activation("slack", " AB-1 "))
            .then([happened(STREAM, saved.clone())])
            .answering(json!("success"));
        given([happened(STREAM, saved)])
            .when(activation("slack", "AB-1"))
            .then([]);
    }

    #[test]
    fn other_apps_and_odd_keys_are_refused() {
        for (app, key) in [
            ("whatsapp", "AB-1"),
            ("slack", "********"),
            ("slack", "A\nB"),
        ] {
            given([])
                .when(activation(app, key))
                .then_refused_with("invalid-argument");
        }
    }
}

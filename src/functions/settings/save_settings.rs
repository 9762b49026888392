//! `save-settings`

use events::token::Scope;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    saving::{self, Wanted},
    state::Given,
};
use crate::{
    functions::{Command, Decision, Failure, Refusal},
    wire::{JsonText, Maybe},
};

/// Settings in one call.
const SETTINGS_MAX: usize = 5_000;

/// Saves settings.
///
/// `settings` is the object of get-settings, or a part of it: `{"id": [value, "type"]}`. What is not
/// given stays as it is, since empty values vanish from forms. A value that went through a form
/// (`["0", "checkbox"]`, `["false", "checkbox"]`) is restored by its type. Settings that the service
/// itself acts on have the type of its registry and are checked: a `webhooks-url` that is no URL, an
/// unknown name in `webhooks-active` or a checkbox that is neither true nor false is
/// `invalid-argument`, and nothing is saved. Other IDs are kept as they come. A secret that comes
/// back as `********`, as get-settings shows it, stays as it was. In a list of things (type `repeater`,
/// such as `departments` and `saved-replies`) all parts are texts, as forms make them. IDs have 1 to 100 letters, digits,
/// `-` and `_`; 5,000 settings and 1 MiB a value are allowed (`too-large` otherwise).
/// # Example
/// `{"settings": {"webhooks-enabled": [true, "checkbox"], "webhooks-url": ["https://example.com/hook", "text"]}}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct SaveSettings {
    /// Value and type by ID.
    settings: JsonText<Given>,
    /// Settings that are stored apart, by name; any JSON. What the service itself acts on is kept
    /// among the others, also when it is given here.
    #[serde(default)]
    external_settings: Maybe<JsonText<Given>>,
    /// Translations of the settings stored apart, by name; any JSON.
    #[serde(default)]
    external_settings_translations: Maybe<JsonText<Given>>,
}

impl Command for SaveSettings {
    const NAME: &'static str = "save-settings";
    const SCOPE: Scope = Scope::Admin;
    type Reply = bool;

    fn decide(self, decision: &mut Decision<'_>) -> Result<bool, Failure> {
        let wanted = Wanted {
            settings: self.settings.0,
            external: self.external_settings.0.unwrap_or_default(),
            external_translations: self.external_settings_translations.0.unwrap_or_default(),
        };
        let count = wanted.count();
        if count > SETTINGS_MAX {
            let why = format!("{count} settings were given; {SETTINGS_MAX} are allowed at once");
            return Err(Refusal::TooLarge(why).into());
        }
        saving::save(decision, wanted)?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use events::settings::Saved;
    use serde_json::{Value, json};

    use super::*;
    use crate::functions::{
        conversations::histories::arguments,
        scenario::{given, happened},
        settings::{saving::VALUE_BYTES_MAX, state::STREAM},
    };

    fn save(settings: &Value) -> SaveSettings {
        arguments(json!({ "settings": settings }))
    }

    fn saved(set: Value) -> (events::Stream, events::Event) {
        let set = serde_json::from_value(set).unwrap();
        happened(
            STREAM,
            Saved {
                set,
                ..Saved::default()
            },
        )
    }

    #[test]
    fn only_what_changes_is_recorded() {
        let both = json!({"rtl": [true, "checkbox"], "webhooks-key": ["k", "password"]});
        given([]).when(save(&both)).then([saved(both.clone())]);
        given([saved(both.clone())])
            .when(save(&both))
            .then([])
            .answering(json!(true));
        let masked = json!({"rtl": ["0", "checkbox"], "webhooks-key": ["********", "password"]});
        given([saved(both)])
            .when(save(&masked))
            .then([saved(json!({"rtl": [false, "checkbox"]}))]);
    }

    #[test]
    fn settings_stored_apart() {
        let command = arguments::<SaveSettings>(json!({
            "settings": {}, "external_settings": {"emails": [{"id": "1"}]},
            "external_settings_translations": "{\"emails\": {\"fr\": []}}",
        }));
        let expected = Saved {
            external: [("emails".to_owned(), json!([{"id": "1"}]))].into(),
            external_translations: [("emails".to_owned(), json!({"fr": []}))].into(),
            ..Saved::default()
        };
        given([]).when(command).then([happened(STREAM, expected)]);
    }

    #[test]
    fn what_the_service_acts_on_is_never_apart() {
        let sales = json!([{"department-id": 1, "department-name": "Sales"}]);
        let command = arguments::<SaveSettings>(json!({
            "settings": {}, "external_settings": {"departments": sales},
        }));
        let kept = json!([{"department-id": "1", "department-name": "Sales"}]);
        given([])
            .when(command)
            .then([saved(json!({"departments": [kept, "repeater"]}))]);
        let command = arguments::<SaveSettings>(json!({
            "settings": {}, "external_settings": {"departments": [{"department-id": "none"}]},
        }));
        given([])
            .when(command)
            .then_refused_with("invalid-argument");
    }

    #[test]
    fn much_at_once_is_several_events_of_one_decision() {
        let value = "x".repeat(VALUE_BYTES_MAX - 10);
        let settings: serde_json::Map<_, _> = (0..7)
            .map(|number| (format!("own-{number}"), json!([value, "text"])))
            .collect();
        let one = |ids: std::ops::Range<u8>| {
            let set: serde_json::Map<_, _> = ids
                .map(|number| (format!("own-{number}"), json!([value, "text"])))
                .collect();
            saved(Value::Object(set))
        };
        given([])
            .when(save(&Value::Object(settings)))
            .then([one(0..4), one(4..7)]);
    }

    #[test]
    fn refusals() {
        let refused = |settings: Value, code: &str| {
            given([]).when(save(&settings)).then_refused_with(code);
        };
        refused(json!({"a b": [1, "number"]}), "invalid-argument");
        refused(
            json!({"webhooks-enabled": ["maybe", "checkbox"]}),
            "invalid-argument",
        );
        refused(
            json!({"webhooks-active": ["nonsense", "text"]}),
            "invalid-argument",
        );
        refused(
            json!({"own": ["x".repeat(VALUE_BYTES_MAX), "text"]}),
            "too-large",
        );
    }
}

//! `save-settings`

use std::collections::BTreeMap;

use events::settings::Saved;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::{
    state::{Given, STREAM, external, external_translations, setting},
    value::{restored, unmasked},
};
use crate::{
    functions::{Command, Decision, Failure, Refusal},
    wire::{JsonText, Maybe},
};

/// Characters of a setting's ID.
const ID_CHARS_MAX: usize = 100;
/// Settings in one call.
const SETTINGS_MAX: usize = 5_000;
/// Bytes of one setting's value as JSON text.
const VALUE_BYTES_MAX: usize = 1 << 20;

/// Saves settings.
///
/// `settings` is the object of get-settings, or a part of it: `{"id": [value, "type"]}`. What is not
/// given stays as it is, since empty values vanish from forms. A value that went through a form
/// (`["0", "checkbox"]`, `["false", "checkbox"]`) is restored by its type. Settings that the service
/// itself acts on have the type of its registry and are checked: a `webhooks-url` that is no URL, an
/// unknown name in `webhooks-active` or a checkbox that is neither true nor false is
/// `invalid-argument`, and nothing is saved. Other IDs are kept as they come. A secret that comes
/// back as `********`, as get-settings shows it, stays as it was. IDs have 1 to 100 letters, digits,
/// `-` and `_`; 5,000 settings and 1 MiB a value are allowed (`too-large` otherwise).
/// # Example
/// `{"settings": {"webhooks-enabled": [true, "checkbox"], "webhooks-url": ["https://example.com/hook", "text"]}}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct SaveSettings {
    /// Value and type by ID.
    settings: JsonText<Given>,
    /// Settings that are stored apart, by name; any JSON.
    #[serde(default)]
    external_settings: Maybe<JsonText<Given>>,
    /// Translations of the settings stored apart, by name; any JSON.
    #[serde(default)]
    external_settings_translations: Maybe<JsonText<Given>>,
}

impl Command for SaveSettings {
    const NAME: &'static str = "save-settings";
    type Reply = bool;

    fn decide(self, decision: &mut Decision<'_>) -> Result<bool, Failure> {
        let external_given = self.external_settings.0.unwrap_or_default();
        let translations_given = self.external_settings_translations.0.unwrap_or_default();
        let count = self.settings.0.len() + external_given.len() + translations_given.len();
        if count > SETTINGS_MAX {
            let why = format!("{count} settings were given; {SETTINGS_MAX} are allowed at once");
            return Err(Refusal::TooLarge(why).into());
        }
        let state = decision.state();
        let mut saved = Saved::default();
        for (id, given) in self.settings.0 {
            check(&id, &given)?;
            let (value, kind) = restored(&id, given)?;
            let before = setting(state, &id)?;
            let value = unmasked(value, &kind, before.as_ref().map(|(value, _)| value));
            if before.as_ref() != Some(&(value.clone(), kind.clone())) {
                saved.set.insert(id, (value, kind));
            }
        }
        saved.external = changed(external_given, |name| external(state, name))?;
        saved.external_translations = changed(translations_given, |name| {
            external_translations(state, name)
        })?;
        if saved != Saved::default() {
            decision.record(STREAM, saved)?;
        }
        Ok(true)
    }
}

fn check(id: &str, value: &Value) -> Result<(), Refusal> {
    let fine = |character: char| character.is_ascii_alphanumeric() || "-_".contains(character);
    if id.is_empty() || id.len() > ID_CHARS_MAX || !id.chars().all(fine) {
        return Err(Refusal::InvalidArgument(format!(
            "{id:?} is not the ID of a setting: 1 to {ID_CHARS_MAX} letters, digits, - and _"
        )));
    }
    let bytes = value.to_string().len();
    if bytes > VALUE_BYTES_MAX {
        return Err(Refusal::TooLarge(format!(
            "the setting {id} has {bytes} bytes; {VALUE_BYTES_MAX} are allowed"
        )));
    }
    Ok(())
}

fn changed(
    given: Given,
    before: impl Fn(&str) -> Result<Option<Value>, Failure>,
) -> Result<BTreeMap<String, Value>, Failure> {
    let mut set = BTreeMap::new();
    for (name, value) in given {
        check(&name, &value)?;
        if before(&name)?.as_ref() != Some(&value) {
            set.insert(name, value);
        }
    }
    Ok(set)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::functions::{
        conversations::histories::arguments,
        scenario::{given, happened},
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
            "settings": {}, "external_settings": {"departments": [{"id": "1"}]},
            "external_settings_translations": "{\"departments\": {\"fr\": []}}",
        }));
        let expected = Saved {
            external: [("departments".to_owned(), json!([{"id": "1"}]))].into(),
            external_translations: [("departments".to_owned(), json!({"fr": []}))].into(),
            ..Saved::default()
        };
        given([]).when(command).then([happened(STREAM, expected)]);
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

//! The file of export-settings and import-settings: the arguments of save-settings, secrets in clear.

use std::collections::BTreeMap;

use eventlog::View;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    saving::Wanted,
    state::{Given, Settings, Stored, all_external, all_external_translations},
};
use crate::functions::{Failure, Refusal};

/// The largest file that is written or read, in bytes: half of what one decision may record.
pub const BYTES_MAX: usize = 32 << 20;

#[derive(Serialize)]
struct Document {
    settings: BTreeMap<String, Stored>,
    external_settings: BTreeMap<String, Value>,
    external_settings_translations: BTreeMap<String, Value>,
}

/// All settings as of now: the registered ones with their defaults, those of the callers' own, and
/// what is stored apart.
///
/// # Errors
/// `too-large` beyond [`BYTES_MAX`], or the state's own failure.
pub fn written(state: &dyn View) -> Result<Vec<u8>, Failure> {
    let document = Document {
        settings: Settings::read(state)?.everything(),
        external_settings: all_external(state)?,
        external_settings_translations: all_external_translations(state)?,
    };
    let bytes = serde_json::to_vec_pretty(&document)
        .expect("settings have string keys and no failing serializer");
    if bytes.len() > BYTES_MAX {
        return Err(too_large().into());
    }
    Ok(bytes)
}

/// What such a file holds. What else stands in it is left alone.
///
/// # Errors
/// `invalid-argument` for anything else, `too-large` beyond [`BYTES_MAX`].
pub fn read(bytes: &[u8]) -> Result<Wanted, Refusal> {
    if bytes.len() > BYTES_MAX {
        return Err(too_large());
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut members: Map<String, Value> = serde_json::from_slice(bytes)
        .map_err(|error| wrong(&format!("it is not a JSON object ({error})")))?;
    if !members.contains_key("settings") {
        return Err(wrong("it has no settings"));
    }
    let mut part = |name: &str| match members.remove(name) {
        None | Some(Value::Null) => Ok(Given::new()),
        Some(Value::Object(part)) => Ok(part),
        // What PHP makes of an empty object.
        Some(Value::Array(items)) if items.is_empty() => Ok(Given::new()),
        Some(_) => Err(wrong(&format!("its {name} is not an object"))),
    };
    Ok(Wanted {
        settings: part("settings")?,
        external: part("external_settings")?,
        external_translations: part("external_settings_translations")?,
    })
}

fn wrong(why: &str) -> Refusal {
    Refusal::InvalidArgument(format!("The file is not one of export-settings: {why}."))
}

/// What a larger file is refused as.
#[must_use]
pub fn too_large() -> Refusal {
    let mib = BYTES_MAX >> 20;
    Refusal::TooLarge(format!("The file of settings is larger than {mib} MiB."))
}

#[cfg(test)]
mod tests {
    use eventlog::Memory;
    use events::{Event, settings::Saved};
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::functions::{
        scenario::{given, happened},
        settings::{
            import_settings::ImportSettings,
            state::{STREAM, evolve},
        },
    };

    fn state_of(saved: &Saved) -> Memory {
        let mut state = Memory::default();
        evolve(&mut state, &Event::from(saved.clone()));
        state
    }

    /// What an import of this file records in a workspace where nothing was saved.
    fn imported(file: &[u8]) -> Result<Vec<Saved>, &'static str> {
        let command = ImportSettings::of(read(file).map_err(|refusal| refusal.code())?);
        let recorded = given([]).when(command).recorded_or_code()?;
        let saved = recorded.into_iter().map(|(_, event)| match event {
            Event::SettingsSaved(saved) => saved,
            other => panic!("{other:?}"),
        });
        Ok(saved.collect())
    }

    /// A value as it is stored: what goes in through save-settings.
    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            ".{0,20}".prop_map(Value::from),
            Just(Value::Null),
        ];
        leaf.prop_recursive(4, 32, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::btree_map(".{0,6}", inner, 0..5)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    fn stored() -> impl Strategy<Value = Stored> {
        let texts = prop::sample::select(vec!["text", "password", "textarea", "select", "color"]);
        let text = prop_oneof![".{0,40}", Just("********".to_owned())];
        let item = prop::collection::btree_map("[a-z-]{1,8}", ".{0,12}", 0..4);
        prop_oneof![
            any::<bool>().prop_map(|on| (json!(on), "checkbox".to_owned())),
            any::<i64>().prop_map(|number| (json!(number), "number".to_owned())),
            (text, texts).prop_map(|(text, kind)| {
                let is_masked = kind == "password" && text == "********";
                (json!(if is_masked { "" } else { &text }), kind.to_owned())
            }),
            prop::collection::vec(item, 0..4)
                .prop_map(|items| (json!(items), "repeater".to_owned())),
            value().prop_map(|value| (value, "own-type".to_owned())),
        ]
    }

    fn saved() -> impl Strategy<Value = Saved> {
        let apart = || prop::collection::btree_map("own-[a-z0-9_-]{1,12}", value(), 0..4);
        let own = prop::collection::btree_map("own-[a-z0-9_-]{1,12}", stored(), 0..8);
        let replies = prop::collection::vec("[a-z]{1,9}", 0..4);
        let registered = (any::<bool>(), ".{0,30}", replies).prop_map(|(on, key, replies)| {
            let reply = |text: &String| json!({"reply-name": text, "reply-text": text});
            let replies: Vec<_> = replies.iter().map(reply).collect();
            BTreeMap::from([
                (
                    "webhooks-enabled".to_owned(),
                    (json!(on), "checkbox".to_owned()),
                ),
                (
                    "webhooks-key".to_owned(),
                    (json!(key), "password".to_owned()),
                ),
                (
                    "saved-replies".to_owned(),
                    (json!(replies), "repeater".to_owned()),
                ),
            ])
        });
        (own, registered, apart(), apart()).prop_map(|(mut set, more, external, translations)| {
            set.extend(more);
            Saved {
                set,
                external,
                external_translations: translations,
            }
        })
    }

    proptest! {
        #[test]
        fn what_was_exported_is_imported_as_it_was(saved in saved()) {
            let before = state_of(&saved);
            let file = written(&before).unwrap();
            let mut after = Memory::default();
            for event in imported(&file).unwrap() {
                evolve(&mut after, &Event::from(event));
            }
            prop_assert_eq!(written(&after).unwrap(), file);
        }

        #[test]
        fn no_bytes_are_too_odd(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = imported(&bytes);
        }

        #[test]
        fn no_json_is_too_odd(settings in value(), external in value(), translations in value()) {
            let file = json!({
                "settings": settings, "external_settings": external,
                "external_settings_translations": translations,
            });
            let _ = imported(file.to_string().as_bytes());
        }

        #[test]
        fn no_value_of_a_registered_setting_is_too_odd(
            number in any::<prop::sample::Index>(), value in value(),
        ) {
            let all: Vec<_> = super::super::registry::registry().collect();
            let id = number.get(&all).id;
            let file = json!({"settings": {id: value}});
            let _ = imported(file.to_string().as_bytes());
            let file = json!({"settings": {id: [value, "text"]}});
            let _ = imported(file.to_string().as_bytes());
        }
    }

    #[test]
    fn what_is_no_such_file_is_refused() {
        for file in [
            "",
            "[]",
            "null",
            "{}",
            "nonsense",
            r#"{"settings": 1}"#,
            r#"{"settings": [1]}"#,
            r#"{"settings": {}, "external_settings": "x"}"#,
            &"[".repeat(10_000),
        ] {
            assert_eq!(imported(file.as_bytes()), Err("invalid-argument"), "{file}");
        }
        let wrong = r#"{"settings": {"rtl": [true, "checkbox"], "webhooks-url": ["x", "text"]}}"#;
        assert_eq!(imported(wrong.as_bytes()), Err("invalid-argument"));
        let large = vec![b' '; BYTES_MAX + 1];
        assert_eq!(imported(&large), Err("too-large"));
    }

    #[test]
    fn empty_objects_as_php_writes_them_and_a_byte_order_mark_are_fine() {
        let file = "\u{feff}{\"settings\": [], \"external_settings\": null}";
        assert_eq!(imported(file.as_bytes()), Ok(Vec::new()));
    }

    #[test]
    fn a_secret_that_is_masked_in_the_file_stays_as_it_was() {
        let own = |key: &str| Saved {
            set: [("k".to_owned(), (json!(key), "password".to_owned()))].into(),
            ..Saved::default()
        };
        let file = br#"{"settings": {"k": ["********", "password"]}}"#;
        given([happened(STREAM, own("s3cret"))])
            .when(ImportSettings::of(read(file).unwrap()))
            .then([])
            .answering(json!(true));
    }
}

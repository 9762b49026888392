//! Objects that may be wrapped once more in an object with a known key.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Argument, JsonText, Unreadable, argument, json_text};

/// A type whose argument the API also takes with a wrapper around it.
pub trait Nest: DeserializeOwned + JsonSchema {
    /// The one key of the wrapper.
    const KEY: &'static str;
}

/// Like [`JsonText`], with or without the wrapper: `settings={"settings":{…}}`, `settings={…}`,
/// `settings[settings][rating]=1` and `settings[rating]=1` are the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nested<T>(pub T);

impl<T: Nest> Argument for Nested<T> {
    type Value = T;

    fn read(value: Value) -> Result<T, Unreadable> {
        match json_text::parsed(value)? {
            Value::Object(mut members) if members.len() == 1 && members.contains_key(T::KEY) => {
                let inner = members.remove(T::KEY).unwrap_or_default();
                json_text::typed(json_text::parsed(inner)?)
            }
            value => json_text::typed(value),
        }
    }

    fn new(value: T) -> Self {
        Self(value)
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        JsonText::<T>::schema(generator)
    }
}
argument!([T: Nest] Nested<T>);

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;
    use crate::wire::{Id, Integer, List, Text, form};

    #[derive(Debug, PartialEq, Deserialize, JsonSchema)]
    struct Rating {
        conversation_id: Id,
        rating: Integer<-1, 1>,
    }

    impl Nest for Rating {
        const KEY: &'static str = "settings";
    }

    #[derive(Debug, PartialEq, Deserialize, JsonSchema)]
    #[serde(transparent)]
    struct Titles(List<Text<20>>);

    impl Nest for Titles {
        const KEY: &'static str = "articles";
    }

    #[test]
    fn with_and_without_the_wrapper() {
        let bodies = [
            "settings={\"settings\":{\"conversation_id\":\"7\",\"rating\":\"1\"}}",
            "settings={\"conversation_id\":7,\"rating\":1}",
            "settings[settings][conversation_id]=7&settings[settings][rating]=1",
            "settings[conversation_id]=7&settings[rating]=1",
            "settings[settings]={\"conversation_id\":7,\"rating\":1}",
        ];
        for body in bodies {
            let value = form(body.as_bytes())
                .unwrap()
                .0
                .shift_remove("settings")
                .unwrap();
            let read = Nested::<Rating>::read(value).unwrap();
            assert_eq!((read.conversation_id.0, read.rating.0), (7, 1), "{body}");
        }
    }

    #[test]
    fn says_what_is_missing_inside() {
        let error = Nested::<Rating>::read(json!({"settings": {"rating": 1}})).unwrap_err();
        assert_eq!(error.to_string(), "conversation_id is missing");
        let error =
            Nested::<Rating>::read(json!("{\"conversation_id\":\"x\",\"rating\":1}")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "conversation_id: \"x\" is not an ID (digits expected)"
        );
    }

    #[test]
    fn lists_may_be_wrapped_too() {
        for value in [
            json!({"articles": ["a"]}),
            json!(["a"]),
            json!("{\"articles\":[\"a\"]}"),
            json!("[\"a\"]"),
        ] {
            assert_eq!(
                Nested::<Titles>::read(value),
                Ok(Titles(List(vec!["a".to_owned()])))
            );
        }
    }
}

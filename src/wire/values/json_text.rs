//! Objects, which arrive as JSON text or already nested.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{Argument, Unreadable, argument, not};
use crate::wire::{decode, json};

/// A `T` written as JSON text, as a JSON value, or in brackets: `payload={"a":1}`, `payload[a]=1`.
///
/// In brackets every value is a text, so a struct `T` takes the types of this module for its fields. For any
/// object at all take `JsonText<serde_json::Map<String, Value>>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonText<T>(pub T);

impl<T: DeserializeOwned + JsonSchema> Argument for JsonText<T> {
    type Value = T;

    fn read(value: Value) -> Result<T, Unreadable> {
        typed(parsed(value)?)
    }

    fn new(value: T) -> Self {
        Self(value)
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        described(generator.subschema_for::<T>())
    }
}
argument!([T: DeserializeOwned + JsonSchema] JsonText<T>);

/// The value itself, or what its JSON text says.
pub(super) fn parsed(value: Value) -> Result<Value, Unreadable> {
    match value {
        Value::String(text) if text.trim_ascii().is_empty() => {
            Err(not(&Value::String(text), "JSON"))
        }
        Value::String(text) => json::value(&text).map_err(|problem| Unreadable(problem.message)),
        value => Ok(value),
    }
}

/// Lays the type over a parsed value. PHP writes an empty object as `[]`, so an empty list is tried as one.
pub(super) fn typed<T: DeserializeOwned>(value: Value) -> Result<T, Unreadable> {
    match value {
        Value::Object(members) => object(members),
        Value::Array(items) if items.is_empty() => {
            T::deserialize(Value::Array(items)).or_else(|_| object(Map::new()))
        }
        value => T::deserialize(value).map_err(|error| Unreadable(error.to_string())),
    }
}

fn object<T: DeserializeOwned>(members: Map<String, Value>) -> Result<T, Unreadable> {
    decode(members).map_err(|problem| Unreadable(problem.message))
}

/// A schema with the note that JSON text is accepted as well.
pub(super) fn described(mut schema: Schema) -> Schema {
    schema.insert("x-also-accepts".to_owned(), "JSON text".into());
    schema
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::wire::{Maybe, form};

    type Payload = JsonText<Map<String, Value>>;

    fn sent(body: &str) -> Value {
        form(body.as_bytes())
            .unwrap()
            .0
            .shift_remove("p")
            .unwrap_or_default()
    }

    #[test]
    fn text_and_nested_are_the_same() {
        let expected = json!({"a": "1", "b": ["x"]}).as_object().cloned().unwrap();
        for body in [
            "p[a]=1&p[b][]=x",
            "p={\"a\":\"1\",\"b\":[\"x\"]}",
            "p=+{\"a\":\"1\",\"b\":[\"x\"]}%0A",
        ] {
            assert_eq!(Payload::read(sent(body)), Ok(expected.clone()), "{body}");
        }
    }

    #[test]
    fn an_empty_list_is_an_empty_object() {
        assert_eq!(Payload::read(json!("[]")), Ok(Map::new()));
        assert_eq!(Payload::read(json!([])), Ok(Map::new()));
        assert_eq!(JsonText::<Value>::read(json!("[]")), Ok(json!([])));
    }

    #[test]
    fn refuses_what_is_not_json() {
        for value in [
            json!("{a:1}"),
            json!(""),
            json!("[1]"),
            json!(5),
            json!(null),
            json!("\"x\""),
        ] {
            assert!(Payload::read(value.clone()).is_err(), "{value}");
        }
        assert_eq!(Maybe::<Payload>::read(json!("")), Ok(None));
        let deep = format!("{}1", "[".repeat(65));
        assert!(
            JsonText::<Value>::read(json!(deep))
                .unwrap_err()
                .to_string()
                .contains("64 levels")
        );
    }
}

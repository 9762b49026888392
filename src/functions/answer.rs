//! Forms that several answers share.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};

/// A value, or false where there is none.
#[derive(Debug)]
pub enum OrFalse<T> {
    /// The value.
    Is(T),
    /// There is none.
    False,
}

impl<T> From<Option<T>> for OrFalse<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::False, Self::Is)
    }
}

impl<T: Serialize> Serialize for OrFalse<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Is(value) => value.serialize(serializer),
            Self::False => serializer.serialize_bool(false),
        }
    }
}

impl<T: JsonSchema> JsonSchema for OrFalse<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("{}OrFalse", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let value = generator.subschema_for::<T>();
        json_schema!({ "anyOf": [value, { "const": false }] })
    }
}

//! Forms that several answers share.

use std::{borrow::Cow, marker::PhantomData, sync::Arc};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};

use crate::answers::Kept;

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

/// A `T` that is JSON text already.
pub enum Written<T> {
    /// Written for this answer.
    Now(Box<RawValue>, PhantomData<T>),
    /// Written for an earlier one.
    Before(Arc<Kept>),
}

impl<T: Serialize> Written<T> {
    /// Writes a value.
    pub fn now(value: &T) -> Self {
        Self::Now(json_text(value), PhantomData)
    }
}

impl<T> From<Arc<Kept>> for Written<T> {
    fn from(kept: Arc<Kept>) -> Self {
        Self::Before(kept)
    }
}

impl<T> Serialize for Written<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Now(json, _) => json.serialize(serializer),
            Self::Before(kept) => kept.json.serialize(serializer),
        }
    }
}

impl<T: JsonSchema> JsonSchema for Written<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

/// A value as JSON text.
pub fn json_text<T: Serialize>(value: &T) -> Box<RawValue> {
    to_raw_value(value).expect("answers have string keys and no failing serializer")
}

//! One of a few fixed words, as a Rust enum.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeOwned};
use serde_json::Value;

use super::{Argument, Unreadable, argument, text};

/// A word out of the unit variants of the enum `E` (which derives `Deserialize` and `JsonSchema`, and names
/// them with `#[serde(rename_all = …)]`). Blanks around the word are taken off.
///
/// Where the API has a code of its own for a wrong word (`invalid-user-type`), take a [`Word`](super::Word).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice<E>(pub E);

impl<E: DeserializeOwned + JsonSchema> Argument for Choice<E> {
    type Value = E;
    const SEPARATED_BY_COMMAS: bool = true;

    fn read(value: Value) -> Result<E, Unreadable> {
        let word = text::plain(value)?;
        E::deserialize(StrDeserializer::new(word.trim()))
    }

    fn new(value: E) -> Self {
        Self(value)
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        E::json_schema(generator)
    }
}
argument!([E: DeserializeOwned + JsonSchema] Choice<E>);

/// Lets serde's derived code for the enum say which words there are.
impl de::Error for Unreadable {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        let word = super::shown(&Value::from(variant));
        Self(format!("{word} is not one of {}", expected.join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize, JsonSchema, PartialEq)]
    #[serde(rename_all = "kebab-case")]
    enum Format {
        Csv,
        PlainText,
    }

    #[test]
    fn reads_its_words_alone() {
        let read = Choice::<Format>::read;
        assert_eq!(read(json!(" plain-text ")), Ok(Format::PlainText));
        assert_eq!(read(json!("csv")), Ok(Format::Csv));
        assert_eq!(
            read(json!("pdf")).unwrap_err().to_string(),
            "\"pdf\" is not one of csv, plain-text"
        );
        assert!(read(json!("Csv")).is_err() && read(json!(["csv"])).is_err());
    }
}

//! A fixed word in the place of something else: `user_ids` may be `all`.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Argument, Choice, Unreadable, argument};

/// One of the words of the enum `E`, or a `T`: `WordOr<Everybody, List<Key<UserId>>>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WordOr<E, T: Argument> {
    /// One of the words.
    Word(E),
    /// The something else.
    Value(T::Value),
}

impl<E: DeserializeOwned + JsonSchema, T: Argument> Argument for WordOr<E, T> {
    type Value = Self;

    fn read(value: Value) -> Result<Self, Unreadable> {
        if value.is_string()
            && let Ok(word) = Choice::<E>::read(value.clone())
        {
            return Ok(Self::Word(word));
        }
        T::read(value).map(Self::Value)
    }

    fn new(value: Self) -> Self {
        value
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [Choice::<E>::schema(generator), T::schema(generator)] })
    }
}
argument!([E: DeserializeOwned + JsonSchema, T: Argument] WordOr<E, T>);

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;
    use crate::wire::{Id, List, OrFalse};

    #[derive(Debug, Deserialize, JsonSchema, PartialEq)]
    #[serde(rename_all = "kebab-case")]
    enum Scope {
        All,
        Agents,
    }

    #[test]
    fn a_word_or_a_list() {
        let read = OrFalse::<WordOr<Scope, List<Id>>>::read;
        assert_eq!(read(json!("all")), Ok(Some(WordOr::Word(Scope::All))));
        assert_eq!(read(json!("agents")), Ok(Some(WordOr::Word(Scope::Agents))));
        assert_eq!(read(json!("1,2")), Ok(Some(WordOr::Value(vec![1, 2]))));
        assert_eq!(read(json!(["3"])), Ok(Some(WordOr::Value(vec![3]))));
        assert_eq!(read(json!("false")), Ok(None));
        assert!(read(json!("nobody")).is_err());
    }
}

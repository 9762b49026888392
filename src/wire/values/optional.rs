//! Values that may be missing, and the ways "none" is written: nothing, null, an empty text, `false`, `-1`.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::Value;

use super::{Argument, Unreadable, argument};

/// A `T` that need not be given: absent, null and blank texts are `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Maybe<T: Argument>(pub Option<T::Value>);

/// A `T`, or false for none: `agent_id`, where false removes the agent. Also `"false"`, `0`, null and blank
/// texts are none, since clients write false so.
///
/// It is a required argument. Where the API's default is false, put `#[serde(default)]` on the field; where
/// absent differs from false, wrap it in `Option`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrFalse<T: Argument>(pub Option<T::Value>);

/// A `T`, or −1 for none, which is also the default. Every way to write false is none too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrMinusOne<T: Argument>(pub Option<T::Value>);

impl<T: Argument> Default for Maybe<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: Argument> Default for OrFalse<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: Argument> Default for OrMinusOne<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: Argument> Argument for Maybe<T> {
    type Value = Option<T::Value>;

    fn read(value: Value) -> Result<Self::Value, Unreadable> {
        if is_blank(&value) {
            Ok(None)
        } else {
            T::read(value).map(Some)
        }
    }

    fn new(value: Self::Value) -> Self {
        Self(value)
    }

    fn absent() -> Option<Self::Value> {
        Some(None)
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        T::schema(generator)
    }
}
argument!([T: Argument] Maybe<T>);

impl<T: Argument> Argument for OrFalse<T> {
    type Value = Option<T::Value>;

    fn read(value: Value) -> Result<Self::Value, Unreadable> {
        if is_false(&value) {
            Ok(None)
        } else {
            T::read(value).map(Some)
        }
    }

    fn new(value: Self::Value) -> Self {
        Self(value)
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [T::schema(generator), { "const": false }] })
    }
}
argument!([T: Argument] OrFalse<T>);

impl<T: Argument> Argument for OrMinusOne<T> {
    type Value = Option<T::Value>;

    fn read(value: Value) -> Result<Self::Value, Unreadable> {
        let is_none = is_false(&value) || value == -1 || text_of(&value) == Some("-1");
        if is_none {
            Ok(None)
        } else {
            T::read(value).map(Some)
        }
    }

    fn new(value: Self::Value) -> Self {
        Self(value)
    }

    fn absent() -> Option<Self::Value> {
        Some(None)
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [T::schema(generator), { "const": -1 }], "default": -1 })
    }
}
argument!([T: Argument] OrMinusOne<T>);

/// Null, or a text of nothing but blanks.
pub(super) fn is_blank(value: &Value) -> bool {
    value.is_null() || text_of(value) == Some("")
}

/// Blank, or false in any writing.
pub(super) fn is_false(value: &Value) -> bool {
    let is_false_text = |text: &str| text == "0" || text.eq_ignore_ascii_case("false");
    is_blank(value) || *value == false || *value == 0 || text_of(value).is_some_and(is_false_text)
}

fn text_of(value: &Value) -> Option<&str> {
    value.as_str().map(str::trim_ascii)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::wire::{Id, Text};

    #[test]
    fn not_given() {
        for value in [json!(null), json!(""), json!(" ")] {
            assert_eq!(Maybe::<Id>::read(value.clone()), Ok(None));
            assert_eq!(Maybe::<Text<9>>::read(value), Ok(None));
        }
        assert_eq!(Maybe::<Id>::read(json!("5")), Ok(Some(5)));
        assert_eq!(
            Maybe::<Text<9>>::read(json!("false")),
            Ok(Some("false".to_owned()))
        );
        assert!(Maybe::<Id>::read(json!("false")).is_err());
        assert!(Maybe::<Id>::read(json!("0")).is_err());
    }

    #[test]
    fn none_is_false_in_any_writing() {
        for value in [
            json!(null),
            json!(""),
            json!(false),
            json!("false"),
            json!("FALSE"),
            json!(0),
            json!("0"),
            json!(" 0 "),
        ] {
            assert_eq!(OrFalse::<Id>::read(value.clone()), Ok(None));
            assert_eq!(OrMinusOne::<Id>::read(value), Ok(None));
        }
        assert_eq!(OrFalse::<Id>::read(json!("5")), Ok(Some(5)));
        for value in [json!(true), json!("-1"), json!(-1), json!("no"), json!([])] {
            assert!(OrFalse::<Id>::read(value.clone()).is_err(), "{value}");
        }
    }

    #[test]
    fn minus_one_is_none_where_it_is_documented() {
        assert_eq!(OrMinusOne::<Id>::read(json!("-1")), Ok(None));
        assert_eq!(OrMinusOne::<Id>::read(json!(-1)), Ok(None));
        assert_eq!(OrMinusOne::<Id>::read(json!(5)), Ok(Some(5)));
        assert!(OrMinusOne::<Id>::read(json!(-2)).is_err());
    }

    #[test]
    fn an_option_tells_absent_from_false() {
        #[derive(serde::Deserialize)]
        struct Sample {
            agent_id: Option<OrFalse<Id>>,
        }
        let read = |value: Value| serde_json::from_value::<Sample>(value).unwrap().agent_id;
        assert_eq!(read(json!({})), None);
        assert_eq!(read(json!({"agent_id": "0"})), Some(OrFalse(None)));
        assert_eq!(read(json!({"agent_id": 4})), Some(OrFalse(Some(4))));
    }
}

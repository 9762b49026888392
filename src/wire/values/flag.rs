//! Booleans, which PHP writes as `1` and `0` and jQuery as `true` and `false`.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::Value;

use super::{Argument, Unreadable, argument, not};

/// A boolean argument. `Flag` is false when it isn't given, `Flag<true>` is true.
///
/// True: `true`, `1`, `on`, as JSON or as text. False: `false`, `0`, `off` and the empty text. Letter case
/// doesn't matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flag<const DEFAULT: bool = false>(pub bool);

impl<const DEFAULT: bool> Default for Flag<DEFAULT> {
    fn default() -> Self {
        Self(DEFAULT)
    }
}

impl<const DEFAULT: bool> Argument for Flag<DEFAULT> {
    type Value = bool;

    fn read(value: Value) -> Result<bool, Unreadable> {
        boolean(&value).ok_or_else(|| not(&value, "a yes or no (true or false expected)"))
    }

    fn new(value: bool) -> Self {
        Self(value)
    }

    fn absent() -> Option<bool> {
        Some(DEFAULT)
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "boolean",
            "default": DEFAULT,
            "x-also-accepts": "1 and 0; true, false, 1, 0, on, off as text",
        })
    }
}
argument!([const DEFAULT: bool] Flag<DEFAULT>);

/// The boolean a value means, if it means one.
pub(super) fn boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::Number(number) => match number.as_u64() {
            Some(0) => Some(false),
            Some(1) => Some(true),
            _ => None,
        },
        Value::String(text) => match text.trim_ascii().to_ascii_lowercase().as_str() {
            "" | "0" | "false" | "off" => Some(false),
            "1" | "true" | "on" => Some(true),
            _ => None,
        },
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Either a boolean or something else: `extra` is true, false, or a list of slugs. False when it isn't given.
///
/// What can be read as a boolean is one, so `1` is true and not a list of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FlagOr<T: Argument> {
    /// A boolean.
    Flag(bool),
    /// The something else.
    Value(T::Value),
}

impl<T: Argument> Default for FlagOr<T> {
    fn default() -> Self {
        Self::Flag(false)
    }
}

impl<T: Argument> Argument for FlagOr<T> {
    type Value = Self;

    fn read(value: Value) -> Result<Self, Unreadable> {
        match boolean(&value) {
            Some(flag) => Ok(Self::Flag(flag)),
            None => T::read(value).map(Self::Value),
        }
    }

    fn new(value: Self) -> Self {
        value
    }

    fn absent() -> Option<Self> {
        Some(Self::default())
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "anyOf": [Flag::<false>::schema(generator), T::schema(generator)],
            "default": false,
        })
    }
}
argument!([T: Argument] FlagOr<T>);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::wire::{List, Word};

    #[test]
    fn booleans_in_every_writing() {
        let read = Flag::<false>::read;
        for value in [
            json!(true),
            json!(1),
            json!("1"),
            json!("true"),
            json!("TRUE"),
            json!(" on "),
        ] {
            assert_eq!(read(value), Ok(true));
        }
        for value in [
            json!(false),
            json!(0),
            json!("0"),
            json!("false"),
            json!("False"),
            json!("off"),
            json!(""),
        ] {
            assert_eq!(read(value), Ok(false));
        }
        for value in [
            json!("maybe"),
            json!(2),
            json!(-1),
            json!(0.5),
            json!([]),
            json!({}),
            json!("11"),
        ] {
            assert!(read(value.clone()).is_err(), "{value}");
        }
        assert_eq!(
            read(json!("no way")).unwrap_err().to_string(),
            "\"no way\" is not a yes or no (true or false expected)"
        );
    }

    #[test]
    fn null_is_the_default() {
        let read = |value| serde_json::from_value::<Flag<true>>(value).unwrap();
        assert_eq!(read(json!(null)), Flag(true));
        assert_eq!(read(json!("")), Flag(false));
    }

    #[test]
    fn a_flag_or_a_list() {
        let read = FlagOr::<List<Word<9>>>::read;
        let slugs = |slugs: &[&str]| {
            Ok(FlagOr::Value(
                slugs.iter().map(|&slug| slug.to_owned()).collect(),
            ))
        };
        assert_eq!(read(json!("true")), Ok(FlagOr::Flag(true)));
        assert_eq!(read(json!("0")), Ok(FlagOr::Flag(false)));
        assert_eq!(
            read(json!("[\"phone\",\"city\"]")),
            slugs(&["phone", "city"])
        );
        assert_eq!(read(json!(["phone"])), slugs(&["phone"]));
        assert_eq!(read(json!("phone,city")), slugs(&["phone", "city"]));
    }
}

//! Status codes of conversations, where `0` is a value and `false` is not.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::Value;

use super::{Argument, Unreadable, argument, not, shown};

/// The largest code: 0 live, 1 waiting for the user, 2 waiting for an agent, 3 archived, 4 trashed.
const CODE_MAX: u8 = 4;

/// A conversation's status as an argument. Only where `SKIP` is true is `skip` a word for "leave it".
///
/// An invalid code can still be read, because the API answers it with a code of its own,
/// `invalid-status-code`, and only the function knows that. A list or an object is no code at all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum StatusCode<const SKIP: bool = false> {
    /// Absent, null, blank or false.
    #[default]
    NotGiven,
    /// 0 to 4.
    Code(u8),
    /// The status shall stay as it is.
    Skip,
    /// Anything else, as an error message may show it.
    Invalid(String),
}

impl<const SKIP: bool> Argument for StatusCode<SKIP> {
    type Value = Self;

    fn read(value: Value) -> Result<Self, Unreadable> {
        let text = match &value {
            Value::Null | Value::Bool(false) => return Ok(Self::NotGiven),
            Value::Number(number) => number.to_string(),
            Value::String(text) => text.trim_ascii().to_ascii_lowercase(),
            Value::Bool(true) => return Ok(Self::Invalid(shown(&value))),
            Value::Array(_) | Value::Object(_) => return Err(not(&value, "a status code")),
        };
        Ok(match text.as_bytes() {
            b"" | b"false" => Self::NotGiven,
            b"skip" if SKIP => Self::Skip,
            [digit @ b'0'..=b'9'] if digit - b'0' <= CODE_MAX => Self::Code(digit - b'0'),
            _ => Self::Invalid(shown(&value)),
        })
    }

    fn new(value: Self) -> Self {
        value
    }

    fn absent() -> Option<Self> {
        Some(Self::NotGiven)
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        let code = json_schema!({ "type": "integer", "minimum": 0, "maximum": CODE_MAX });
        if SKIP {
            json_schema!({ "anyOf": [code, { "const": "skip" }] })
        } else {
            code
        }
    }
}
argument!([const SKIP: bool] StatusCode<SKIP>);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn zero_is_a_code_and_false_is_not() {
        let read = |value| StatusCode::<false>::read(value).unwrap();
        for (value, code) in [
            (json!(0), 0),
            (json!("0"), 0),
            (json!(4), 4),
            (json!(" 3 "), 3),
        ] {
            assert_eq!(read(value), StatusCode::Code(code));
        }
        for value in [
            json!(null),
            json!(false),
            json!(""),
            json!(" "),
            json!("false"),
        ] {
            assert_eq!(read(value), StatusCode::NotGiven);
        }
    }

    #[test]
    fn the_invalid_can_be_seen() {
        for value in [
            json!(9),
            json!("9"),
            json!(5),
            json!(-1),
            json!("-1"),
            json!("00"),
            json!(1.0),
            json!(true),
            json!("x"),
            json!("é"),
        ] {
            let read = StatusCode::<true>::read(value.clone()).unwrap();
            assert!(matches!(read, StatusCode::Invalid(_)), "{value}");
        }
        assert_eq!(
            StatusCode::<false>::read(json!("9")),
            Ok(StatusCode::Invalid("\"9\"".to_owned()))
        );
    }

    #[test]
    fn lists_and_objects_are_no_codes() {
        for value in [json!([]), json!([1]), json!({})] {
            assert!(StatusCode::<true>::read(value).is_err());
        }
    }

    #[test]
    fn skip_is_a_word_only_where_it_is_documented() {
        assert_eq!(
            StatusCode::<true>::read(json!("skip")),
            Ok(StatusCode::Skip)
        );
        assert_eq!(
            StatusCode::<false>::read(json!("skip")),
            Ok(StatusCode::Invalid("\"skip\"".to_owned()))
        );
    }
}

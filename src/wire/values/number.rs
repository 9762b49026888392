//! Numbers: IDs and small integers. On the wire they are digits in a text, or JSON integers.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::Value;

use super::{Argument, Unreadable, argument, not};

/// The largest ID: what a signed 64-bit column holds.
const ID_MAX: u64 = i64::MAX as u64;

/// An ID without a kind, from 1.
pub type Id = Key<u64>;

/// The ID of an entity, as that entity's own type: `Key<UserId>`.
///
/// Strict decimals from 1 to 2⁶³−1, as text or as a JSON integer; blanks around them are allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key<K>(pub K);

impl<K: From<u64>> Argument for Key<K> {
    type Value = K;
    const SEPARATED_BY_COMMAS: bool = true;

    fn read(value: Value) -> Result<K, Unreadable> {
        parse_id(&value).map(K::from)
    }

    fn new(value: K) -> Self {
        Self(value)
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "integer",
            "format": "int64",
            "minimum": 1,
            "x-also-accepts": "a text of digits",
        })
    }
}
argument!([K: From<u64>] Key<K>);

impl From<Id> for u64 {
    fn from(id: Id) -> u64 {
        id.0
    }
}

/// Reads an ID out of a value that is part of something larger, such as a row of a list of lists.
///
/// # Errors
/// For anything but strict decimals from 1 to 2⁶³−1 with blanks around them.
pub fn parse_id(value: &Value) -> Result<u64, Unreadable> {
    let id = match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => digits(text.trim_ascii()),
        _ => None,
    };
    id.filter(|id| (1..=ID_MAX).contains(id))
        .ok_or_else(|| not(value, "an ID (digits expected)"))
}

/// The number that a text of nothing but digits is.
pub(super) fn digits(text: &str) -> Option<u64> {
    // `parse` alone would let a plus sign pass.
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        text.parse().ok()
    } else {
        None
    }
}

/// A whole number within bounds, such as a page: digits in a text, or a JSON integer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Integer<const MIN: i64, const MAX: i64>(pub i64);

impl<const MIN: i64, const MAX: i64> Argument for Integer<MIN, MAX> {
    type Value = i64;
    const SEPARATED_BY_COMMAS: bool = true;

    fn read(value: Value) -> Result<i64, Unreadable> {
        let number = match &value {
            Value::Number(number) => number.as_i64(),
            Value::String(text) => signed(text.trim_ascii()),
            _ => None,
        };
        number
            .filter(|number| (MIN..=MAX).contains(number))
            .ok_or_else(|| not(&value, &format!("a whole number from {MIN} to {MAX}")))
    }

    fn new(value: i64) -> Self {
        Self(value)
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "integer",
            "minimum": MIN,
            "maximum": MAX,
            "x-also-accepts": "a text of digits",
        })
    }
}
argument!([const MIN: i64, const MAX: i64] Integer<MIN, MAX>);

fn signed(text: &str) -> Option<i64> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    digits(unsigned)?;
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ids_are_strict_decimals() {
        let good = [
            (json!(1), 1),
            (json!("1"), 1),
            (json!(" 42\t"), 42),
            (json!("007"), 7),
            (json!("9223372036854775807"), ID_MAX),
        ];
        for (value, id) in good {
            assert_eq!(parse_id(&value), Ok(id));
        }
        let texts = [
            "",
            " ",
            "0",
            "-1",
            "+1",
            "1.0",
            "1e3",
            "0x1",
            "1 OR 1=1",
            "1,2",
            "1 2",
            "١",
            "9223372036854775808",
            "99999999999999999999",
            "true",
        ];
        for text in texts {
            assert!(parse_id(&json!(text)).is_err(), "{text}");
        }
        for value in [
            json!(0),
            json!(-1),
            json!(1.5),
            json!(1.0),
            json!(1e3),
            json!(u64::MAX),
            json!(null),
            json!(true),
            json!([1]),
            json!({}),
        ] {
            assert!(parse_id(&value).is_err(), "{value}");
        }
        assert_eq!(
            parse_id(&json!("1e3")).unwrap_err().to_string(),
            "\"1e3\" is not an ID (digits expected)"
        );
    }

    #[test]
    fn ids_take_the_type_of_their_entity() {
        #[derive(Debug, PartialEq)]
        struct UserId(u64);
        impl From<u64> for UserId {
            fn from(id: u64) -> Self {
                Self(id)
            }
        }
        let key: Key<UserId> = serde_json::from_value(json!("5")).unwrap();
        assert_eq!(key.0, UserId(5));
        assert_eq!(u64::from(Key(5_u64)), 5);
    }

    #[test]
    fn integers_keep_their_bounds() {
        let read = Integer::<-1, 100>::read;
        assert_eq!(
            (read(json!("-1")), read(json!(100)), read(json!(" 7 "))),
            (Ok(-1), Ok(100), Ok(7))
        );
        for value in [
            json!("101"),
            json!(-2),
            json!("--1"),
            json!("-"),
            json!("+1"),
            json!(""),
            json!(1.5),
            json!("1e1"),
        ] {
            assert!(read(value.clone()).is_err(), "{value}");
        }
        assert_eq!(
            read(json!(101)).unwrap_err().to_string(),
            "101 is not a whole number from -1 to 100"
        );
    }
}

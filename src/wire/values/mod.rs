//! The typed values an argument can be, each accepting every way the clients write it.
//!
//! A function's argument struct derives `Deserialize` and `JsonSchema` and uses these types for its fields.
//! Every one of them is an [`Argument`], and those that hold another one, such as [`List`] and [`Maybe`], give
//! the plain Rust value inside: `List<Key<UserId>>` holds a `Vec<UserId>`.

mod attachment;
mod choice;
mod details;
mod flag;
mod json_text;
mod list;
mod nested;
mod number;
mod optional;
mod since;
mod status_code;
mod text;
mod word_or;

use std::borrow::Cow;

use schemars::{Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, de::Error};
use serde_json::Value;

pub use attachment::Attachment;
pub use choice::Choice;
pub use details::{ExtraDetail, ExtraDetails};
pub use flag::{Flag, FlagOr};
pub use json_text::JsonText;
pub use list::List;
pub use nested::{Nest, Nested};
pub use number::{Id, Integer, Key, parse_id};
pub use optional::{Maybe, OrFalse, OrMinusOne};
pub use since::Since;
pub use status_code::StatusCode;
pub use text::{Text, Word};
pub use word_or::WordOr;

/// What a value is not, as the sentence the caller reads: `"1 OR 1=1" is not an ID (digits expected)`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(pub String);

/// A type that an argument, or an item of a list, can have.
pub trait Argument: Sized {
    /// The plain Rust value it holds.
    type Value;

    /// Whether a comma separates several of them in one text (`1,2`); not so for free text.
    const SEPARATED_BY_COMMAS: bool = false;

    /// Reads any of the ways it is written.
    ///
    /// # Errors
    /// A sentence saying what the value is not.
    fn read(value: Value) -> Result<Self::Value, Unreadable>;

    /// Wraps the value.
    fn new(value: Self::Value) -> Self;

    /// What it is when it isn't given at all; `None` makes the argument a required one.
    #[must_use]
    fn absent() -> Option<Self::Value> {
        None
    }

    /// The JSON Schema of its JSON form. The other ways it is written are told under `x-also-accepts`, which a
    /// field's own documentation does not replace as it would a description.
    fn schema(generator: &mut SchemaGenerator) -> Schema;
}

/// Gives an [`Argument`] the `Deserialize` and `JsonSchema` that a derived argument struct asks of its fields.
macro_rules! argument {
    ([$($generics:tt)*] $type:ty) => {
        impl<'de, $($generics)*> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::wire::values::deserialize(deserializer)
            }
        }

        impl<$($generics)*> schemars::JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                $crate::wire::values::name_of::<Self>()
            }

            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                <Self as $crate::wire::values::Argument>::schema(generator)
            }

            // The derive asks this to tell whether a field is required. If schemars ever renames it, this
            // fails to compile rather than to be true.
            fn _schemars_private_is_option() -> bool {
                <Self as $crate::wire::values::Argument>::absent().is_some()
            }
        }
    };
}
pub(crate) use argument;

pub(crate) fn deserialize<'de, A: Argument, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<A, D::Error> {
    let value = match A::absent() {
        None => Value::deserialize(deserializer)?,
        // Asking for an option is what makes serde take an absent field for `null`.
        Some(absent) => match Option::<Value>::deserialize(deserializer)? {
            None => return Ok(A::new(absent)),
            Some(value) => value,
        },
    };
    A::read(value).map(A::new).map_err(D::Error::custom)
}

pub(crate) fn name_of<T>() -> Cow<'static, str> {
    Cow::Borrowed(std::any::type_name::<T>())
}

/// The error for a value that isn't what it should be.
fn not(value: &Value, what: &str) -> Unreadable {
    Unreadable(format!("{} is not {what}", shown(value)))
}

/// A value as an error message shows it: short, on one line.
fn shown(value: &Value) -> String {
    const CHARS_MAX: usize = 40;
    match value {
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        Value::String(text) if text.chars().nth(CHARS_MAX).is_some() => {
            let start: String = text.chars().take(CHARS_MAX).collect();
            format!("{:?}", start + "…")
        }
        Value::String(text) => format!("{text:?}"),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// An empty object is what `[]` means to none of these; every one must say no rather than panic.
    #[test]
    fn every_type_reads_or_refuses_any_value() {
        let values = [
            json!(null),
            json!(true),
            json!(-1),
            json!(1.5),
            json!("é"),
            json!([]),
            json!([[]]),
            json!({}),
            json!({"0": {}}),
        ];
        for value in values {
            let _ = Key::<u64>::read(value.clone());
            let _ = Integer::<0, 9>::read(value.clone());
            let _ = Flag::<false>::read(value.clone());
            let _ = Text::<9>::read(value.clone());
            let _ = Since::read(value.clone());
            let _ = StatusCode::<true>::read(value.clone());
            let _ = List::<Attachment>::read(value.clone());
            let _ = ExtraDetails::read(value.clone());
            let _ = OrMinusOne::<Word<9>>::read(value.clone());
            let _ = JsonText::<Value>::read(value);
        }
    }

    #[test]
    fn shows_values_short_and_on_one_line() {
        assert_eq!(shown(&json!("a\n\"b\"")), r#""a\n\"b\"""#);
        assert_eq!(
            shown(&json!("é".repeat(41))),
            format!("\"{}…\"", "é".repeat(40))
        );
        assert_eq!(
            shown(&json!("é".repeat(40))),
            format!("\"{}\"", "é".repeat(40))
        );
        assert_eq!(shown(&json!([1])), "a list");
    }

    #[test]
    fn the_schema_requires_what_decoding_requires() {
        #[derive(Deserialize, schemars::JsonSchema)]
        #[expect(dead_code, reason = "only its schema is looked at")]
        struct Sample {
            key: Key<u64>,
            text: Text<5>,
            or_false: OrFalse<Id>,
            since: Since,
            #[serde(default)]
            or_false_by_default: OrFalse<Id>,
            maybe: Maybe<Id>,
            flag: Flag,
            list: List<Id>,
            status: StatusCode,
            details: ExtraDetails,
            minus_one: OrMinusOne<Id>,
            flag_or: FlagOr<Id>,
            option: Option<Text<5>>,
        }
        let schema = schemars::schema_for!(Sample);
        assert_eq!(
            schema.get("required"),
            Some(&json!(["key", "text", "or_false", "since"]))
        );
        let given = json!({"key": 1, "text": "", "or_false": false, "since": 0});
        assert!(crate::wire::decode::<Sample>(given.as_object().cloned().unwrap()).is_ok());
        let item = &schema.get("properties").unwrap()["list"]["items"];
        assert_eq!(
            (&item["type"], &item["minimum"]),
            (&json!("integer"), &json!(1))
        );
    }
}

//! Lists, which arrive in five ways: brackets with and without numbers, JSON text, commas, and a single value.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value};

use super::{Argument, Unreadable, argument, number};
use crate::wire::json;

/// A list of `T`, empty when it isn't given. Null, blank texts and `false` are empty lists too, because
/// clients can't write an empty one otherwise; so an empty list must never mean "all".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List<T: Argument>(pub Vec<T::Value>);

impl<T: Argument> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Argument> Argument for List<T> {
    type Value = Vec<T::Value>;

    fn read(value: Value) -> Result<Self::Value, Unreadable> {
        items(value, T::SEPARATED_BY_COMMAS)?
            .into_iter()
            .map(T::read)
            .collect()
    }

    fn new(value: Self::Value) -> Self {
        Self(value)
    }

    fn absent() -> Option<Self::Value> {
        Some(Vec::new())
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        let commas = if T::SEPARATED_BY_COMMAS {
            ", a text with commas"
        } else {
            ""
        };
        json_schema!({
            "type": "array",
            "items": T::schema(generator),
            "x-also-accepts": format!("JSON text{commas}, an object with numbers for keys, a single value"),
        })
    }
}
argument!([T: Argument] List<T>);

/// The items of a list in any writing.
fn items(value: Value, separated_by_commas: bool) -> Result<Vec<Value>, Unreadable> {
    match value {
        Value::Array(items) => Ok(items),
        Value::Object(slots) if is_sparse(&slots) => {
            Ok(slots.into_iter().map(|(_, item)| item).collect())
        }
        Value::Null | Value::Bool(false) => Ok(Vec::new()),
        Value::String(text) => match text.trim_ascii() {
            "" => Ok(Vec::new()),
            text if text.eq_ignore_ascii_case("false") => Ok(Vec::new()),
            text if text.starts_with(['[', '{']) => items(from_json(text)?, false),
            text if separated_by_commas => Ok(text.split(',').map(Value::from).collect()),
            _ => Ok(vec![Value::String(text)]),
        },
        single => Ok(vec![single]),
    }
}

/// Whether an object is a list with gaps, or out of order, as PHP's `a[3]=…&a[1]=…` gives; also the empty one.
pub(super) fn is_sparse(slots: &Map<String, Value>) -> bool {
    slots.keys().all(|key| number::digits(key).is_some())
}

fn from_json(text: &str) -> Result<Value, Unreadable> {
    json::value(text).map_err(|problem| Unreadable(problem.message))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::wire::{Attachment, Id, Text, Word, form};

    fn sent(body: &str) -> Value {
        form(body.as_bytes())
            .unwrap()
            .0
            .shift_remove("a")
            .unwrap_or_default()
    }

    #[test]
    fn one_list_in_five_writings() {
        for body in [
            "a[0]=1&a[1]=2",
            "a[]=1&a[]=2",
            "a=[1,2]",
            "a=1,2",
            "a=%5B%221%22%2C+%222%22%5D",
            "a[7]=1&a[3]=2",
            "a=1,+2",
            "a={\"0\":1,\"2\":2}",
        ] {
            assert_eq!(List::<Id>::read(sent(body)), Ok(vec![1, 2]), "{body}");
        }
        for body in ["a=1", "a[]=1", "a=[1]", "a[5]=1"] {
            assert_eq!(List::<Id>::read(sent(body)), Ok(vec![1]), "{body}");
        }
        assert_eq!(List::<Id>::read(json!([1, "2"])), Ok(vec![1, 2]));
        assert_eq!(List::<Id>::read(json!(3)), Ok(vec![3]));
    }

    #[test]
    fn nothing_is_the_empty_list() {
        for value in [
            json!(null),
            json!(""),
            json!(" "),
            json!("false"),
            json!(false),
            json!([]),
            json!({}),
            json!("[]"),
            json!("{}"),
        ] {
            assert_eq!(List::<Id>::read(value.clone()), Ok(vec![]), "{value}");
        }
    }

    #[test]
    fn wrong_items_are_refused() {
        for value in [
            json!("1,,2"),
            json!("1;2"),
            json!("[1"),
            json!("[1,\"1 OR 1=1\"]"),
            json!({"x": 1}),
            json!([[1]]),
            json!(true),
            json!("all"),
        ] {
            assert!(List::<Id>::read(value.clone()).is_err(), "{value}");
        }
        let deep = "[".repeat(10_000);
        assert!(
            List::<Id>::read(json!(deep))
                .unwrap_err()
                .to_string()
                .contains("levels deep")
        );
    }

    #[test]
    fn commas_separate_words_but_not_texts() {
        assert_eq!(
            List::<Word<9>>::read(json!("email, phone")),
            Ok(vec!["email".to_owned(), "phone".to_owned()])
        );
        assert_eq!(
            List::<Text<20>>::read(json!("Hello, you")),
            Ok(vec!["Hello, you".to_owned()])
        );
        assert_eq!(
            List::<Word<9>>::read(json!("[\"a,b\"]")),
            Ok(vec!["a,b".to_owned()])
        );
    }

    #[test]
    fn one_list_of_lists_in_every_writing() {
        let pair = |name: &str, url: &str| Attachment {
            name: name.to_owned(),
            url: url.to_owned(),
        };
        let two = vec![pair("n", "http://h/u"), pair("m", "http://h/v")];
        let bodies = [
            "a[0][0]=n&a[0][1]=http://h/u&a[1][0]=m&a[1][1]=http://h/v",
            "a[0][]=n&a[0][]=http://h/u&a[1][]=m&a[1][]=http://h/v",
            "a[4][1]=n&a[4][5]=http://h/u&a[2][0]=m&a[2][1]=http://h/v",
            "a=[[\"n\",\"http://h/u\"],[\"m\",\"http://h/v\"]]",
            "a[]=[\"n\",\"http://h/u\"]&a[]=[\"m\",\"http://h/v\"]",
            "a[0][name]=n&a[0][url]=http://h/u&a[1][name]=m&a[1][link]=http://h/v",
        ];
        for body in bodies {
            assert_eq!(
                List::<Attachment>::read(sent(body)),
                Ok(two.clone()),
                "{body}"
            );
        }
    }
}

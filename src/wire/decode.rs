//! Lays a function's argument struct over the arguments given, and names the one at fault when that fails.

use serde::Deserializer;
use serde::de::value::StrDeserializer;
use serde::de::{DeserializeOwned, DeserializeSeed, MapAccess, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::{Map, Value};

use super::Problem;

/// Turns arguments into the struct of a function. Arguments the struct doesn't name are ignored, as the API
/// always did.
///
/// # Errors
/// `missing-argument` when a required one is absent, or empty where its type has no empty value;
/// `invalid-argument` otherwise. The sentence begins with the argument's name.
pub fn decode<T: DeserializeOwned>(arguments: Map<String, Value>) -> Result<T, Problem> {
    T::deserialize(Given {
        rest: arguments.into_iter(),
        current: None,
    })
}

/// The arguments not read yet, and the one whose name has been read but not its value.
struct Given {
    rest: serde_json::map::IntoIter,
    current: Option<(String, Value)>,
}

impl<'de> MapAccess<'de> for Given {
    type Error = Problem;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Problem> {
        self.current = self.rest.next();
        let Some((name, _)) = &self.current else {
            return Ok(None);
        };
        let name: StrDeserializer<'_, Problem> = StrDeserializer::new(name);
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Problem> {
        let (name, value) = self
            .current
            .take()
            .expect("serde asks for a value after its key");
        let is_empty = value.is_null() || value == "";
        seed.deserialize(value).map_err(|error| {
            // PHP and jQuery write null as nothing or as the empty text.
            if is_empty {
                Problem::missing(&name)
            } else {
                Problem::invalid(format!("{name}: {error}"))
            }
        })
    }
}

impl<'de> Deserializer<'de> for Given {
    type Error = Problem;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_map(self)
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Problem> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Problem> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;
    use crate::wire::{Id, Key, List, Maybe, ProblemCode, Text};

    #[derive(Debug, Deserialize, PartialEq)]
    struct Sample {
        user_id: Id,
        #[serde(alias = "name")]
        title: Maybe<Text<5>>,
        ids: List<Id>,
        plain: Option<String>,
    }

    fn sample(value: Value) -> Result<Sample, Problem> {
        match value {
            Value::Object(members) => decode(members),
            other => panic!("{other} is not an object"),
        }
    }

    #[test]
    fn ignores_arguments_it_does_not_know() {
        let read = sample(json!({"other": {"x": [1]}, "user_id": "7", "token": "t"})).unwrap();
        assert_eq!(
            read,
            Sample {
                user_id: Key(7),
                title: Maybe(None),
                ids: List(vec![]),
                plain: None
            }
        );
    }

    #[test]
    fn names_the_missing_argument() {
        for given in [json!({}), json!({"user_id": null}), json!({"user_id": ""})] {
            let problem = sample(given).unwrap_err();
            assert_eq!(
                problem,
                Problem {
                    code: ProblemCode::MissingArgument,
                    message: "user_id is missing".into()
                }
            );
        }
    }

    #[test]
    fn names_the_argument_at_fault() {
        let cases = [
            (
                json!({"user_id": "1 OR 1=1"}),
                "user_id: \"1 OR 1=1\" is not an ID (digits expected)",
            ),
            (
                json!({"user_id": 1, "title": "123456"}),
                "title: the text is longer than 5 characters",
            ),
            (
                json!({"user_id": 1, "ids": ["1", "x"]}),
                "ids: \"x\" is not an ID (digits expected)",
            ),
            (
                json!({"user_id": 1, "title": "a", "name": "b"}),
                "title is given twice, under two names",
            ),
            (
                json!({"user_id": 1, "plain": 5}),
                "plain: invalid type: integer `5`, expected a string",
            ),
        ];
        for (given, message) in cases {
            assert_eq!(sample(given), Err(Problem::invalid(message)));
        }
    }

    #[test]
    fn structs_without_fields_take_anything() {
        #[derive(Deserialize)]
        struct Braces {}
        #[derive(Deserialize)]
        struct Unit;
        let given = || json!({"a": 1}).as_object().cloned().expect("an object");
        assert!(decode::<Braces>(given()).is_ok() && decode::<Unit>(given()).is_ok());
    }
}

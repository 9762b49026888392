//! The arguments of one call, by name, before a function's types are laid over them.

use std::fmt;

use serde_json::{Map, Value};

use super::Problem;

/// The arguments of one call in the order they came. Forms hold only strings, lists and objects; JSON any value.
#[derive(Clone, Default, PartialEq)]
pub struct Arguments(pub Map<String, Value>);

/// Shows the names alone: among the values are tokens and passwords.
impl fmt::Debug for Arguments {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}

impl Arguments {
    /// Takes one plain argument out, as text: what the door needs for `token`, `login-cookie` and the like.
    /// Absent, null and empty are `None`.
    ///
    /// # Errors
    /// `invalid-argument` for a list or an object.
    pub fn take_text(&mut self, name: &str) -> Result<Option<String>, Problem> {
        let text = match self.0.shift_remove(name) {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::String(text)) => text,
            Some(Value::Bool(flag)) => flag.to_string(),
            Some(Value::Number(number)) => number.to_string(),
            Some(Value::Array(_) | Value::Object(_)) => {
                return Err(Problem::invalid(format!("{name} must be a text")));
            }
        };
        Ok(Some(text).filter(|text| !text.is_empty()))
    }

    /// Takes the argument `function` out, without the blanks around it that the API's document prints.
    ///
    /// # Errors
    /// `missing-argument` when there is none, `invalid-argument` for a list or an object.
    pub fn take_function(&mut self) -> Result<String, Problem> {
        self.take_text("function")?
            .map(|name| name.trim().to_owned())
            .filter(|name| !name.is_empty())
            .ok_or_else(|| Problem::missing("function"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::wire::ProblemCode;

    fn arguments(value: Value) -> Arguments {
        match value {
            Value::Object(members) => Arguments(members),
            other => panic!("{other} is not an object"),
        }
    }

    #[test]
    fn takes_plain_values_as_text() {
        let mut given = arguments(json!({"token": "t", "n": 5, "empty": "", "null": null}));
        assert_eq!(given.take_text("token"), Ok(Some("t".into())));
        assert_eq!(given.take_text("token"), Ok(None));
        assert_eq!(given.take_text("n"), Ok(Some("5".into())));
        assert_eq!(given.take_text("empty"), Ok(None));
        assert_eq!(given.take_text("null"), Ok(None));
        assert!(given.0.is_empty());
    }

    #[test]
    fn keeps_the_order_of_the_rest() {
        let mut given = arguments(json!({"token": "t", "a": 1, "b": 2, "c": 3}));
        given.take_text("token").unwrap();
        assert_eq!(given.0.keys().collect::<Vec<_>>(), ["a", "b", "c"]);
    }

    #[test]
    fn refuses_nested_plain_arguments() {
        let problem = arguments(json!({"token": ["t"]}))
            .take_text("token")
            .unwrap_err();
        assert_eq!(problem, Problem::invalid("token must be a text"));
    }

    #[test]
    fn debugging_shows_no_values() {
        let given = arguments(json!({"token": "secret"}));
        assert_eq!(format!("{given:?}"), r#"{"token"}"#);
    }

    #[test]
    fn trims_the_function() {
        let mut given = arguments(json!({"function": " get-user\t "}));
        assert_eq!(given.take_function(), Ok("get-user".into()));
        let problem = arguments(json!({"function": "  "}))
            .take_function()
            .unwrap_err();
        assert_eq!(problem.code, ProblemCode::MissingArgument);
    }
}

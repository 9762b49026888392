//! The comparison of an answer with the documented one.

use std::collections::BTreeSet;

use serde_json::{Value, json};

/// What is compared, and what was wrong so far.
pub struct Shape {
    /// Members whose list may be empty.
    pub may_be_empty: Value,
    /// What was wrong.
    pub faults: Vec<String>,
}

impl Shape {
    fn faults(may_be_empty: &Value, at: &str, documented: &Value, real: &Value) -> Vec<String> {
        let mut shape = Self {
            may_be_empty: may_be_empty.clone(),
            faults: Vec::new(),
        };
        shape.compare(at, documented, real);
        shape.faults
    }

    /// Compares what is `at` some place.
    pub fn compare(&mut self, at: &str, documented: &Value, real: &Value) {
        match (documented, real) {
            (Value::Null, Value::Null | Value::String(_)) | (Value::Bool(_), Value::Bool(_)) => {}
            (Value::Number(documented), Value::Number(number))
                if number.is_u64() || documented.is_f64() => {}
            (Value::String(documented), Value::String(real)) => {
                // A detail that may be unset is documented as an empty text or null.
                if Kind::of(documented) != Kind::Any && Kind::of(documented) != Kind::of(real) {
                    self.faults.push(format!(
                        "{at}: documented {documented:?}, answered {real:?}"
                    ));
                }
            }
            (Value::Array(documented), Value::Array(real)) => {
                self.compare_lists(at, documented, real);
            }
            (Value::Object(documented), Value::Object(real)) => {
                self.compare_objects(at, documented, real);
            }
            _ => self
                .faults
                .push(format!("{at}: documented {documented}, answered {real}")),
        }
    }

    fn compare_lists(&mut self, at: &str, documented: &[Value], real: &[Value]) {
        let of_one_type = |first: &Value, other: &Value| {
            first.is_object() == other.is_object()
                && first.is_array() == other.is_array()
                && first.is_boolean() == other.is_boolean()
                && first.is_number() == other.is_number()
        };
        let is_tuple = documented
            .windows(2)
            .any(|pair| !of_one_type(&pair[0], &pair[1]));
        if is_tuple {
            if documented.len() != real.len() {
                self.faults.push(format!(
                    "{at}: documented {} parts, answered {}",
                    documented.len(),
                    real.len()
                ));
            }
            for (number, (documented, real)) in documented.iter().zip(real).enumerate() {
                self.compare(&format!("{at}[{number}]"), documented, real);
            }
            return;
        }
        let rows = documented;
        let Some(documented) = documented.first() else {
            return;
        };
        let name = at.rsplit('.').next().unwrap_or(at);
        let may_be_empty = self
            .may_be_empty
            .as_array()
            .is_some_and(|names| names.contains(&json!(name)));
        if real.is_empty() && !may_be_empty {
            self.faults
                .push(format!("{at}: nothing in the list to compare"));
        }
        for (number, real) in real.iter().enumerate() {
            let at = format!("{at}[{number}]");
            if !self.has_another_shape(&at, rows, real) {
                self.compare(&at, documented, real);
            }
        }
    }

    /// Whether rows are documented with other members than the first one has, and the real one is
    /// like one of those: automations of different kinds in one list.
    fn has_another_shape(&self, at: &str, documented: &[Value], real: &Value) -> bool {
        let members = |row: &Value| row.as_object().map(|row| row.keys().cloned().collect());
        let first: Option<BTreeSet<String>> = members(&documented[0]);
        let others = documented.iter().filter(|row| members(row) != first);
        let alike = |row: &Value| Self::faults(&self.may_be_empty, at, row, real).is_empty();
        real.is_object() && others.into_iter().any(alike)
    }

    fn compare_objects(&mut self, at: &str, documented: &Members, real: &Members) {
        if documented.keys().all(|key| Kind::of(key) == Kind::Decimal) {
            let documented = documented.values().next().unwrap_or(&Value::Null);
            for (key, real) in real {
                if Kind::of(key) != Kind::Decimal {
                    self.faults.push(format!("{at}: the key {key:?} is no id"));
                }
                self.compare(&format!("{at}.{key}"), documented, real);
            }
            return;
        }
        // Members of any name: each has one of these shapes.
        let others = documented.get("*").and_then(Value::as_array);
        for (key, documented) in documented.iter().filter(|(key, _)| *key != "*") {
            match real.get(key) {
                Some(real) => self.compare(&format!("{at}.{key}"), documented, real),
                None => self.faults.push(format!("{at}: {key} is missing")),
            }
        }
        for (key, real) in real
            .iter()
            .filter(|(key, _)| !documented.contains_key(*key))
        {
            let alike =
                |shape: &Value| Self::faults(&self.may_be_empty, at, shape, real).is_empty();
            if !others.is_some_and(|shapes| shapes.iter().any(alike)) {
                self.faults.push(format!("{at}: {key} is not documented"));
            }
        }
    }
}

type Members = serde_json::Map<String, Value>;

/// What a text looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Decimal,
    Time,
    Token,
    Url,
    Any,
}

impl Kind {
    fn of(text: &str) -> Self {
        let is_time = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").is_ok();
        match text {
            _ if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) => {
                Self::Decimal
            }
            _ if text.len() == 19 && is_time => Self::Time,
            _ if text.len() == 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
                Self::Token
            }
            _ if text.starts_with("https://") || text.starts_with("http://") => Self::Url,
            _ => Self::Any,
        }
    }
}

#[test]
fn a_wrong_shape_is_noticed() {
    let documented =
        json!({"id": "12", "email": null, "time": "2020-05-12 14:28:57", "list": [{"a": 1}]});
    let faults = |real: Value| Shape::faults(&json!([]), "answer", &documented, &real);
    let right = json!({"id": "7", "email": "a@b", "time": "2021-01-01 00:00:00", "list": [{"a": 2}, {"a": 3}]});
    assert_eq!(faults(right.clone()), Vec::<String>::new());
    let changes = [
        ("/id", json!(7)),
        ("/id", json!("seven")),
        ("/email", json!(false)),
        ("/time", json!("2021-01-01T00:00:00Z")),
        ("/list", json!([])),
        ("/list/1/a", json!("3")),
        ("/list/1", json!({"a": 3, "b": 4})),
        ("/list/1", json!({})),
    ];
    for (place, value) in changes {
        let mut wrong = right.clone();
        *wrong.pointer_mut(place).expect("a place") = value.clone();
        assert_eq!(faults(wrong).len(), 1, "{place} = {value}");
    }
}

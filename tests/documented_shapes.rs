//! Every function's documented answer as a shape that the real one must have.
//!
//! `fixtures/documented/` holds, function by function, arguments and the answer printed in the
//! Web API's documentation. A shape is: the same members and no others, values of the same JSON
//! type, and texts of the same kind (an id, a time, a token, a URL).

use std::collections::{BTreeSet, HashMap};

use serde_json::{Value, json};

use crate::harness::{Peers, Server, on_both_engines};

on_both_engines!(answers_have_the_documented_shape);

async fn answers_have_the_documented_shape(server: Server) {
    let engine = server.engine();
    drop(server);
    let peers = Peers::start().await;
    let server = peers.service(engine).await;
    let functions = documented();
    assert_all_are_documented(&server, &functions).await;
    let given = given(&server).await;
    let mut faults = Vec::new();
    for documented in &functions {
        let name = documented["function"].as_str().expect("a name");
        if let Some(before) = documented.get("before") {
            let function = before["function"].as_str().expect("a name");
            server
                .ok(function, filled(&before["arguments"], &given))
                .await;
        }
        let answer = server
            .ok(name, filled(&documented["arguments"], &given))
            .await;
        let may_be_empty = documented
            .get("may_be_empty")
            .cloned()
            .unwrap_or_else(|| json!([]));
        let mut shape = Shape {
            may_be_empty,
            faults: Vec::new(),
        };
        shape.compare(name, &documented["answer"], &answer);
        faults.append(&mut shape.faults);
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What is documented, of all files.
pub fn documented() -> Vec<Value> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/documented");
    let files = std::fs::read_dir(folder).expect("a folder");
    let mut files: Vec<_> = files.map(|file| file.expect("a file").path()).collect();
    files.sort();
    let rows = files.iter().flat_map(|file| {
        let text = std::fs::read_to_string(file).expect("a text");
        serde_json::from_str::<Vec<Value>>(&text)
            .unwrap_or_else(|error| panic!("{}: {error}", file.display()))
    });
    rows.collect()
}

async fn assert_all_are_documented(server: &Server, documented: &[Value]) {
    let document = server.send(server.get("/openapi.json")).await.json();
    let paths = document["paths"].as_object().expect("paths");
    let called = paths.iter().filter(|(_, item)| item["post"].is_object());
    let called: BTreeSet<_> = called
        .map(|(path, _)| path.trim_start_matches("/v1/"))
        .collect();
    let names: BTreeSet<_> = documented
        .iter()
        .filter_map(|row| row["function"].as_str())
        .collect();
    assert_eq!(names, called);
    assert_eq!(names.len(), documented.len(), "one row each");
}

/// What the fixture's `$names` stand for.
async fn given(server: &Server) -> HashMap<&'static str, Value> {
    let john = json!({
        "first_name": "John", "last_name": "Doe", "email": "john@example.com", "password": "correct horse",
        "user_type": "user", "settings_extra": {
            "phone": ["+441234", "Phone"], "language": ["es", "Language"], "browser": ["Chrome", "Browser"],
        },
    });
    let john = server.add_user(john).await;
    server
        .ok(
            "current-url",
            json!({"user_id": john, "url": "https://example.com/"}),
        )
        .await;
    let ada = server.agent("Ada").await;
    let detail = json!({"user_id": ada, "settings_extra": {"location": ["New York", "Location"]}});
    server.ok("update-user", detail).await;
    let kettle = json!({"user_id": john, "title": "Broken kettle", "agent_id": ada});
    let conversation = server.conversation_with(kettle).await;
    let message = server.say(john, conversation, "My kettle is broken").await;
    let spare_message = server.say(ada, conversation, "Kettle?").await;
    server.say(ada, conversation, "How can I help?").await;
    server
        .ok(
            "set-typing",
            json!({"user_id": ada, "conversation_id": conversation}),
        )
        .await;
    let lea = json!({"email": "lea@example.com", "password": "correct horse"});
    let lea = server.add_user(lea).await;
    let login = server
        .ok(
            "login",
            json!({"email": "lea@example.com", "password": "correct horse"}),
        )
        .await;
    HashMap::from([
        ("$user", json!(john)),
        ("$agent", json!(ada)),
        ("$conversation", json!(conversation)),
        ("$message", json!(message)),
        ("$spare_message", json!(spare_message)),
        (
            "$spare_user",
            json!(server.user("Spare", "User", "spare@example.com").await),
        ),
        (
            "$other_spare_user",
            json!(server.user("Other", "Spare", "other@example.com").await),
        ),
        (
            "$lead",
            json!(server.add_user(json!({"email": "lead@example.com"})).await),
        ),
        (
            "$settings_file",
            server.ok("export-settings", json!({})).await,
        ),
        ("$cookie", {
            assert_eq!(login[0]["id"], lea.to_string());
            login[1].clone()
        }),
    ])
}

fn filled(arguments: &Value, given: &HashMap<&str, Value>) -> Value {
    match arguments {
        Value::String(name) if name.starts_with('$') => given[name.as_str()].clone(),
        Value::Array(items) => items.iter().map(|item| filled(item, given)).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (name.clone(), filled(value, given)))
            .collect(),
        other => other.clone(),
    }
}

struct Shape {
    may_be_empty: Value,
    faults: Vec<String>,
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

    fn compare(&mut self, at: &str, documented: &Value, real: &Value) {
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

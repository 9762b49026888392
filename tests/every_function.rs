//! Every function of the API, without exception: it is there, it is told to nobody but admins, and
//! it refuses arguments of a wrong type.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::catalogue::example;
use crate::documented_shapes::documented;
use crate::harness::{API, Body, Engine, Peers, Server};

/// The names of the Web API's documentation, sorted.
const NAMES: &str = include_str!("fixtures/functions.txt");

/// A function as `/openapi.json` shows it.
pub struct Described {
    /// Its name.
    pub name: String,
    /// The arguments of its example.
    pub example: Value,
    /// The arguments' schemas by name.
    arguments: Map<String, Value>,
    /// Those that must be given.
    needed: Vec<String>,
}

/// All functions, and the schemas they name.
pub async fn described(server: &Server) -> (Vec<Described>, Value) {
    let document = server.send(server.get("/openapi.json")).await.json();
    let paths = document["paths"].as_object().expect("paths");
    let functions = paths.iter().filter(|(_, item)| item["post"].is_object());
    let functions = functions.map(|(path, item)| {
        let operation = &item["post"];
        let name = path.strip_prefix("/v1/").expect("a path of the plain door");
        assert_eq!(operation["operationId"], name);
        let reference = operation["description"].as_str().expect("a reference");
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        Described {
            name: name.to_owned(),
            example: example(reference).unwrap_or_else(|| panic!("{name} has no example")),
            arguments: schema["properties"]
                .as_object()
                .cloned()
                .unwrap_or_default(),
            needed: serde_json::from_value(schema["required"].clone()).unwrap_or_default(),
        }
    });
    (
        functions.collect(),
        document["components"]["schemas"].clone(),
    )
}

#[tokio::test]
async fn the_catalogue_is_the_documentation_whole_and_nothing_else() {
    let names: Vec<&str> = NAMES.lines().collect();
    assert_eq!(names.len(), 117);
    let names: BTreeSet<String> = names.into_iter().map(str::to_owned).collect();
    let server = Server::start(Engine::Sqlite).await;
    let functions = described(&server).await.0.into_iter();
    let listed: Vec<String> = functions.map(|function| function.name).collect();
    assert_eq!(listed.len(), names.len(), "each once");
    // What is beside the API has a path of two parts: none of it stands among the functions.
    assert_eq!(listed.into_iter().collect::<BTreeSet<_>>(), names);
    let rows = documented();
    let rows = rows.iter().filter_map(|row| row["function"].as_str());
    assert_eq!(rows.map(str::to_owned).collect::<BTreeSet<_>>(), names);
}

#[tokio::test]
async fn no_function_is_called_without_the_token_of_an_admin() {
    let server = Server::start(Engine::Sqlite).await;
    let agent = server.agent("Ada").await;
    let of_agent = server.row(agent).await["token"].clone();
    let of_agent = of_agent.as_str().expect("a token");
    let nobodys = "0123456789abcdef0123456789abcdef01234567";
    let before = server.everything().await;
    let mut faults = Vec::new();
    for Described { name, example, .. } in described(&server).await.0 {
        for token in [None, Some(nobodys), Some("wrong"), Some(of_agent)] {
            let mut compatible = example.clone();
            compatible["function"] = name.as_str().into();
            let mut plain = server.post(&format!("/v1/{name}")).json(&example);
            if let Some(token) = token {
                compatible["token"] = token.into();
                plain = plain.bearer_auth(token);
            }
            let plain = server.send(plain).await;
            if plain.status != 401 || plain.problem() != "invalid-token" {
                faults.push(format!("{token:?}: {plain}"));
            }
            let compatible = server.send(server.post(API).json(&compatible)).await;
            if compatible.code() != "invalid-token" {
                faults.push(format!("{token:?}: {compatible}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert_eq!(server.everything().await, before);
    let login = json!({"function": "login", "user_id": agent, "token": of_agent});
    let own = server.send(server.post(API).json(&login)).await;
    assert_eq!(
        own.response()[0]["id"],
        agent.to_string(),
        "login by its own rule"
    );
}

#[tokio::test]
async fn no_function_takes_an_argument_of_a_wrong_type() {
    let server = Server::start(Engine::Sqlite).await;
    let (functions, schemas) = described(&server).await;
    let before = server.everything().await;
    let mut faults = Vec::new();
    for Described {
        name,
        example,
        mut arguments,
        ..
    } in functions
    {
        // These two every function takes, those without arguments of their own too.
        for common in ["login-cookie", "idempotency_key"] {
            arguments.insert(common.to_owned(), json!({"type": "string"}));
        }
        for (argument, schema) in arguments {
            let Some(wrong) = wrong(types(&schema, &schemas).as_ref()) else {
                continue;
            };
            let mut given = example.clone();
            given[&argument] = wrong;
            let plain = server.v1(&name, given.clone()).await;
            if plain.status != 400 || plain.problem() != "invalid-argument" {
                faults.push(format!("{argument}: {plain}"));
            }
            for body in [Body::Json, Body::Php] {
                let compatible = server.call(body, &name, given.clone()).await;
                if compatible.code() != "invalid-argument" {
                    faults.push(format!("{argument}: {compatible}"));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert_eq!(server.everything().await, before);
}

/// A client of PHP or jQuery that sends an empty list sends nothing, so a list that is not there
/// names nothing, and nothing comes of it.
#[tokio::test]
async fn what_is_needed_is_asked_for() {
    let peers = Peers::start().await;
    let server = peers.service(Engine::Sqlite).await;
    let before = server.everything().await;
    let mut faults = Vec::new();
    for function in described(&server).await.0 {
        // The documentation has a code of its own for this one.
        let code = match function.name.as_str() {
            "send-email" => "missing-user-id-or-message",
            _ => "missing-argument",
        };
        for needed in function.needed {
            let mut given = function.example.clone();
            given.as_object_mut().expect("arguments").remove(&needed);
            let plain = server.v1(&function.name, given.clone()).await;
            let compatible = server.call(Body::Php, &function.name, given).await;
            let a_list = function.arguments[&needed]["type"] == "array";
            if a_list && plain.status == 200 {
                assert_eq!(compatible.response(), plain.json(), "{needed}");
            } else if plain.status != 400 || plain.problem() != code || compatible.code() != code {
                faults.push(format!("without {needed}: {plain}\n{compatible}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert_eq!(server.everything().await, before);
}

/// The JSON types that a schema takes; nothing where it takes any.
fn types(schema: &Value, schemas: &Value) -> Option<BTreeSet<String>> {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.rsplit('/').next().expect("a name");
        return types(&schemas[name], schemas);
    }
    let choices = schema["anyOf"].as_array().or(schema["oneOf"].as_array());
    if let Some(choices) = choices {
        let all = choices.iter().map(|choice| types(choice, schemas));
        return all
            .collect::<Option<Vec<_>>>()
            .map(|all| all.into_iter().flatten().collect());
    }
    let of_value = |value: &Value| match value {
        Value::String(_) => "string".to_owned(),
        Value::Bool(_) => "boolean".to_owned(),
        _ => "integer".to_owned(),
    };
    match (&schema["type"], &schema["enum"], schema.get("const")) {
        (Value::String(name), ..) => Some(BTreeSet::from([name.clone()])),
        (Value::Array(names), ..) => Some(
            names
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
        ),
        (_, Value::Array(values), _) => Some(values.iter().map(of_value).collect()),
        (_, _, Some(value)) => Some(BTreeSet::from([of_value(value)])),
        _ => None,
    }
}

/// A value of none of these types, in no way of writing them; nothing where any type will do.
fn wrong(types: Option<&BTreeSet<String>>) -> Option<Value> {
    let types = types?;
    Some(match types.contains("object") {
        true => json!("neither [JSON nor {"),
        false => json!({"wrong": ["type"]}),
    })
}

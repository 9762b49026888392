//! Google's discovery document: which calls there are, and what is sent and answered.

use std::collections::HashMap;

use axum::http::Uri;
use serde_json::Value;

/// The description, as far as this service needs it; its source is stated in the file.
pub struct Description(Value);

/// A call that the description knows.
#[derive(Clone, Debug)]
pub struct Call {
    /// `dialogflow.projects.agent.intents.list`
    pub id: String,
    /// The resource in the path, such as `projects/example/agent`.
    pub resource: String,
    /// The query.
    pub query: HashMap<String, String>,
    response: String,
}

impl Description {
    pub fn read() -> Self {
        let text = include_str!("../../fixtures/google/dialogflow.v2.json");
        Self(serde_json::from_str(text).expect("the description is JSON"))
    }

    /// The call that a request is; or what is wrong with it.
    pub fn call(&self, method: &str, uri: &Uri, body: &Value) -> Result<Call, String> {
        let methods = self.0["methods"].as_array().expect("methods");
        let path = uri.path().strip_prefix('/').unwrap_or_default();
        let found = methods.iter().find_map(|described| {
            let is_method = described["httpMethod"] == method;
            let resource = is_method.then(|| resource(described, path)).flatten()?;
            Some((described, resource))
        });
        let (described, resource) = found.ok_or("there is no such method")?;
        let query = query(described, uri)?;
        match (described["request"].as_str(), body) {
            (None, Value::Null) => {}
            (None, _) => return Err("it has a body".to_owned()),
            (Some(_), Value::Null) => return Err("it has no body".to_owned()),
            (Some(schema), body) => self.fits_named(body, schema, "body", true)?,
        }
        Ok(Call {
            id: described["id"].as_str().expect("an id").to_owned(),
            resource,
            query,
            response: described["response"]
                .as_str()
                .expect("a response")
                .to_owned(),
        })
    }

    /// What is wrong with an answer.
    pub fn check_answer(&self, call: &Call, answer: &Value) -> Result<(), String> {
        self.fits_named(answer, &call.response, "answer", false)
    }

    fn fits_named(&self, value: &Value, name: &str, at: &str, sent: bool) -> Result<(), String> {
        let schema = &self.0["schemas"][name];
        assert!(schema.is_object(), "the description has no schema {name}");
        self.fits(value, schema, at, sent)
    }

    fn fits(&self, value: &Value, schema: &Value, at: &str, sent: bool) -> Result<(), String> {
        if let Some(name) = schema["$ref"].as_str() {
            return self.fits_named(value, name, at, sent);
        }
        if sent && schema["readOnly"] == true {
            return Err(format!("{at} is only ever answered"));
        }
        let kind = schema["type"].as_str().expect("a type");
        let fine = match (kind, value) {
            ("any", _) | ("boolean", Value::Bool(_)) | ("number", Value::Number(_)) => true,
            ("integer", Value::Number(number)) => number.is_i64(),
            ("string", Value::String(text)) => is_one_of(text, schema),
            ("array", Value::Array(items)) => {
                for (number, item) in items.iter().enumerate() {
                    self.fits(item, &schema["items"], &format!("{at}[{number}]"), sent)?;
                }
                true
            }
            ("object", Value::Object(members)) => {
                for (name, member) in members {
                    let at = format!("{at}.{name}");
                    let own = &schema["properties"][name];
                    let any = &schema["additionalProperties"];
                    let schema = [own, any].into_iter().find(|schema| schema.is_object());
                    let schema = schema.ok_or_else(|| format!("{at} is unknown"))?;
                    self.fits(member, schema, &at, sent)?;
                }
                true
            }
            _ => false,
        };
        fine.then_some(())
            .ok_or_else(|| format!("{at} is not {kind}: {value}"))
    }
}

/// The query of a request to a method, each of whose parameters must be described.
fn query(described: &Value, uri: &Uri) -> Result<HashMap<String, String>, String> {
    let text = uri.query().unwrap_or_default();
    let mut query = HashMap::new();
    for (name, value) in url::form_urlencoded::parse(text.as_bytes()) {
        let parameter = &described["parameters"][&*name];
        if parameter["location"] != "query" {
            return Err(format!("unknown name {name:?} in the query"));
        }
        let typed = match parameter["type"].as_str() {
            Some("integer") => value.parse::<i32>().is_ok(),
            _ => is_one_of(&value, parameter),
        };
        if !typed {
            return Err(format!("{name}={value} is not what it should be"));
        }
        if query.insert(name.to_string(), value.to_string()).is_some() {
            return Err(format!("{name} is there twice"));
        }
    }
    Ok(query)
}

fn is_one_of(text: &str, schema: &Value) -> bool {
    let words = schema["enum"].as_array();
    words.is_none_or(|words| words.iter().any(|word| word == text))
}

/// The resource in a path of this method: `v2/{+parent}/agent`, in which `parent` has a pattern of
/// segments, `^projects/[^/]+$`.
fn resource(described: &Value, path: &str) -> Option<String> {
    let template = described["path"].as_str().expect("a path");
    let (before, rest) = template.split_once("{+").expect("a resource");
    let (name, after) = rest.split_once('}').expect("a resource");
    let resource = path.strip_prefix(before)?.strip_suffix(after)?;
    let pattern = described["parameters"][name]["pattern"].as_str();
    let pattern = pattern.expect("a pattern").trim_matches(['^', '$']);
    // The class of characters in the pattern has the only slash that separates nothing.
    let pattern = pattern.replace("[^/]+", "*");
    let fits = |(wanted, given): (&str, &str)| match wanted {
        "*" => !given.is_empty() && !given.contains(':'),
        word => word == given,
    };
    let alike = pattern.split('/').count() == resource.split('/').count()
        && pattern.split('/').zip(resource.split('/')).all(fits);
    alike.then(|| resource.to_owned())
}

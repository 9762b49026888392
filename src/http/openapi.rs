//! `GET /openapi.json`: an `OpenAPI` 3.1 description of the plain door, generated from the catalogue.

use std::sync::OnceLock;

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use schemars::{
    Schema, SchemaGenerator, generate::SchemaSettings, json_schema, transform::transform_subschemas,
};
use serde_json::{Map, Value, json};

use super::{Doors, charts};
use crate::functions::{Function, GROUPS, Kind};

/// What a caller shows.
const TOKEN: &str = "The token of an admin, or an API token (tokens/create) whose scope has in it what a function's \
                     `x-required-scope` names: admin has write in it, and write has read.";

/// Answers the description; the same bytes at every call.
pub async fn handle(State(doors): State<Doors>) -> Response {
    static DOCUMENT: OnceLock<String> = OnceLock::new();
    let text = DOCUMENT.get_or_init(|| document(&doors.service.public_url).to_string());
    ([(header::CONTENT_TYPE, "application/json")], text.clone()).into_response()
}

/// The whole description, for a service at this address.
#[must_use]
pub fn document(public_url: &str) -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.transforms.push(Box::new(without_true));
    });
    let mut generator = settings.into_generator();
    let mut paths = Map::new();
    for (group, functions) in GROUPS {
        for function in *functions {
            let path = format!("/v1/{}", function.name);
            paths.insert(
                path,
                json!({ "post": operation(group, function, &mut generator) }),
            );
        }
    }
    let (path, image) = charts::described(&mut generator);
    paths.insert(path.to_owned(), json!({ "get": image }));
    let mut schemas = generator.take_definitions(true);
    schemas.insert("Problem".to_owned(), problem_schema());
    let tags: Vec<Value> = GROUPS
        .iter()
        .map(|(group, _)| json!({ "name": group }))
        .collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "HaveFunnels Web API",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Every function is also at POST /include/api.php, enveloped and with form encoding.",
            "license": { "name": "Apache-2.0 OR MIT", "identifier": "Apache-2.0 OR MIT" },
        },
        "servers": [{ "url": public_url }],
        "security": [{ "token": [] }],
        "tags": tags,
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer", "description": TOKEN },
            },
        },
    })
}

fn operation(group: &str, function: &Function, generator: &mut SchemaGenerator) -> Value {
    let mut arguments = finished((function.arguments)(generator));
    let reply = finished((function.reply)(generator));
    let description = take_text(&mut arguments, "description");
    take_text(&mut arguments, "title");
    take_text(&mut arguments, "$schema");
    let scope = function.scope.name();
    let summary = description
        .split(['\n', '.'])
        .next()
        .unwrap_or_default()
        .to_owned();
    let mut headers = Map::new();
    let mut parameters = Vec::new();
    if function.kind == Kind::Command {
        headers.insert(
            "X-Event-Position".to_owned(),
            json!({
                "description": "The log's position when the events were on disk.",
                "schema": { "type": "integer", "minimum": 0 },
            }),
        );
        parameters.push(json!({
            "name": "Idempotency-Key", "in": "header", "required": false,
            "description": "The same key with the same arguments gives the first answer again and does nothing twice.",
            "schema": { "type": "string", "maxLength": 255 },
        }));
    }
    parameters.push(json!({
        "name": "X-Min-Position", "in": "header", "required": false,
        "description": "A query waits until it sees this position.",
        "schema": { "type": "integer", "minimum": 0 },
    }));
    json!({
        "operationId": function.name,
        "tags": [group],
        "summary": summary,
        "description": format!("{description}\n# Scope\nAn API token needs the scope `{scope}`."),
        "x-required-scope": scope,
        "parameters": parameters,
        "requestBody": {
            "required": true,
            "content": { "application/json": { "schema": arguments } },
        },
        "responses": {
            "200": {
                "description": "The answer.",
                "headers": headers,
                "content": { "application/json": { "schema": reply } },
            },
            "default": {
                "description": "A refusal; `code` says which.",
                "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
            },
        },
    })
}

/// A schema that stands by itself, transformed as the generator transforms its definitions.
fn finished(mut schema: Schema) -> Value {
    without_true(&mut schema);
    schema.to_value()
}

/// JSON Schema knows `true` as the schema of anything, and many a generator of clients does not:
/// `{}` says the same.
fn without_true(schema: &mut Schema) {
    if schema.as_bool() == Some(true) {
        *schema = json_schema!({});
    }
    transform_subschemas(&mut without_true, schema);
}

fn problem_schema() -> Value {
    json!({
        "type": "object",
        "description": "Why a call was refused (RFC 9457).",
        "required": ["type", "title", "status", "detail", "code"],
        "properties": {
            "type": { "type": "string" },
            "title": { "type": "string" },
            "status": { "type": "integer" },
            "detail": { "type": "string", "description": "One sentence for a human." },
            "code": { "type": "string", "description": "The stable code." },
            "function": { "type": "string" },
        },
    })
}

fn take_text(schema: &mut Value, key: &str) -> String {
    let taken = schema.as_object_mut().and_then(|object| object.remove(key));
    taken
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

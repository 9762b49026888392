//! `GET /v1/reports/{name}.svg`: a report as an image, for the caller who may call `reports`.

use axum::{
    body::Body,
    extract::{Path, Request, State},
    http::{HeaderValue, header},
    response::Response,
};

use schemars::SchemaGenerator;
use serde_json::{Value, json};

use super::{Doors, compatible::set, plain, request};
use crate::{
    functions::{Failure, Refusal, catalogue, chart},
    wire,
};

/// What a query may not say: tokens stay out of addresses, which are logged and remembered.
const NOT_IN_A_QUERY: [&str; 3] = ["token", "login-cookie", "idempotency_key"];

/// Answers the image.
pub async fn handle(
    State(doors): State<Doors>,
    Path(file): Path<String>,
    request: Request,
) -> Response {
    let Some(name) = file.strip_suffix(".svg") else {
        return plain::no_such_path().await;
    };
    let id = request::new_id();
    let (head, _) = request.into_parts();
    let called = async {
        let _place = doors.place()?;
        let query = head.uri.query().unwrap_or_default();
        let mut arguments = wire::form(query.as_bytes()).map_err(Refusal::from)?;
        for word in NOT_IN_A_QUERY {
            arguments.0.remove(word);
        }
        arguments.0.insert("name".to_owned(), name.into());
        let function = request::function("reports")?;
        let answer = request::call(&doors, function, arguments, &head.headers, id).await?;
        chart(&answer.json)
    };
    let mut response = match called.await {
        Ok(svg) => image(svg),
        Err(Failure::Refused(refusal)) => plain::refused(&refusal, Some("reports")),
        Err(Failure::Failed(fault)) => {
            plain::refused(&plain::log_fault(&fault, "reports", id), Some("reports"))
        }
    };
    set(&mut response, "x-request-id", &id);
    response
}

/// The image's address and what `OpenAPI` says of it: the arguments of `reports`, in a query.
pub fn described(generator: &mut SchemaGenerator) -> (&'static str, Value) {
    let mut parameters = vec![json!({
        "name": "name", "in": "path", "required": true,
        "description": "The report.", "schema": { "type": "string" },
    })];
    let reports = catalogue().find(|function| function.name == "reports");
    let scope = reports.map(|function| function.scope.name());
    let arguments = reports.map(|function| (function.arguments)(generator).to_value());
    let properties = arguments.and_then(|schema| schema["properties"].as_object().cloned());
    for (name, schema) in properties.into_iter().flatten() {
        if name == "name" {
            parameters[0]["schema"] = schema;
        } else {
            parameters.push(json!({ "name": name, "in": "query", "schema": schema }));
        }
    }
    let image = json!({
        "operationId": "reports.svg",
        "tags": ["Reports"],
        "x-required-scope": scope,
        "summary": "Draws a report",
        "description": "The same report as `reports` answers, as an image.",
        "parameters": parameters,
        "responses": {
            "200": {
                "description": "The image.",
                "content": { "image/svg+xml": { "schema": { "type": "string" } } },
            },
            "default": {
                "description": "A refusal; `code` says which.",
                "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
            },
        },
    });
    ("/v1/reports/{name}.svg", image)
}

fn image(svg: String) -> Response {
    let mut response = Response::new(Body::from(svg));
    let headers = response.headers_mut();
    let facts = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox",
        ),
        (header::CACHE_CONTROL, "private, no-cache"),
    ];
    for (name, value) in facts {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

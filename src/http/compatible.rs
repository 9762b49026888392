//! The compatible door: `POST /include/api.php`, as PHP and jQuery clients have always called it.
//!
//! Every answer is HTTP 200 and enveloped.

use std::fmt::Display;

use axum::{
    body::{Body, Bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use serde_json::json;

use super::{Doors, request};
use crate::{
    functions::{Answer, Failure, Refusal},
    wire::{self, Arguments},
};

/// Answers a call.
pub async fn handle(State(doors): State<Doors>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let headers = head.headers;
    let mut arguments = match arguments(&doors, &headers, body).await {
        Ok(arguments) => arguments,
        Err(refusal) => return refused(&refusal, "", &headers),
    };
    let _place = match doors.place() {
        Ok(place) => place,
        Err(refusal) => return refused(&refusal, "", &headers),
    };
    let id = request::new_id();
    let name = match arguments.take_function() {
        Ok(name) => name,
        Err(problem) => return refused(&problem.into(), "", &headers),
    };
    let function = match request::function(&name) {
        Ok(function) => function,
        Err(refusal) => return refused(&refusal, &name, &headers),
    };
    let mut response = match request::call(&doors, function, arguments, &headers, id).await {
        Ok(answer) => answered(answer, &headers),
        Err(Failure::Refused(refusal)) => refused(&refusal, &name, &headers),
        Err(Failure::Failed(fault)) => {
            let refusal = super::plain::log_fault(&fault, &name, id);
            refused(&refusal, &name, &headers)
        }
    };
    set(&mut response, "x-request-id", &id);
    response
}

/// The API is posted to; anything else is told so.
pub async fn not_posted(headers: HeaderMap) -> Response {
    refused(
        &Refusal::InvalidArgument("Call this address with POST.".to_owned()),
        "",
        &headers,
    )
}

/// The envelope of a refusal.
pub fn refused(refusal: &Refusal, function: &str, headers: &HeaderMap) -> Response {
    let envelope = json!({
        "success": false,
        "response": refusal.code(),
        "function": function,
        "message": refusal.to_string(),
    });
    respond(envelope.to_string().into(), headers)
}

fn answered(answer: Answer, headers: &HeaderMap) -> Response {
    const HEAD: &[u8] = br#"{"success":true,"response":"#;
    let mut envelope = Vec::with_capacity(HEAD.len() + answer.json.len() + 1);
    envelope.extend_from_slice(HEAD);
    envelope.extend_from_slice(&answer.json);
    envelope.push(b'}');
    let mut response = respond(envelope.into(), headers);
    if let Some(position) = answer.position {
        set(&mut response, "x-event-position", &position);
    }
    response
}

/// The documented `$.post` sample parses the answer itself and breaks where jQuery has done so
/// already: text, unless the caller speaks of JSON.
fn respond(body: Bytes, headers: &HeaderMap) -> Response {
    let speaks_json = is_json(headers, header::CONTENT_TYPE) || is_json(headers, header::ACCEPT);
    let content_type = if speaks_json {
        "application/json"
    } else {
        "text/plain; charset=utf-8"
    };
    let mut response = Response::new(Body::from(body));
    let answer = response.headers_mut();
    answer.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    answer.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    answer.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn arguments(doors: &Doors, headers: &HeaderMap, body: Body) -> Result<Arguments, Refusal> {
    let bytes = doors.body(body).await?;
    let content_type = text(headers, header::CONTENT_TYPE);
    let arguments = if is_json(headers, header::CONTENT_TYPE) {
        wire::json(&bytes)
    } else if content_type
        .trim_start()
        .to_ascii_lowercase()
        .starts_with("multipart/form-data")
    {
        wire::multipart(content_type, bytes).await
    } else {
        wire::form(&bytes)
    };
    arguments.map_err(Refusal::from)
}

fn is_json(headers: &HeaderMap, name: header::HeaderName) -> bool {
    text(headers, name)
        .to_ascii_lowercase()
        .contains("application/json")
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> &str {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("")
}

/// Sets a header whose value is digits, letters and hyphens.
pub fn set(response: &mut Response, name: &'static str, value: &impl Display) {
    if let Ok(value) = HeaderValue::try_from(value.to_string()) {
        response.headers_mut().insert(name, value);
    }
}

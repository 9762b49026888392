//! The plain door: `POST /v1/{function}` with JSON in, the bare value out, and real HTTP statuses.

use axum::{
    body::Body,
    extract::{Path, Request, State},
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use events::EventId;
use serde_json::json;

use super::{Doors, compatible::set, request};
use crate::{
    causes::with_causes,
    functions::{Failure, Fault, Function, Refusal},
    wire::{self, Arguments},
};

/// Seconds after which a refused caller may try again.
const RETRY_AFTER_SECONDS: u32 = 1;

/// Answers a call of a function.
pub async fn handle(
    State(doors): State<Doors>,
    Path(name): Path<String>,
    request: Request,
) -> Response {
    answer(&doors, request::function(&name), &name, request).await
}

/// Answers a call of an operation.
pub async fn operate(
    State(doors): State<Doors>,
    Path((group, operation)): Path<(String, String)>,
    request: Request,
) -> Response {
    let name = format!("{group}/{operation}");
    answer(&doors, request::operation(&name), &name, request).await
}

async fn answer(
    doors: &Doors,
    function: Result<&'static Function, Refusal>,
    name: &str,
    request: Request,
) -> Response {
    let id = request::new_id();
    let (head, body) = request.into_parts();
    let called = async {
        let function = function?;
        let bytes = doors.body(body).await?;
        let _place = doors.place()?;
        let arguments = match bytes.is_empty() {
            true => Arguments::default(),
            false => wire::json(&bytes).map_err(Refusal::from)?,
        };
        request::call(doors, function, arguments, &head.headers, id).await
    };
    let mut response = match called.await {
        Ok(answer) => {
            let mut response = Response::new(Body::from(answer.json));
            let json = HeaderValue::from_static("application/json");
            response.headers_mut().insert(header::CONTENT_TYPE, json);
            if let Some(position) = answer.position {
                set(&mut response, "x-event-position", &position);
            }
            response
        }
        Err(Failure::Refused(refusal)) => refused(&refusal, Some(name)),
        Err(Failure::Failed(fault)) => refused(&log_fault(&fault, name, id), Some(name)),
    };
    set(&mut response, "x-request-id", &id);
    response
}

/// A function is called with POST.
pub async fn not_posted() -> Response {
    not_allowed("Call a function with POST.", "POST")
}

/// An image is read with GET.
pub async fn not_gotten() -> Response {
    not_allowed("Read this address with GET.", "GET, HEAD")
}

fn not_allowed(why: &str, allowed: &'static str) -> Response {
    let mut response = problem(405, "method-not-allowed", why, None);
    response
        .headers_mut()
        .insert(header::ALLOW, HeaderValue::from_static(allowed));
    response
}

/// Nothing is here.
pub async fn no_such_path() -> Response {
    problem(404, "not-found", "There is nothing at this address.", None)
}

/// A refusal as `application/problem+json` (RFC 9457).
pub fn refused(refusal: &Refusal, function: Option<&str>) -> Response {
    let mut response = problem(
        refusal.status(),
        refusal.code(),
        &refusal.to_string(),
        function,
    );
    if matches!(refusal, Refusal::RateLimited | Refusal::Unavailable(_)) {
        set(&mut response, "retry-after", &RETRY_AFTER_SECONDS);
    }
    response
}

/// Logs our own fault, once and with its causes; the caller learns that it failed, not how.
pub fn log_fault(fault: &Fault, function: &str, id: EventId) -> Refusal {
    tracing::error!(function, request.id = %id, "{}", with_causes(fault));
    Refusal::Unavailable(format!(
        "The service could not do this now. Its log has the cause under {id}."
    ))
}

fn problem(status: u16, code: &str, message: &str, function: Option<&str>) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut body = json!({
        "type": format!("urn:havefunnels:{code}"),
        "title": status.canonical_reason().unwrap_or("Error"),
        "status": status.as_u16(),
        "detail": message,
        "code": code,
    });
    if let Some(function) = function {
        body["function"] = function.into();
    }
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let content_type = HeaderValue::from_static("application/problem+json");
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, content_type);
    response
}

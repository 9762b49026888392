//! What both doors do with a request: function, call.

use axum::http::HeaderMap;
use events::EventId;
use uuid::Uuid;

use super::{Doors, caller};
use crate::{
    functions::{Answer, Caller, Context, Failure, Function, Refusal, catalogue, operations},
    wire::Arguments,
};

/// The longest Idempotency-Key, in bytes.
const KEY_BYTES_MAX: usize = 255;

/// A new id for a request.
pub fn new_id() -> EventId {
    EventId(Uuid::now_v7().into_bytes())
}

/// The operation of this name.
pub fn operation(name: &str) -> Result<&'static Function, Refusal> {
    named(operations(), name)
}

/// The function of this name.
pub fn function(name: &str) -> Result<&'static Function, Refusal> {
    named(catalogue(), name)
}

fn named(
    mut functions: impl Iterator<Item = &'static Function>,
    name: &str,
) -> Result<&'static Function, Refusal> {
    functions
        .find(|function| function.name == name)
        .ok_or_else(|| Refusal::FunctionNotFound(name.chars().take(100).collect()))
}

/// Calls a function: finds out who calls, and lets the function's own road do the rest.
pub async fn call(
    doors: &Doors,
    function: &'static Function,
    mut arguments: Arguments,
    headers: &HeaderMap,
    request: EventId,
) -> Result<Answer, Failure> {
    let caller = caller::of(doors, function.access, &mut arguments, headers)?;
    function.admit(&caller)?;
    let context = Context {
        idempotency_key: idempotency_key(&caller, &mut arguments, headers)?,
        min_position: min_position(headers)?,
        service: doors.service.clone(),
        caller,
        request,
    };
    (function.run)(&context, arguments.0).await
}

fn min_position(headers: &HeaderMap) -> Result<u64, Refusal> {
    let Some(value) = headers.get("x-min-position") else {
        return Ok(0);
    };
    let position = value
        .to_str()
        .ok()
        .and_then(|text| text.trim().parse().ok());
    position.ok_or_else(|| {
        Refusal::InvalidArgument("X-Min-Position: a position is a whole number.".to_owned())
    })
}

/// The key of the header or of the argument, kept apart for each caller: nobody is given an answer again
/// that was given to others, an API token not even its admin's.
fn idempotency_key(
    caller: &Caller,
    arguments: &mut Arguments,
    headers: &HeaderMap,
) -> Result<Option<String>, Refusal> {
    let argument = arguments.take_text("idempotency_key")?;
    let header = match headers.get("idempotency-key").map(|value| value.to_str()) {
        Some(Ok(key)) => Some(key.to_owned()),
        Some(Err(_)) => {
            return Err(Refusal::InvalidArgument(
                "Idempotency-Key: only visible ASCII is allowed.".to_owned(),
            ));
        }
        None => None,
    };
    let Some(key) = header.or(argument).filter(|key| !key.is_empty()) else {
        return Ok(None);
    };
    if key.len() > KEY_BYTES_MAX {
        return Err(Refusal::InvalidArgument(format!(
            "The idempotency key is longer than {KEY_BYTES_MAX} bytes."
        )));
    }
    let user = caller.active_user();
    Ok(Some(match caller.api_token {
        None => format!("{user}:{key}"),
        Some(token) => format!("token-{}:{user}:{key}", token.id),
    }))
}

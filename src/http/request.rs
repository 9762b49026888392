//! What both doors do with a request: body, credentials, function, call.

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, header},
};
use events::{EventId, UserId, user::UserType};
use futures::StreamExt;
use uuid::Uuid;

use super::{BODY_BYTES_MAX, Doors};
use crate::{
    functions::{
        Access, Answer, Caller, Context, Failure, Function, Refusal, catalogue, operations, user,
        user_of_token,
    },
    secret,
    wire::Arguments,
};

/// Bytes of a body that are read, and thrown away, before the connection is cut.
const PATIENCE_BYTES_MAX: usize = 8 * BODY_BYTES_MAX;
/// The longest Idempotency-Key, in bytes.
const KEY_BYTES_MAX: usize = 255;

/// The request's body, if it is not too large. One that is a little too large is read to its end
/// all the same: a client that is still sending would not see the answer.
pub async fn body(body: Body) -> Result<Bytes, Refusal> {
    let mut parts = body.into_data_stream();
    let (mut bytes, mut length) = (Vec::new(), 0);
    while let Some(part) = parts.next().await {
        let Ok(part) = part else {
            return Err(Refusal::InvalidArgument("The body was cut off.".to_owned()));
        };
        length += part.len();
        if length <= BODY_BYTES_MAX {
            bytes.extend_from_slice(&part);
        } else if length <= PATIENCE_BYTES_MAX {
            bytes = Vec::new();
        } else {
            break;
        }
    }
    if length > BODY_BYTES_MAX {
        return Err(Refusal::TooLarge(format!(
            "The body is larger than {BODY_BYTES_MAX} bytes."
        )));
    }
    Ok(bytes.into())
}

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
    let caller = caller(doors, function.access, &mut arguments, headers)?;
    let context = Context {
        idempotency_key: idempotency_key(&caller, &mut arguments, headers)?,
        min_position: min_position(headers)?,
        service: doors.service.clone(),
        caller,
        request,
    };
    (function.run)(&context, arguments.0).await
}

/// Who calls: an admin by token, and perhaps somebody by cookie.
fn caller(
    doors: &Doors,
    access: Access,
    arguments: &mut Arguments,
    headers: &HeaderMap,
) -> Result<Caller, Failure> {
    let cookie = active_by_cookie(doors, arguments, headers)?;
    if let Some(token) = bearer(headers) {
        let admin = admin_of(doors, token)?.ok_or(Refusal::InvalidToken)?;
        if access == Access::Admin {
            vendors_token(arguments)?;
        }
        return Ok(Caller {
            admin: Some(admin),
            cookie,
        });
    }
    let token = arguments.take_text("token").map_err(Refusal::from)?;
    let admin = match &token {
        Some(token) => admin_of(doors, token)?,
        None => None,
    };
    match access {
        Access::Admin if admin.is_none() => Err(Refusal::InvalidToken.into()),
        Access::AdminOrOwnToken if token.is_none() => Err(Refusal::InvalidToken.into()),
        Access::Admin => Ok(Caller { admin, cookie }),
        Access::AdminOrOwnToken => {
            arguments.0.insert("token".to_owned(), token.into());
            Ok(Caller { admin, cookie })
        }
    }
}

/// Beside a Bearer the argument `token` is the vendor's, as the functions of Dialogflow take it by a
/// name of its own. One that has the form of ours is not handed on to anybody.
fn vendors_token(arguments: &mut Arguments) -> Result<(), Refusal> {
    let token = arguments.take_text("token")?;
    if let Some(token) = token.filter(|token| !secret::is_token(token)) {
        let place = arguments.0.entry("dialogflow_token");
        place.or_insert_with(|| token.into());
    }
    Ok(())
}

fn admin_of(doors: &Doors, token: &str) -> Result<Option<UserId>, Failure> {
    let state = doors.service.journal.reader();
    let Some(id) = user_of_token(state, token)? else {
        return Ok(None);
    };
    let known = user(state, id)?;
    let is_admin = known.is_some_and(|known| {
        secret::same(&known.token, token) && known.user_type == UserType::Admin
    });
    Ok(is_admin.then_some(id))
}

fn active_by_cookie(
    doors: &Doors,
    arguments: &mut Arguments,
    headers: &HeaderMap,
) -> Result<Option<UserId>, Failure> {
    let given = arguments.take_text("login-cookie").map_err(Refusal::from)?;
    let Some(cookie) = given.or_else(|| cookie(headers, "sb-login")) else {
        return Ok(None);
    };
    let Some((id, token)) = doors.service.cookies.open_cookie(&cookie) else {
        return Ok(None);
    };
    let known = user(doors.service.journal.reader(), id)?;
    Ok(known
        .is_some_and(|known| secret::same(&known.token, &token))
        .then_some(id))
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then_some(token.trim())
}

fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let pairs = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    pairs
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(candidate, _)| *candidate == name)
        .map(|(_, value)| {
            percent_encoding::percent_decode_str(value)
                .decode_utf8_lossy()
                .into_owned()
        })
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

/// The key of the header or of the argument, kept apart for each caller.
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
    Ok(Some(format!("{}:{key}", caller.active_user())))
}

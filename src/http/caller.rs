//! Who calls: by the token, in the header or among the arguments, and by the sb-login cookie.

use axum::http::{HeaderMap, header};
use events::{UserId, user::UserType};

use super::Doors;
use crate::{
    clock,
    functions::{Access, Caller, Failure, Refusal, grant, user, user_of_token},
    secret,
    wire::Arguments,
};

/// Finds out who calls, and takes the credentials out of the arguments.
///
/// # Errors
/// `invalid-token` for nobody whom `access` lets in, or the state cannot be read.
pub fn of(
    doors: &Doors,
    access: Access,
    arguments: &mut Arguments,
    headers: &HeaderMap,
) -> Result<Caller, Failure> {
    let cookie = active_by_cookie(doors, arguments, headers)?;
    let caller = Caller {
        cookie,
        ..Caller::default()
    };
    if let Some(token) = bearer(headers) {
        let caller = authorised(doors, token, caller)?;
        if caller.admin.is_none() {
            return Err(Refusal::InvalidToken.into());
        }
        if access == Access::Admin {
            vendors_token(arguments)?;
        }
        return Ok(caller);
    }
    let Some(token) = arguments.take_text("token").map_err(Refusal::from)? else {
        return Err(Refusal::InvalidToken.into());
    };
    let caller = authorised(doors, &token, caller)?;
    match access {
        Access::Admin if caller.admin.is_none() => return Err(Refusal::InvalidToken.into()),
        Access::Admin => {}
        Access::AdminOrOwnToken => {
            arguments.0.insert("token".to_owned(), token.into());
        }
    }
    Ok(caller)
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

/// The caller with the authority of a token: of an admin's own, or of an API token; or without any.
fn authorised(doors: &Doors, token: &str, caller: Caller) -> Result<Caller, Failure> {
    let state = doors.service.journal.reader();
    let Some(id) = user_of_token(state, token)? else {
        let api_token = grant(state, token, clock::now_ms())?;
        return Ok(Caller {
            admin: api_token.map(|granted| granted.admin),
            api_token,
            ..caller
        });
    };
    let known = user(state, id)?;
    let is_admin = known.is_some_and(|known| {
        secret::same(&known.token, token) && known.user_type == UserType::Admin
    });
    Ok(Caller {
        admin: is_admin.then_some(id),
        ..caller
    })
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

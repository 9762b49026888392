//! What is known of API tokens: all that decisions, the doors and the list need, so that there is no SQL
//! table of them. They are few, and a call with one costs one key more.

use eventlog::{State, View};
use events::{
    ApiTokenId, Event, Stream, UserId,
    token::{Created, Scope},
    user::UserType,
};
use serde::{Deserialize, Serialize};

use crate::{
    functions::{
        Failure,
        decision::{Numbered, Table, note_id, numbers_below, parsed, read, write},
    },
    secret,
};

/// Rows read at once.
const PAGE: usize = 1_000;
/// Hex digits of a hash that a token is found by. The rest is compared.
const KEY_DIGITS: usize = 32;

/// A token, as far as anybody knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiToken {
    /// Its number.
    pub id: ApiTokenId,
    /// What it is for.
    pub name: String,
    /// What it is good for.
    pub scope: Scope,
    /// The hash of it, in hex.
    pub hash: String,
    /// The admin in whose name it calls.
    pub admin: UserId,
    /// When it was made, in milliseconds since the Unix epoch.
    pub created_at_ms: i64,
    /// From when on it opens nothing any more.
    pub expires_at_ms: i64,
    /// Whether it was revoked, or its admin is no admin any more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub revoked: bool,
}

impl ApiToken {
    /// Whether it opens anything at this time.
    #[must_use]
    pub fn is_valid(&self, now_ms: i64) -> bool {
        !self.revoked && now_ms < self.expires_at_ms
    }
}

/// What a valid token opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The token's number.
    pub id: ApiTokenId,
    /// The admin in whose name it calls.
    pub admin: UserId,
    /// What it is good for.
    pub scope: Scope,
}

/// What this token opens at this time; nothing where it is none, has expired or was revoked.
///
/// # Errors
/// When the table cannot be read.
pub fn grant(state: &dyn View, token: &str, now_ms: i64) -> Result<Option<Grant>, Failure> {
    let hash = secret::token_hash(token);
    let found: Option<ApiToken> = read(state, &key(&hash))?;
    let found = found.filter(|found| secret::same(&found.hash, &hash) && found.is_valid(now_ms));
    Ok(found.map(|found| Grant {
        id: found.id,
        admin: found.admin,
        scope: found.scope,
    }))
}

/// The token with this number, if there is one.
///
/// # Errors
/// When the table cannot be read.
pub fn token(state: &dyn View, id: ApiTokenId) -> Result<Option<ApiToken>, Failure> {
    match state.get(&Table::ApiTokenById.row(id.0))? {
        Some(key) => read(state, &key),
        None => Ok(None),
    }
}

/// All tokens there ever were, in no order.
///
/// # Errors
/// When the table cannot be read.
pub fn tokens(state: &dyn View) -> Result<Vec<ApiToken>, Failure> {
    let (mut tokens, mut after) = (Vec::new(), None::<Vec<u8>>);
    loop {
        let page = state.scan(&Table::ApiToken.key(&[]), after.as_deref(), PAGE)?;
        for (key, row) in &page {
            tokens.push(parsed(key, row)?);
        }
        match page.into_iter().nth(PAGE - 1) {
            Some((key, _)) => after = Some(key),
            None => return Ok(tokens),
        }
    }
}

/// The state of tokens after `event`. A token ends with its admin, and does not come back when the admin
/// does. Whoever is deleted was perhaps an admin before: that may be erased from the log by now.
///
/// # Errors
/// When the table cannot be read.
pub fn evolve(state: &mut dyn State, stream: Stream, event: &Event) -> Result<(), Failure> {
    match event {
        Event::ApiTokenCreated(created) => create(state, ApiTokenId(stream.id), created),
        Event::ApiTokenRevoked(_) => revoke(state, ApiTokenId(stream.id)),
        Event::UserDeleted(_) => revoke_all_of(state, UserId(stream.id)),
        Event::UserTypeChanged(changed) if changed.from == UserType::Admin => {
            revoke_all_of(state, UserId(stream.id))
        }
        _ => Ok(()),
    }
}

fn create(state: &mut dyn State, id: ApiTokenId, created: &Created) -> Result<(), Failure> {
    note_id(state, Numbered::Token, id.0)?;
    let Created {
        name,
        scope,
        token_hash,
        admin,
        created_at_ms,
        expires_at_ms,
    } = created.clone();
    let key = key(&token_hash);
    let token = ApiToken {
        id,
        name,
        scope,
        hash: token_hash,
        admin,
        created_at_ms,
        expires_at_ms,
        revoked: false,
    };
    write(state, &key, &token);
    state.put(&Table::ApiTokenById.row(id.0), key);
    let of_admin = [&admin.0.to_be_bytes()[..], &id.0.to_be_bytes()];
    state.put(&Table::ApiTokensOfAdmin.key(&of_admin), Vec::new());
    Ok(())
}

fn revoke(state: &mut dyn State, id: ApiTokenId) -> Result<(), Failure> {
    if let Some(mut token) = token(state, id)? {
        token.revoked = true;
        write(state, &key(&token.hash), &token);
    }
    Ok(())
}

fn revoke_all_of(state: &mut dyn State, admin: UserId) -> Result<(), Failure> {
    for id in numbers_below(state, &Table::ApiTokensOfAdmin.row(admin.0))? {
        revoke(state, ApiTokenId(id))?;
    }
    Ok(())
}

fn key(hash: &str) -> Vec<u8> {
    let half = hash.get(..KEY_DIGITS).unwrap_or(hash);
    Table::ApiToken.key(&[half.as_bytes()])
}

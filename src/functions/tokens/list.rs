//! `POST /v1/tokens/list`

use events::token::Scope;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::state::{ApiToken, tokens};
use crate::{
    clock::{now_ms, wire_time},
    functions::{Context, Failure, Query},
    wire::{Integer, Key, Maybe},
};

/// Tokens on a page, unless asked otherwise.
const LIMIT: i64 = 100;

/// The API tokens, newest first, those that are no longer valid too; never what they are, nor a hash.
///
/// `state` is valid, expired or revoked, which those are too whose admin was deleted or is no admin any
/// more. `before` is the `id` of the last row of the page before.
/// # Example
/// `{"limit": 20}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct List {
    /// With smaller ids alone.
    #[serde(default)]
    before: Maybe<Key<u64>>,
    /// At most so many; 100 by default.
    #[serde(default)]
    limit: Maybe<Integer<1, 1000>>,
}

/// An API token. Times are UTC.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Listed {
    /// Its number.
    id: u64,
    /// What it is for.
    name: String,
    /// read, write or admin.
    scope: &'static str,
    /// The admin in whose name it calls.
    admin: u64,
    /// valid, expired or revoked.
    state: &'static str,
    /// When it was made.
    created: String,
    /// From when on it opens nothing any more.
    expires: String,
}

impl Listed {
    fn at(now_ms: i64, token: ApiToken) -> Self {
        Self {
            state: match (token.revoked, token.is_valid(now_ms)) {
                (true, _) => "revoked",
                (false, true) => "valid",
                (false, false) => "expired",
            },
            id: token.id.0,
            name: token.name,
            scope: token.scope.name(),
            admin: token.admin.0,
            created: wire_time(token.created_at_ms),
            expires: wire_time(token.expires_at_ms),
        }
    }
}

impl Query for List {
    const NAME: &'static str = "tokens/list";
    const SCOPE: Scope = Scope::Admin;
    type Reply = Vec<Listed>;

    async fn answer(self, context: &Context) -> Result<Vec<Listed>, Failure> {
        let mut tokens = tokens(context.service.journal.reader())?;
        tokens.sort_by_key(|token| std::cmp::Reverse(token.id));
        let before = self.before.0.unwrap_or(u64::MAX);
        let limit = usize::try_from(self.limit.0.unwrap_or(LIMIT)).unwrap_or(usize::MAX);
        let page = tokens.into_iter().filter(|token| token.id.0 < before);
        let now_ms = now_ms();
        Ok(page
            .take(limit)
            .map(|token| Listed::at(now_ms, token))
            .collect())
    }
}

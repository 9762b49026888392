//! `POST /v1/tokens/create`

use events::{ApiTokenId, UserId, token, token::Scope, user::UserType};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::state::tokens;
use crate::{
    clock::wire_time,
    functions::{
        Command, Context, Decision, Failure, Refusal,
        decision::{Numbered, next_id},
        function::to_json,
        user,
    },
    secret,
    wire::{Choice, Integer, Maybe, Text},
};

/// Days until a token expires, unless asked otherwise: one that is forgotten ends by itself.
const DAYS: i64 = 365;
/// Milliseconds of a day.
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
/// The most tokens that are valid at a time.
const VALID_MAX: usize = 1_000;

/// Makes an API token, with which a program calls instead of with an admin's own token.
///
/// It calls in the name of the admin who makes it, at both doors. The `scope` says how far it reaches:
/// `read` reads, `write` does what customers and agents do as well, `admin` whatever an admin may; below
/// admin it sees no user's token, and neither makes, changes, deletes nor logs in agents and admins. One
/// of the scope admin is as good as an admin's own: it sees users' tokens and makes further ones. It ends
/// after `expires_in_days`, when it is revoked, and when its admin is deleted or no admin any more.
///
/// The `token` is shown this once and is kept nowhere, only a hash of it: a call that is repeated with
/// its Idempotency-Key is answered with an empty one. A thousand may be valid at a time (`too-large`
/// otherwise).
/// # Example
/// `{"name": "Nightly report", "scope": "read", "expires_in_days": 90}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Create {
    /// What it is for.
    name: Text<100, 1>,
    /// read, write or admin.
    scope: Choice<Wanted>,
    /// Days until it expires; 365 by default.
    #[serde(default)]
    expires_in_days: Maybe<Integer<1, 3650>>,
    /// The admin who makes it, and a new token; from `prepare`.
    #[serde(skip)]
    prepared: Option<(UserId, String)>,
}

/// What a token is to be good for.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Wanted {
    Read,
    Write,
    Admin,
}

impl From<Wanted> for Scope {
    fn from(wanted: Wanted) -> Self {
        match wanted {
            Wanted::Read => Self::Read,
            Wanted::Write => Self::Write,
            Wanted::Admin => Self::Admin,
        }
    }
}

/// A new token.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct NewToken {
    /// Its number, for tokens/revoke.
    id: u64,
    /// The token: 40 hex digits.
    token: String,
    /// From when on it opens nothing any more; UTC.
    expires: String,
}

impl Command for Create {
    const NAME: &'static str = "tokens/create";
    const SCOPE: Scope = Scope::Admin;
    type Reply = NewToken;

    async fn prepare(&mut self, context: &Context) -> Result<(), Failure> {
        // Whose token it was, not whose cookie: that may be anybody's.
        let admin = context.caller.admin.ok_or(Refusal::InvalidToken)?;
        self.prepared = Some((admin, secret::new_token()));
        Ok(())
    }

    fn decide(self, decision: &mut Decision<'_>) -> Result<NewToken, Failure> {
        let (admin, token) = self.prepared.ok_or(Refusal::InvalidToken)?;
        let (state, now_ms) = (decision.state(), decision.facts().now_ms);
        let known = user(state, admin)?;
        if known.is_none_or(|known| known.user_type != UserType::Admin) {
            return Err(Refusal::InvalidToken.into());
        }
        let valid = tokens(state)?
            .iter()
            .filter(|token| token.is_valid(now_ms))
            .count();
        if valid >= VALID_MAX {
            let why = format!("There are {valid} valid API tokens; {VALID_MAX} are allowed.");
            return Err(Refusal::TooLarge(why).into());
        }
        let id = ApiTokenId(next_id(state, Numbered::Token)?);
        let created = token::Created {
            name: self.name.0,
            scope: self.scope.0.into(),
            token_hash: secret::token_hash(&token),
            admin,
            created_at_ms: now_ms,
            expires_at_ms: now_ms + self.expires_in_days.0.unwrap_or(DAYS) * DAY_MS,
        };
        let expires = wire_time(created.expires_at_ms);
        decision.record(id, created)?;
        Ok(NewToken {
            id: id.0,
            token,
            expires,
        })
    }

    /// Without the token, which would be kept in clear.
    fn kept(reply: &NewToken) -> Vec<u8> {
        to_json(&NewToken {
            token: String::new(),
            ..reply.clone()
        })
    }
}

#[cfg(test)]
mod tests {
    use events::{Event, Stream, token::Revoked, user::TypeChanged};
    use serde_json::{Value, json};

    use super::*;
    use crate::functions::{
        scenario::{NOW_MS, given, happened},
        users::people::{call, founders},
    };

    const ADMIN: UserId = UserId(2);
    const TOKEN: &str = "00112233445566778899aabbccddeeff00112233";

    fn create(arguments: Value) -> Create {
        Create {
            prepared: Some((ADMIN, TOKEN.to_owned())),
            ..call(arguments)
        }
    }

    fn report() -> Create {
        create(json!({"name": "Report", "scope": "read"}))
    }

    fn created(id: u64, days: i64) -> (Stream, Event) {
        let created = token::Created {
            name: "Report".to_owned(),
            scope: Scope::Read,
            token_hash: secret::token_hash(&format!("{TOKEN}{id}")),
            admin: ADMIN,
            created_at_ms: NOW_MS,
            expires_at_ms: NOW_MS + days * DAY_MS,
        };
        happened(ApiTokenId(id), created)
    }

    #[test]
    fn a_hash_is_recorded_and_the_token_answered_once() {
        let expected = token::Created {
            name: "Report".to_owned(),
            scope: Scope::Read,
            token_hash: secret::token_hash(TOKEN),
            admin: ADMIN,
            created_at_ms: NOW_MS,
            expires_at_ms: NOW_MS + 365 * DAY_MS,
        };
        let reply = NewToken {
            id: 1,
            token: TOKEN.to_owned(),
            expires: "2021-05-12 14:28:57".to_owned(),
        };
        given(founders())
            .when(report())
            .then([happened(ApiTokenId(1), expected)])
            .answering(json!(reply));
        let kept = String::from_utf8(Create::kept(&reply)).unwrap();
        assert!(kept.contains("2021") && !kept.contains(TOKEN), "{kept}");
    }

    #[test]
    fn it_is_the_admins_who_is_still_one() {
        let to = UserType::Agent;
        let from = UserType::Admin;
        let mut history = founders();
        history.push(happened(ADMIN, TypeChanged { from, to }));
        given(history)
            .when(report())
            .then_refused(Refusal::InvalidToken);
    }

    #[test]
    fn so_many_are_valid_at_a_time() {
        let full = || {
            founders()
                .into_iter()
                .chain((1..=1_000).map(|id| created(id, 1)))
        };
        given(full()).when(report()).then_refused_with("too-large");
        let revoked = happened(ApiTokenId(7), Revoked {});
        given(full().chain([revoked])).when(report()).recorded();
        given(full()).later(DAY_MS).when(report()).recorded();
    }

    #[test]
    fn what_is_no_token() {
        for arguments in [
            json!({"name": "", "scope": "read"}),
            json!({"name": "x", "scope": "root"}),
            json!({"name": "x", "scope": "read", "expires_in_days": 0}),
            json!({"name": "x", "scope": "read", "expires_in_days": 3651}),
        ] {
            let Value::Object(arguments) = arguments else {
                unreachable!("arguments are an object")
            };
            assert!(crate::wire::decode::<Create>(arguments).is_err());
        }
    }
}

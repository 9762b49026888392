//! `POST /v1/tokens/revoke`

use events::{
    ApiTokenId,
    token::{Revoked, Scope},
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::state::token;
use crate::{
    functions::{Command, Decision, Failure, Refusal},
    wire::Key,
};

/// Revokes an API token, for good and at once: once this is answered it opens nothing any more.
///
/// One that was revoked before is true as well; an unknown one is `invalid-argument`.
/// # Example
/// `{"id": 1}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Revoke {
    /// The token's number.
    id: Key<ApiTokenId>,
}

impl Command for Revoke {
    const NAME: &'static str = "tokens/revoke";
    const SCOPE: Scope = Scope::Admin;
    type Reply = bool;

    fn decide(self, decision: &mut Decision<'_>) -> Result<bool, Failure> {
        let id = self.id.0;
        let Some(token) = token(decision.state(), id)? else {
            let why = format!("id: there is no API token {id}");
            return Err(Refusal::InvalidArgument(why).into());
        };
        if !token.revoked {
            decision.record(id, Revoked {})?;
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use events::{
        Event, Stream, UserId,
        token::Created,
        user::{Deleted, TypeChanged, UserType},
    };
    use serde_json::json;

    use super::*;
    use crate::{
        functions::{
            evolve,
            scenario::{given, happened},
            tokens::state::grant,
            users::people::{call, founders_and},
        },
        secret,
    };

    const TOKEN: &str = "00112233445566778899aabbccddeeff00112233";
    const ID: ApiTokenId = ApiTokenId(1);
    /// The second admin, whose token it is.
    const ADMIN: UserId = UserId(3);

    fn history() -> Vec<(Stream, Event)> {
        let created = Created {
            name: "Report".to_owned(),
            scope: Scope::Write,
            token_hash: secret::token_hash(TOKEN),
            admin: ADMIN,
            created_at_ms: 0,
            expires_at_ms: 1_000,
        };
        let mut history = founders_and([UserType::Admin]);
        history.push(happened(ID, created));
        history
    }

    fn with(more: impl IntoIterator<Item = (Stream, Event)>) -> Vec<(Stream, Event)> {
        history().into_iter().chain(more).collect()
    }

    /// The scope that the token has after these events at this time.
    fn scope(history: Vec<(Stream, Event)>, token: &str, now_ms: i64) -> Option<Scope> {
        let mut state = eventlog::Memory::default();
        for (stream, event) in history {
            evolve(&mut state, stream, &event).expect("a state in memory");
        }
        let grant = grant(&state, token, now_ms).expect("a state in memory");
        grant.map(|grant| grant.scope)
    }

    #[test]
    fn a_token_is_revoked_once() {
        let revoke = || call::<Revoke>(json!({"id": "1"}));
        let revoked = || happened(ID, Revoked {});
        given(history())
            .when(revoke())
            .then([revoked()])
            .answering(true.into());
        given(with([revoked()]))
            .when(revoke())
            .then([])
            .answering(true.into());
        given([])
            .when(revoke())
            .then_refused_with("invalid-argument");
    }

    #[test]
    fn it_opens_until_it_expires_or_is_revoked() {
        assert_eq!(scope(history(), TOKEN, 999), Some(Scope::Write));
        assert_eq!(scope(history(), TOKEN, 1_000), None);
        assert_eq!(scope(with([happened(ID, Revoked {})]), TOKEN, 0), None);
        let other = TOKEN.replace('0', "f");
        assert_eq!(scope(history(), &other, 0), None);
        assert_eq!(scope(history(), &secret::token_hash(TOKEN), 0), None);
    }

    #[test]
    fn it_ends_with_its_admin_and_does_not_come_back() {
        let became = |from, to| happened(ADMIN, TypeChanged { from, to });
        let demoted = || became(UserType::Admin, UserType::Agent);
        assert_eq!(scope(with([demoted()]), TOKEN, 0), None);
        let again = became(UserType::Agent, UserType::Admin);
        assert_eq!(scope(with([demoted(), again]), TOKEN, 0), None);
        // That somebody was an admin before may be erased from the history.
        let gone = |id, user_type| {
            let conversations = Vec::new();
            let deleted = Deleted {
                user_type,
                conversations,
            };
            happened(UserId(id), deleted)
        };
        for user_type in [UserType::Admin, UserType::User] {
            assert_eq!(scope(with([gone(3, user_type)]), TOKEN, 0), None);
            let another = with([gone(2, user_type)]);
            assert_eq!(scope(another, TOKEN, 0), Some(Scope::Write));
        }
    }
}

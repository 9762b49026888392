//! One event of each type of [`token`].

use crate::{Event, UserId, token};

pub(super) fn samples() -> Vec<Event> {
    vec![
        token::Created {
            name: "Nightly report".into(),
            scope: token::Scope::Read,
            token_hash: "2b7e151628aed2a6abf7158809cf4f3c762e7160f38b4da56a784d9045190cfe".into(),
            admin: UserId(2),
            created_at_ms: 1_589_293_737_000,
            expires_at_ms: 1_620_829_737_000,
        }
        .into(),
        token::Revoked {}.into(),
    ]
}

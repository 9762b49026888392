//! `is-online`

use events::UserId;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    clock,
    functions::{Context, Failure, Query},
    wire::Key,
};

/// Says whether a user is online.
///
/// Somebody is online for `online_window_seconds` (60 by default) after the last sign of life:
/// login, a message, typing, a visited page, polling. An unknown user is not.
/// # Example
/// `{"user_id": 3}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct IsOnline {
    /// The user.
    user_id: Key<UserId>,
}

impl Query for IsOnline {
    const NAME: &'static str = "is-online";
    type Reply = bool;

    async fn answer(self, context: &Context) -> Result<bool, Failure> {
        Ok(context
            .service
            .presence
            .is_online(self.user_id.0, clock::now_ms()))
    }
}

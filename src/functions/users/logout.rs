//! `logout`

use events::{UserId, user::LoggedOut};
use schemars::JsonSchema;
use serde::Deserialize;

use super::state::user;
use crate::functions::{Command, Context, Decision, Failure};

/// Logs out the user of the sb-login cookie.
///
/// The caller deletes the cookie. Without one, and with one that opens nothing, the answer is true
/// as well and nothing happens; the admin of the token is never meant.
/// # Example
/// `{}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Logout {
    #[serde(skip)]
    cookie_user: Option<UserId>,
}

impl Command for Logout {
    const NAME: &'static str = "logout";
    type Reply = bool;

    async fn prepare(&mut self, context: &Context) -> Result<(), Failure> {
        self.cookie_user = context.caller.cookie;
        Ok(())
    }

    fn decide(self, decision: &mut Decision<'_>) -> Result<bool, Failure> {
        if let Some(id) = self.cookie_user
            && user(decision.state(), id)?.is_some()
        {
            decision.record(id, LoggedOut {})?;
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use events::user::UserType;

    use super::*;
    use crate::functions::{
        scenario::{given, happened},
        users::people::founders_and,
    };

    #[test]
    fn the_user_of_the_cookie_says_good_bye() {
        given(founders_and([UserType::User]))
            .when(Logout {
                cookie_user: Some(UserId(3)),
            })
            .then([happened(UserId(3), LoggedOut {})])
            .answering(true.into());
    }

    #[test]
    fn without_one_nothing_happens() {
        for cookie_user in [None, Some(UserId(9))] {
            given(founders_and([]))
                .when(Logout { cookie_user })
                .then([])
                .answering(true.into());
        }
    }
}

//! `login`

use events::{
    UserId,
    user::{LoggedIn, LoginMethod},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    password::{self, Password},
    row::picture,
    state::{User, user, user_of_email},
};
use crate::{
    functions::{Access, Command, Context, Decision, Failure, Refusal, answer::OrFalse, authority},
    secret,
    wire::{Key, Maybe, Text},
};

/// Logs a user or agent in and returns the user and the value of the sb-login cookie.
///
/// Either by email (without regard to case) and password, which needs the token of an admin; or by
/// `user_id` and the user's own `token`, which need no other. When all are given, email and
/// password count. What is wrong or missing is answered with false; without an admin's token a
/// wrong `user_id` or `token` is `invalid-token`. With an API token below the scope admin only visitors,
/// leads and users are logged in (`security-error` otherwise). A login counts as a sign of life.
/// # Example
/// `{"email": "john@example.com", "password": "secret-3"}`
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Login {
    /// Email; needs the password.
    email: Maybe<Text<254>>,
    /// Password; needs the email.
    password: Maybe<Password>,
    /// The user's ID; needs the user's token.
    user_id: Maybe<Key<UserId>>,
    /// The user's token; needs the ID.
    token: Maybe<Text<255>>,
    #[serde(skip)]
    verified: Option<Verified>,
}

/// Who has shown to be who, and on which ground.
#[derive(Debug)]
struct Verified {
    id: UserId,
    /// The user whose password or token was right.
    known: User,
    method: LoginMethod,
    cookie: String,
}

/// The user who is logged in.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LoginAnswer {
    /// The user's ID.
    id: String,
    /// URL of the picture.
    profile_image: String,
    first_name: String,
    last_name: String,
    /// null when there is none.
    email: Option<String>,
    /// visitor, lead, user, agent or admin.
    user_type: &'static str,
    /// The user's token; empty for an API token below the scope admin.
    token: String,
}

impl Command for Login {
    const NAME: &'static str = "login";
    const ACCESS: Access = Access::AdminOrOwnToken;
    /// The user and the cookie's value.
    type Reply = OrFalse<(LoginAnswer, String)>;

    /// Checks the password, which is slow, and seals the cookie, which takes chance.
    async fn prepare(&mut self, context: &Context) -> Result<(), Failure> {
        let is_admin = context.caller.admin.is_some();
        let found = match (self.email.0.take(), self.password.0.take()) {
            (Some(email), Some(password)) if is_admin => {
                by_password(context, &email, password).await?
            }
            _ => by_token(context, self.user_id.0, self.token.0.as_deref())?,
        };
        if found.is_none() && !is_admin {
            return Err(Refusal::InvalidToken.into());
        }
        self.verified = found.map(|(id, known, method)| {
            let cookie = context.service.cookies.seal(id, &known.token);
            Verified {
                id,
                known,
                method,
                cookie,
            }
        });
        Ok(())
    }

    /// The password or token may have changed since it was checked: it is still the user's.
    fn decide(self, decision: &mut Decision<'_>) -> Result<Self::Reply, Failure> {
        let Some(Verified {
            id,
            known: then,
            method,
            cookie,
        }) = self.verified
        else {
            return Ok(OrFalse::False);
        };
        let still = |now: &User| {
            now.token == then.token
                && (method == LoginMethod::Token || now.password_hash == then.password_hash)
        };
        let Some(now) = user(decision.state(), id)?.filter(still) else {
            return Ok(OrFalse::False);
        };
        decision.record(id, LoggedIn { method })?;
        let public_url = &decision.facts().public_url;
        let answer = LoginAnswer {
            id: id.to_string(),
            profile_image: picture(public_url, now.user_type, now.profile_image),
            first_name: now.first_name,
            last_name: now.last_name,
            email: now.email,
            user_type: now.user_type.name(),
            token: authority::shown(decision.facts().scope, now.token),
        };
        Ok(OrFalse::Is((answer, cookie)))
    }
}

type Found = Option<(UserId, User, LoginMethod)>;

async fn by_password(context: &Context, email: &str, password: String) -> Result<Found, Failure> {
    let state = context.service.journal.reader();
    let id = user_of_email(state, email.trim())?;
    let known = id.map(|id| user(state, id)).transpose()?.flatten();
    // Before the password is looked at, so that nobody learns whether it was right.
    within_reach(context, known.as_ref())?;
    let hash = known.as_ref().and_then(|known| known.password_hash.clone());
    let is_right = password::verify(password, hash).await?;
    let found = id.zip(known).filter(|_| is_right);
    Ok(found.map(|(id, known)| (id, known, LoginMethod::Password)))
}

fn by_token(context: &Context, id: Option<UserId>, token: Option<&str>) -> Result<Found, Failure> {
    let (Some(id), Some(token)) = (id, token) else {
        return Ok(None);
    };
    let known = user(context.service.journal.reader(), id)?;
    within_reach(context, known.as_ref())?;
    let is_right = |known: &User| secret::same(&known.token, token);
    Ok(known
        .filter(is_right)
        .map(|known| (id, known, LoginMethod::Token)))
}

/// Whether the caller may log somebody in at all.
fn within_reach(context: &Context, known: Option<&User>) -> Result<(), Refusal> {
    known.map_or(Ok(()), |known| {
        authority::over(context.caller.scope(), known.user_type)
    })
}

#[cfg(test)]
mod tests {
    use events::{
        Event, Stream,
        user::{PasswordChanged, UserType},
    };
    use serde_json::json;

    use super::*;
    use crate::functions::{
        scenario::{given, happened},
        users::people::founders_and,
    };

    /// The user 3 with a password.
    fn history() -> Vec<(Stream, Event)> {
        let mut history = founders_and([UserType::User]);
        history.push(password("first"));
        history
    }

    fn password(hash: &str) -> (Stream, Event) {
        happened(
            UserId(3),
            PasswordChanged {
                password_hash: hash.to_owned(),
            },
        )
    }

    fn verified(method: LoginMethod) -> Login {
        let mut state = eventlog::Memory::default();
        for (stream, event) in history() {
            crate::functions::evolve(&mut state, stream, &event).expect("a state in memory");
        }
        let known = user(&state, UserId(3))
            .expect("a state in memory")
            .expect("user 3");
        let verified = Verified {
            id: UserId(3),
            known,
            method,
            cookie: "sealed".to_owned(),
        };
        Login {
            verified: Some(verified),
            ..Login::default()
        }
    }

    #[test]
    fn a_login_is_recorded_and_answered() {
        let user = json!({
            "id": "3", "profile_image": "http://chat.test/media/user.svg", "first_name": "User",
            "last_name": "#3", "email": "user-3@example.com", "user_type": "user",
            "token": format!("{:040x}", 3),
        });
        for method in [LoginMethod::Password, LoginMethod::Token] {
            given(history())
                .when(verified(method))
                .then([happened(UserId(3), LoggedIn { method })])
                .answering(json!([user, "sealed"]));
        }
    }

    #[test]
    fn what_was_not_verified_is_false() {
        given(history())
            .when(Login::default())
            .then([])
            .answering(false.into());
    }

    #[test]
    fn a_password_that_changed_in_between_counts_no_more() {
        let mut changed = history();
        changed.push(password("second"));
        given(changed.clone())
            .when(verified(LoginMethod::Password))
            .then([])
            .answering(false.into());
        let method = LoginMethod::Token;
        given(changed)
            .when(verified(method))
            .then([happened(UserId(3), LoggedIn { method })]);
    }

    #[test]
    fn who_is_gone_cannot_log_in() {
        given(founders_and([]))
            .when(verified(LoginMethod::Token))
            .then([])
            .answering(false.into());
    }
}

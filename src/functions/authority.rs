//! How far an API token reaches, whatever is called with it.
//!
//! Each function says which scope it takes. Behind that stands one wall for all of them: what is
//! recorded on the authority of a scope below admin neither configures the workspace nor touches those
//! who answer, else a token could make an admin of its owner. The compiler asks here about each new event.

use eventlog::View;
use events::{Event, Stream, UserId, file::Purpose, token::Scope, topic, user::UserType};

use super::{Caller, Failure, Function, Refusal, user};

impl Function {
    /// Lets in a caller whose API token, if it is one, is good for this function.
    ///
    /// # Errors
    /// `security-error`.
    pub fn admit(&self, caller: &Caller) -> Result<(), Refusal> {
        let (needed, given) = (self.scope, caller.scope());
        if given >= needed {
            return Ok(());
        }
        Err(Refusal::SecurityError(format!(
            "{} needs an API token of the scope {}; this one has the scope {}.",
            self.name,
            needed.name(),
            given.name()
        )))
    }
}

/// Checks that `event` may be recorded on the authority of `scope`.
///
/// # Errors
/// `security-error`, or the state cannot be read.
pub fn check(state: &dyn View, scope: Scope, stream: Stream, event: &Event) -> Result<(), Failure> {
    if scope == Scope::Admin {
        return Ok(());
    }
    match event {
        Event::UserCreated(created) => over(scope, created.user_type)?,
        Event::UserDeleted(deleted) => over(scope, deleted.user_type)?,
        Event::UserTypeChanged(changed) => {
            over(scope, changed.from)?;
            over(scope, changed.to)?;
        }
        Event::UserProfileUpdated(_)
        | Event::UserEmailChanged(_)
        | Event::UserPasswordChanged(_)
        | Event::UserDetailsUpdated(_)
        | Event::UserUrlVisited(_)
        | Event::UserLoggedIn(_) => {
            if let Some(known) = user(state, UserId(stream.id))? {
                over(scope, known.user_type)?;
            }
        }
        // Settings leave in clear: with them the vendors' secrets.
        Event::FileCreated(file) if file.purpose == Purpose::Settings => {
            return Err(workspace(scope).into());
        }
        Event::SettingsSaved(_)
        | Event::AutomationsSaved(_)
        | Event::TranslationsSaved(_)
        | Event::HistoryErased(_)
        | Event::ApiTokenCreated(_)
        | Event::ApiTokenRevoked(_) => return Err(workspace(scope).into()),
        Event::UserLoggedOut(_)
        | Event::UserReturned(_)
        | Event::FileCreated(_)
        | Event::AutomationRan(_)
        | Event::MessageSent(_)
        | Event::MessageUpdated(_)
        | Event::MessageRead(_)
        | Event::MessageDeleted(_)
        | Event::ReportRecorded(_)
        | topic!(conversations)
        | topic!(notes)
        | topic!(deliveries)
        | topic!(channels)
        | topic!(articles) => {}
    }
    Ok(())
}

fn workspace(scope: Scope) -> Refusal {
    Refusal::SecurityError(format!(
        "An API token of the scope {} does not configure the workspace.",
        scope.name()
    ))
}

/// Checks that a caller of this scope may make, change, delete and log in users of this type.
///
/// # Errors
/// `security-error` for those who answer, unless the scope is admin.
pub fn over(scope: Scope, user_type: UserType) -> Result<(), Refusal> {
    if scope == Scope::Admin || user_type.is_customer() {
        return Ok(());
    }
    Err(Refusal::SecurityError(format!(
        "An API token of the scope {} makes, changes, deletes and logs in visitors, leads and users \
         alone.",
        scope.name()
    )))
}

/// A user's token as a caller of this scope sees it: empty below admin, because who has it has the
/// user's authority, an admin's among them.
#[must_use]
pub fn shown(scope: Scope, token: String) -> String {
    match scope {
        Scope::Admin => token,
        Scope::Read | Scope::Write => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use events::{
        settings::Saved,
        token::Revoked,
        user::{
            Deleted, DetailsUpdated, EmailChanged, LoggedIn, LoginMethod, PasswordChanged,
            ProfileUpdated, TypeChanged, UrlVisited,
        },
    };

    use super::*;
    use crate::functions::{
        scenario::{Then, given},
        settings::state::STREAM,
        users::people::{founders_and, person},
    };

    const THREE: UserId = UserId(3);

    /// Whatever can happen to the user 3, who is of this type.
    fn all_that_happens_to(user_type: UserType) -> Vec<Event> {
        vec![
            person(3, user_type).into(),
            ProfileUpdated::default().into(),
            EmailChanged {
                email: None,
                first: false,
            }
            .into(),
            PasswordChanged {
                password_hash: String::new(),
            }
            .into(),
            TypeChanged {
                from: user_type,
                to: UserType::Lead,
            }
            .into(),
            TypeChanged {
                from: UserType::Lead,
                to: user_type,
            }
            .into(),
            DetailsUpdated::default().into(),
            UrlVisited { url: String::new() }.into(),
            LoggedIn {
                method: LoginMethod::Token,
            }
            .into(),
            Deleted {
                user_type,
                conversations: Vec::new(),
            }
            .into(),
        ]
    }

    fn recorded(scope: Scope, user_type: UserType, event: &Event) -> Then {
        let stream = match event {
            Event::SettingsSaved(_) => STREAM,
            _ => THREE.into(),
        };
        given(founders_and([user_type]))
            .within(scope)
            .when_decided(|decision| decision.record(stream, event.clone()))
    }

    #[test]
    fn customers_are_everybodys_and_those_who_answer_an_admins_alone() {
        for user_type in UserType::CREATABLE.into_iter().chain([UserType::Bot]) {
            for event in all_that_happens_to(user_type) {
                recorded(Scope::Admin, user_type, &event).recorded();
                let done = recorded(Scope::Write, user_type, &event);
                if user_type.is_customer() {
                    done.recorded();
                } else {
                    done.then_refused_with("security-error");
                }
            }
        }
    }

    #[test]
    fn the_workspace_is_an_admins() {
        for event in [Event::from(Saved::default()), Revoked {}.into()] {
            recorded(Scope::Admin, UserType::User, &event).recorded();
            for scope in [Scope::Read, Scope::Write] {
                let done = recorded(scope, UserType::User, &event);
                done.then_refused_with("security-error");
            }
        }
    }

    #[test]
    fn tokens_of_users_are_shown_to_admins_alone() {
        let token = || "a".repeat(40);
        assert_eq!(shown(Scope::Admin, token()), token());
        assert_eq!(shown(Scope::Write, token()), "");
        assert_eq!(shown(Scope::Read, token()), "");
    }
}

//! `update-login`

use events::{DepartmentId, UserId, user::ProfileUpdated};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{change, email::EmailAddress, state::user};
use crate::{
    functions::{Command, Context, Decision, Failure, Refusal},
    presence::Sign,
    wire::{Key, Maybe, OrFalse, Text},
};

/// Rewrites all details of the user who is logged in and returns the sb-login cookie's new value.
///
/// A detail that is not given is erased: names become empty, the email none, the picture the
/// default one, the department none. Password, type and additional details stay, but a visitor or
/// lead who gives an email becomes a user. It is about the user of the sb-login cookie (the
/// header, or the argument `login-cookie`), never about the admin of the token. Refused as
/// `not-logged-in` without a cookie, and as `duplicate-email`.
/// # Example
/// `{"first_name": "John", "last_name": "Doe", "email": "john@example.com"}`
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct UpdateLogin {
    /// URL of the picture.
    profile_image: Maybe<Text<2048>>,
    /// First name.
    first_name: Maybe<Text<255>>,
    /// Last name.
    last_name: Maybe<Text<255>>,
    /// Email; unique.
    email: Maybe<EmailAddress>,
    /// Department, for agents.
    department: OrFalse<Key<DepartmentId>>,
    #[serde(skip)]
    active: Option<Active>,
}

/// The user of the cookie, and the new cookie.
#[derive(Debug)]
struct Active {
    id: UserId,
    cookie: String,
}

impl Command for UpdateLogin {
    const NAME: &'static str = "update-login";
    /// The cookie's value.
    type Reply = String;

    /// Seals the new cookie, which takes chance.
    async fn prepare(&mut self, context: &Context) -> Result<(), Failure> {
        let service = &context.service;
        let id = context.caller.cookie.ok_or(Refusal::NotLoggedIn)?;
        let known = user(service.journal.reader(), id)?.ok_or(Refusal::NotLoggedIn)?;
        let cookie = service.cookies.seal(id, &known.token);
        self.active = Some(Active { id, cookie });
        Ok(())
    }

    fn sign(&self, _: &Context) -> Option<Sign> {
        self.active.as_ref().map(|active| Sign::Seen(active.id))
    }

    fn decide(self, decision: &mut Decision<'_>) -> Result<String, Failure> {
        let Active { id, cookie } = self.active.ok_or(Refusal::NotLoggedIn)?;
        let known = user(decision.state(), id)?.ok_or(Refusal::NotLoggedIn)?;
        let wanted = ProfileUpdated {
            first_name: Some(self.first_name.0.unwrap_or_default()),
            last_name: Some(self.last_name.0.unwrap_or_default()),
            profile_image: Some(self.profile_image.0.unwrap_or_default()),
            department: Some(self.department.0.unwrap_or(DepartmentId(0))),
        };
        let user_type = match &self.email.0 {
            Some(_) => change::type_with_email(&known),
            None => known.user_type,
        };
        change::profile(decision, id, &known, wanted)?;
        change::email(decision, id, &known, self.email.0)?;
        change::user_type(decision, id, &known, user_type)?;
        Ok(cookie)
    }
}

#[cfg(test)]
mod tests {
    use events::user::{EmailChanged, TypeChanged, UserType};
    use serde_json::{Value, json};

    use super::*;
    use crate::functions::{
        scenario::{given, happened},
        users::people::{call, founders_and},
    };

    const THREE: UserId = UserId(3);

    fn update(arguments: Value) -> UpdateLogin {
        let active = Active {
            id: THREE,
            cookie: "sealed".to_owned(),
        };
        UpdateLogin {
            active: Some(active),
            ..call(arguments)
        }
    }

    fn names(first: &str, last: &str) -> ProfileUpdated {
        ProfileUpdated {
            first_name: Some(first.to_owned()),
            last_name: Some(last.to_owned()),
            ..ProfileUpdated::default()
        }
    }

    #[test]
    fn what_is_not_given_is_erased() {
        given(founders_and([UserType::User]))
            .when(update(json!({"first_name": "Ann"})))
            .then([
                happened(THREE, names("Ann", "")),
                happened(
                    THREE,
                    EmailChanged {
                        email: None,
                        first: false,
                    },
                ),
            ])
            .answering("sealed".into());
    }

    #[test]
    fn twice_is_once() {
        let arguments = json!({
            "first_name": "User", "last_name": "#3", "email": "user-3@example.com",
        });
        given(founders_and([UserType::User]))
            .when(update(arguments))
            .then([])
            .answering("sealed".into());
    }

    #[test]
    fn an_email_makes_a_visitor_a_user() {
        let email = Some("vi@example.com".to_owned());
        let became = TypeChanged {
            from: UserType::Visitor,
            to: UserType::User,
        };
        given(founders_and([UserType::Visitor]))
            .when(update(json!({"email": "vi@example.com"})))
            .then([
                happened(THREE, names("", "")),
                happened(THREE, EmailChanged { email, first: true }),
                happened(THREE, became),
            ]);
    }

    #[test]
    fn anothers_email_is_refused() {
        given(founders_and([UserType::User, UserType::User]))
            .when(update(json!({"email": "User-4@example.com"})))
            .then_refused(Refusal::DuplicateEmail);
    }

    #[test]
    fn it_takes_a_login() {
        given(founders_and([UserType::User]))
            .when(call::<UpdateLogin>(json!({})))
            .then_refused(Refusal::NotLoggedIn);
        given(founders_and([]))
            .when(update(json!({})))
            .then_refused(Refusal::NotLoggedIn);
    }
}

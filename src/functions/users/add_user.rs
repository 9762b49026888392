//! `add-user`

use events::{
    DepartmentId, UserId,
    user::{self, UserType},
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    detail,
    email::{EmailAddress, writable},
    password::{self, Password},
    state::user_of_email,
};
use crate::{
    functions::{
        Command, Context, Decision, Failure, Refusal,
        decision::{Numbered, next_id},
    },
    secret,
    wire::{ExtraDetail, ExtraDetails, Key, Maybe, Text, Word},
};

/// Creates a user and returns the ID.
///
/// Without `user_type` it is a `user` when an email is given, else a `lead`. Without names it is
/// called `User #<number>`. An email that another user has is refused as `duplicate-email`,
/// without regard to case, one that no mail can be sent to as `invalid-argument`; a type that cannot be
/// given, `bot` among them, as `invalid-user-type`.
/// # Example
/// `{"first_name": "John", "last_name": "Doe", "email": "john.doe@example.com", "user_type": "user", "settings_extra": {"phone": ["+4462367136", "Phone"]}}`
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct AddUser {
    /// First name.
    first_name: Maybe<Text<255>>,
    /// Last name.
    last_name: Maybe<Text<255>>,
    /// Email; unique.
    email: Maybe<EmailAddress>,
    /// URL of the picture; the default one of the type otherwise.
    profile_image: Maybe<Text<2048>>,
    /// Password; only a hash of it is kept.
    password: Maybe<Password>,
    /// visitor, lead, user, agent or admin.
    user_type: Maybe<Word<32>>,
    /// Department, for agents.
    department: Maybe<Key<DepartmentId>>,
    /// Additional details: value and name by slug.
    settings_extra: ExtraDetails,
    #[serde(skip)]
    prepared: Prepared,
}

#[derive(Debug, Default)]
struct Prepared {
    token: String,
    password_hash: Option<String>,
}

impl Command for AddUser {
    const NAME: &'static str = "add-user";
    type Reply = u64;

    async fn prepare(&mut self, _: &Context) -> Result<(), Failure> {
        self.prepared.token = secret::new_token();
        if let Some(password) = self.password.0.take() {
            self.prepared.password_hash = Some(password::hash(password).await?);
        }
        Ok(())
    }

    fn decide(self, decision: &mut Decision<'_>) -> Result<u64, Failure> {
        let newcomer = Newcomer {
            user_type: self.user_type()?,
            first_name: self.first_name.0,
            last_name: self.last_name.0,
            email: self.email.0,
            profile_image: self.profile_image.0.unwrap_or_default(),
            password_hash: self.prepared.password_hash,
            token: self.prepared.token,
            department: self.department.0,
            details: self.settings_extra.0,
        };
        add(decision, newcomer)
    }
}

/// Somebody who is to be added.
#[derive(Debug)]
pub struct Newcomer {
    /// The type.
    pub user_type: UserType,
    /// First name; `User` where neither name is given.
    pub first_name: Option<String>,
    /// Last name; the number where neither name is given.
    pub last_name: Option<String>,
    /// Email; unique.
    pub email: Option<String>,
    /// URL of the picture; empty for the default one of the type.
    pub profile_image: String,
    /// The hash of the password.
    pub password_hash: Option<String>,
    /// A token that nobody has.
    pub token: String,
    /// Department, for agents.
    pub department: Option<DepartmentId>,
    /// Additional details.
    pub details: Vec<ExtraDetail>,
}

/// Adds somebody, and answers the ID.
///
/// # Errors
/// `duplicate-email`, `invalid-argument` for an email that cannot be written to, `too-large` for too many
/// details, or the state's own failure.
pub fn add(decision: &mut Decision<'_>, newcomer: Newcomer) -> Result<u64, Failure> {
    if let Some(email) = &newcomer.email
        && user_of_email(decision.state(), email)?.is_some()
    {
        return Err(Refusal::DuplicateEmail.into());
    }
    if let Some(email) = &newcomer.email {
        writable(email)?;
    }
    let id = next_id(decision.state(), Numbered::User)?;
    let (first_name, last_name) = names(newcomer.first_name, newcomer.last_name, id);
    let created = user::Created {
        user_type: newcomer.user_type,
        first_name,
        last_name,
        email: newcomer.email,
        profile_image: newcomer.profile_image,
        password_hash: newcomer.password_hash,
        token: newcomer.token,
        department: newcomer.department,
        details: detail::changes(&[], newcomer.details)?.set,
    };
    decision.record(UserId(id), created)?;
    Ok(id)
}

impl AddUser {
    fn user_type(&self) -> Result<UserType, Refusal> {
        match &self.user_type.0 {
            None if self.email.0.is_some() => Ok(UserType::User),
            None => Ok(UserType::Lead),
            Some(name) => creatable(name),
        }
    }
}

/// The type with this name, unless it cannot be given.
///
/// # Errors
/// `invalid-user-type`.
pub fn creatable(name: &str) -> Result<UserType, Refusal> {
    UserType::CREATABLE
        .into_iter()
        .find(|kind| kind.name() == name)
        .ok_or_else(|| {
            let why = format!("{name:?} is not a user type: visitor, lead, user, agent or admin.");
            Refusal::InvalidUserType(why)
        })
}

/// `User` and `#<number>`, as peers show people without names.
fn names(first: Option<String>, last: Option<String>, id: u64) -> (String, String) {
    match (first, last) {
        (None, None) => ("User".to_owned(), format!("#{id}")),
        (first, last) => (first.unwrap_or_default(), last.unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::functions::scenario::{given, happened};

    fn john(email: &str) -> AddUser {
        AddUser {
            first_name: Maybe(Some("John".to_owned())),
            email: Maybe(Some(email.to_owned())),
            prepared: Prepared {
                token: "a".repeat(40),
                password_hash: None,
            },
            ..AddUser::default()
        }
    }

    fn created(
        user_type: UserType,
        first_name: &str,
        last_name: &str,
        email: Option<&str>,
    ) -> user::Created {
        user::Created {
            user_type,
            first_name: first_name.to_owned(),
            last_name: last_name.to_owned(),
            email: email.map(str::to_owned),
            profile_image: String::new(),
            password_hash: None,
            token: "a".repeat(40),
            department: None,
            details: Vec::new(),
        }
    }

    #[test]
    fn an_email_makes_a_user() {
        given([])
            .when(john("john@example.com"))
            .then([happened(
                UserId(1),
                created(UserType::User, "John", "", Some("john@example.com")),
            )])
            .answering(1.into());
    }

    #[test]
    fn somebody_without_anything_is_a_lead_with_a_number() {
        let nobody = AddUser {
            prepared: john("").prepared,
            ..AddUser::default()
        };
        given([]).when(nobody).then([happened(
            UserId(1),
            created(UserType::Lead, "User", "#1", None),
        )]);
    }

    #[test]
    fn an_email_is_taken_whatever_its_case() {
        let history = [happened(
            UserId(1),
            created(UserType::User, "Jane", "", Some("john@example.com")),
        )];
        given(history)
            .when(john("JOHN@Example.com"))
            .then_refused(Refusal::DuplicateEmail);
    }

    #[test]
    fn the_bot_is_not_creatable() {
        let bot = AddUser {
            user_type: Maybe(Some("bot".to_owned())),
            ..AddUser::default()
        };
        given([])
            .when(bot)
            .then_refused(creatable("bot").unwrap_err());
    }
}

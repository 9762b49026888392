//! `update-user`

use events::{
    DepartmentId, UserId,
    user::{PasswordChanged, ProfileUpdated},
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    add_user::creatable,
    change,
    email::EmailAddress,
    password::{self, Password},
    state::known_user,
};
use crate::{
    functions::{Command, Context, Decision, Failure},
    wire::{ExtraDetails, Key, Maybe, OrFalse, Text, Word, WordOr},
};

/// Changes what is given of a user; what is not given stays.
///
/// A name or picture may be emptied by an empty text, an empty email or password is ignored, and
/// the text `NULL` removes the email. A visitor or lead who is given an email becomes a user,
/// unless `user_type` says otherwise. `settings_extra` is merged by slug, and an empty value
/// removes a detail; a user has at most 1,000. Refused as `user-not-found`, `duplicate-email`
/// (without regard to case), `invalid-argument` for a new email that no mail can be sent to,
/// `invalid-user-type`, and `security-error` for another type for the
/// bot or the last admin.
/// # Example
/// `{"user_id": 3, "last_name": "Smith", "settings_extra": {"city": ["Rome", "City"]}}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct UpdateUser {
    /// The user.
    user_id: Key<UserId>,
    /// First name.
    first_name: Option<Text<255>>,
    /// Last name.
    last_name: Option<Text<255>>,
    /// Email, unique; NULL removes it.
    #[serde(default)]
    email: Maybe<WordOr<Null, EmailAddress>>,
    /// URL of the picture; empty for the default one of the type.
    profile_image: Option<Text<2048>>,
    /// Password; only a hash of it is kept.
    #[serde(default)]
    password: Maybe<Password>,
    /// visitor, lead, user, agent or admin.
    #[serde(default)]
    user_type: Maybe<Word<32>>,
    /// Department, for agents; false for none.
    department: Option<OrFalse<Key<DepartmentId>>>,
    /// Additional details: value and name by slug.
    #[serde(default)]
    settings_extra: ExtraDetails,
    #[serde(skip)]
    password_hash: Option<String>,
}

/// The word that stands for no email.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
enum Null {
    /// No email.
    #[serde(rename = "NULL")]
    Null,
}

impl Command for UpdateUser {
    const NAME: &'static str = "update-user";
    type Reply = bool;

    async fn prepare(&mut self, _: &Context) -> Result<(), Failure> {
        if let Some(password) = self.password.0.take() {
            self.password_hash = Some(password::hash(password).await?);
        }
        Ok(())
    }

    fn decide(self, decision: &mut Decision<'_>) -> Result<bool, Failure> {
        let id = self.user_id.0;
        let known = known_user(decision.state(), id)?;
        let mut user_type = known.user_type;
        let email = match self.email.0 {
            None => known.email.clone(),
            Some(WordOr::Word(Null::Null)) => None,
            Some(WordOr::Value(email)) => {
                user_type = change::type_with_email(&known);
                Some(email)
            }
        };
        if let Some(name) = &self.user_type.0 {
            user_type = creatable(name)?;
        }
        let wanted = ProfileUpdated {
            first_name: self.first_name.map(|name| name.0),
            last_name: self.last_name.map(|name| name.0),
            profile_image: self.profile_image.map(|url| url.0),
            department: self
                .department
                .map(|department| department.0.unwrap_or(DepartmentId(0))),
        };
        change::profile(decision, id, &known, wanted)?;
        change::email(decision, id, &known, email)?;
        if let Some(password_hash) = self.password_hash {
            decision.record(id, PasswordChanged { password_hash })?;
        }
        change::user_type(decision, id, &known, user_type)?;
        change::additional(decision, id, self.settings_extra.0)?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use events::{
        Event, Stream,
        user::{Detail, DetailsUpdated, EmailChanged, TypeChanged, UserType},
    };
    use serde_json::{Value, json};

    use super::*;
    use crate::functions::{
        Refusal,
        scenario::{Given, given, happened},
        users::people::{call, founders_and},
    };

    const THREE: UserId = UserId(3);

    fn update(mut arguments: Value) -> UpdateUser {
        if arguments.get("user_id").is_none() {
            arguments["user_id"] = 3.into();
        }
        call(arguments)
    }

    fn given_a(user_type: UserType) -> Given {
        given(founders_and([user_type, UserType::User]))
    }

    fn email_changed(email: Option<&str>, first: bool) -> (Stream, Event) {
        let email = email.map(str::to_owned);
        happened(THREE, EmailChanged { email, first })
    }

    #[test]
    fn only_what_differs_is_recorded() {
        let arguments = json!({
            "first_name": "", "last_name": "#3", "email": "user-3@example.com", "password": "",
            "user_type": "user", "profile_image": "", "department": "2",
        });
        let changed = ProfileUpdated {
            first_name: Some(String::new()),
            department: Some(DepartmentId(2)),
            ..ProfileUpdated::default()
        };
        given_a(UserType::User)
            .when(update(arguments))
            .then([happened(THREE, changed)])
            .answering(true.into());
    }

    #[test]
    fn twice_is_once() {
        let name = ProfileUpdated {
            first_name: Some("Ann".to_owned()),
            ..ProfileUpdated::default()
        };
        let mut history = founders_and([UserType::User]);
        history.push(happened(THREE, name));
        given(history)
            .when(update(json!({"first_name": "Ann"})))
            .then([]);
    }

    #[test]
    fn an_email_makes_a_lead_a_user() {
        let became = TypeChanged {
            from: UserType::Lead,
            to: UserType::User,
        };
        given_a(UserType::Lead)
            .when(update(json!({"email": "lea@example.com"})))
            .then([
                email_changed(Some("lea@example.com"), true),
                happened(THREE, became),
            ]);
    }

    #[test]
    fn unless_the_type_is_given() {
        given_a(UserType::Lead)
            .when(update(
                json!({"email": "lea@example.com", "user_type": "lead"}),
            ))
            .then([email_changed(Some("lea@example.com"), true)]);
    }

    #[test]
    fn the_text_null_removes_the_email_and_an_empty_one_does_not() {
        given_a(UserType::User)
            .when(update(json!({"email": "NULL"})))
            .then([email_changed(None, false)]);
        given_a(UserType::User)
            .when(update(json!({"email": ""})))
            .then([]);
        let mut history = founders_and([UserType::User]);
        history.push(email_changed(None, false));
        given(history)
            .when(update(json!({"email": "new@example.com"})))
            .then([email_changed(Some("new@example.com"), false)]);
    }

    #[test]
    fn the_case_of_ones_own_email_may_change() {
        given_a(UserType::User)
            .when(update(json!({"email": "USER-3@example.com"})))
            .then([email_changed(Some("USER-3@example.com"), false)]);
    }

    #[test]
    fn anothers_email_is_refused() {
        given_a(UserType::User)
            .when(update(json!({"email": "USER-4@example.com"})))
            .then_refused(Refusal::DuplicateEmail);
    }

    #[test]
    fn details_are_merged() {
        let phone = Detail {
            slug: "phone".to_owned(),
            name: "Phone".to_owned(),
            value: "+1".to_owned(),
        };
        let set = DetailsUpdated {
            set: vec![phone],
            removed: Vec::new(),
        };
        let removed = DetailsUpdated {
            set: Vec::new(),
            removed: vec!["phone".to_owned()],
        };
        given_a(UserType::User)
            .when(update(
                json!({"settings_extra": {"phone": ["+1", "Phone"], "fax": ""}}),
            ))
            .then([happened(THREE, set.clone())]);
        let mut history = founders_and([UserType::User]);
        history.push(happened(THREE, set));
        given(history)
            .when(update(json!({"settings_extra": {"phone": ["", "Phone"]}})))
            .then([happened(THREE, removed)]);
    }

    #[test]
    fn a_new_password_is_recorded_by_its_hash() {
        let password_hash = "$argon2id$".to_owned();
        let command = UpdateUser {
            password_hash: Some(password_hash.clone()),
            ..update(json!({}))
        };
        given_a(UserType::User)
            .when(command)
            .then([happened(THREE, PasswordChanged { password_hash })]);
    }

    #[test]
    fn types_that_cannot_be() {
        for name in ["boss", "bot"] {
            given_a(UserType::User)
                .when(update(json!({"user_type": name})))
                .then_refused(creatable(name).unwrap_err());
        }
        let why = |why: &str| Refusal::SecurityError(why.to_owned());
        given_a(UserType::User)
            .when(update(json!({"user_id": 1, "user_type": "agent"})))
            .then_refused(why("The bot stays the bot."));
        given_a(UserType::User)
            .when(update(json!({"user_id": 2, "user_type": "agent"})))
            .then_refused(why("The last admin stays an admin."));
        let became = TypeChanged {
            from: UserType::Admin,
            to: UserType::Agent,
        };
        given_a(UserType::Admin)
            .when(update(json!({"user_id": 2, "user_type": "agent"})))
            .then([happened(UserId(2), became)]);
    }

    #[test]
    fn an_unknown_user_is_refused() {
        given_a(UserType::User)
            .when(update(json!({"user_id": 9})))
            .then_refused(Refusal::UserNotFound(9));
    }
}

//! What decisions know of users.

use eventlog::{State, View};
use events::{
    ConversationId, DepartmentId, Event, Stream, UserId,
    user::{self, Detail, UrlVisited, UserType},
};
use serde::{Deserialize, Serialize};

use super::conversations;
use crate::functions::{
    Failure, Refusal,
    decision::{Numbered, Table, last_number, note_id, numbers_below, read, write},
};

/// A user, as far as decisions and answers of commands need to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// What the user is.
    pub user_type: UserType,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Whether the user ever had an address.
    pub had_email: bool,
    /// URL of the picture; empty for the default one.
    pub profile_image: String,
    /// argon2id hash of the password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_hash: Option<String>,
    /// The token.
    pub token: String,
    /// Department of an agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<DepartmentId>,
    /// The newest conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub newest_conversation: Option<ConversationId>,
}

impl User {
    /// First and last name.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
            .trim()
            .to_owned()
    }
}

/// The user with this id, if there is one.
///
/// # Errors
/// When the table cannot be read.
pub fn user(state: &dyn View, id: UserId) -> Result<Option<User>, Failure> {
    read(state, &Table::User.row(id.0))
}

/// The user with this id.
///
/// # Errors
/// [`Refusal::UserNotFound`], or the table cannot be read.
pub fn known_user(state: &dyn View, id: UserId) -> Result<User, Failure> {
    user(state, id)?.ok_or_else(|| Refusal::UserNotFound(id.0).into())
}

/// The details of a user, in the order in which they were first given.
///
/// # Errors
/// When the table cannot be read.
pub fn details(state: &dyn View, id: UserId) -> Result<Vec<Detail>, Failure> {
    Ok(read(state, &Table::UserDetails.row(id.0))?.unwrap_or_default())
}

/// The page that the user is or was on last: the detail that visits leave.
///
/// # Errors
/// When the table cannot be read.
pub fn url(state: &dyn View, id: UserId) -> Result<Option<String>, Failure> {
    let page = details(state, id)?
        .into_iter()
        .find(|detail| detail.slug == UrlVisited::SLUG);
    Ok(page.map(|detail| detail.value))
}

/// The user with this address, without regard to case.
///
/// # Errors
/// When the table cannot be read.
pub fn user_of_email(state: &dyn View, email: &str) -> Result<Option<UserId>, Failure> {
    Ok(state
        .get(&email_key(email))?
        .map(|id| UserId(last_number(&id))))
}

/// The user whose token this is.
///
/// # Errors
/// When the table cannot be read.
pub fn user_of_token(state: &dyn View, token: &str) -> Result<Option<UserId>, Failure> {
    Ok(state
        .get(&token_key(token))?
        .map(|id| UserId(last_number(&id))))
}

/// All users of a type, by id.
///
/// # Errors
/// When the table cannot be read.
pub fn users_of_type(state: &dyn View, user_type: UserType) -> Result<Vec<UserId>, Failure> {
    let numbers = numbers_below(state, &Table::UsersByType.key(&[&[user_type as u8]]))?;
    Ok(numbers.into_iter().map(UserId).collect())
}

/// Whether there is one admin and no other.
///
/// # Errors
/// When the table cannot be read.
pub fn is_last_admin(state: &dyn View) -> Result<bool, Failure> {
    Ok(users_of_type(state, UserType::Admin)?.len() == 1)
}

fn email_key(email: &str) -> Vec<u8> {
    Table::UserByEmail.key(&[projections::fold(email).as_bytes()])
}

/// Found by the token's hash, so that looking up says nothing of how much of a token was right.
fn token_key(token: &str) -> Vec<u8> {
    Table::UserByToken.key(&[&blake3::hash(token.as_bytes()).as_bytes()[..16]])
}

fn type_key(user_type: UserType, id: UserId) -> Vec<u8> {
    Table::UsersByType.key(&[&[user_type as u8], &id.0.to_be_bytes()])
}

/// The state of users after `event`.
///
/// # Errors
/// When the table cannot be read.
pub fn evolve(state: &mut dyn State, stream: Stream, event: &Event) -> Result<(), Failure> {
    let id = UserId(stream.id);
    match event {
        Event::UserCreated(created) => create(state, id, created),
        Event::UserProfileUpdated(updated) => change(state, id, |user| {
            let user::ProfileUpdated {
                first_name,
                last_name,
                profile_image,
                department,
            } = updated.clone();
            replace(&mut user.first_name, first_name);
            replace(&mut user.last_name, last_name);
            replace(&mut user.profile_image, profile_image);
            if let Some(department) = department {
                user.department = (department.0 != 0).then_some(department);
            }
        }),
        Event::UserEmailChanged(changed) => {
            if let Some(former) = user(state, id)?.and_then(|user| user.email) {
                state.delete(&email_key(&former));
            }
            if let Some(email) = &changed.email {
                state.put(&email_key(email), id.0.to_be_bytes().to_vec());
            }
            change(state, id, |user| {
                user.had_email |= changed.email.is_some();
                user.email.clone_from(&changed.email);
            })
        }
        Event::UserPasswordChanged(changed) => change(state, id, |user| {
            user.password_hash = Some(changed.password_hash.clone());
        }),
        Event::UserTypeChanged(changed) => {
            state.delete(&type_key(changed.from, id));
            state.put(&type_key(changed.to, id), Vec::new());
            change(state, id, |user| user.user_type = changed.to)
        }
        Event::UserDetailsUpdated(updated) => {
            update_details(state, id, &updated.set, &updated.removed)
        }
        Event::UserUrlVisited(visited) => update_details(state, id, &[visited.detail()], &[]),
        Event::UserDeleted(_) => delete(state, id),
        Event::ConversationCreated(_) | Event::ConversationDeleted(_) | Event::HistoryErased(_) => {
            conversations::evolve(state, stream, event)
        }
        _ => Ok(()),
    }
}

fn create(state: &mut dyn State, id: UserId, created: &user::Created) -> Result<(), Failure> {
    note_id(state, Numbered::User, id.0)?;
    let row = id.0.to_be_bytes().to_vec();
    if let Some(email) = &created.email {
        state.put(&email_key(email), row.clone());
    }
    state.put(&token_key(&created.token), row);
    state.put(&type_key(created.user_type, id), Vec::new());
    if !created.details.is_empty() {
        write(state, &Table::UserDetails.row(id.0), &created.details);
    }
    let user::Created {
        user_type,
        first_name,
        last_name,
        email,
        profile_image,
        password_hash,
        token,
        department,
        ..
    } = created.clone();
    let user = User {
        user_type,
        first_name,
        last_name,
        had_email: email.is_some(),
        email,
        profile_image,
        password_hash,
        token,
        department,
        newest_conversation: None,
    };
    write(state, &Table::User.row(id.0), &user);
    Ok(())
}

fn update_details(
    state: &mut dyn State,
    id: UserId,
    set: &[Detail],
    removed: &[String],
) -> Result<(), Failure> {
    let mut details = details(state, id)?;
    details.retain(|detail| !removed.contains(&detail.slug));
    for new in set {
        match details.iter_mut().find(|detail| detail.slug == new.slug) {
            Some(detail) => detail.clone_from(new),
            None => details.push(new.clone()),
        }
    }
    write(state, &Table::UserDetails.row(id.0), &details);
    Ok(())
}

/// The user's own rows go; conversations and messages are gone with them, because they count as
/// existing only while their user does.
fn delete(state: &mut dyn State, id: UserId) -> Result<(), Failure> {
    let Some(user) = user(state, id)? else {
        return Ok(());
    };
    if let Some(email) = &user.email {
        state.delete(&email_key(email));
    }
    state.delete(&token_key(&user.token));
    state.delete(&type_key(user.user_type, id));
    state.delete(&Table::UserDetails.row(id.0));
    state.delete(&Table::User.row(id.0));
    Ok(())
}

pub(super) fn change(
    state: &mut dyn State,
    id: UserId,
    change: impl FnOnce(&mut User),
) -> Result<(), Failure> {
    if let Some(mut user) = user(state, id)? {
        change(&mut user);
        write(state, &Table::User.row(id.0), &user);
    }
    Ok(())
}

fn replace(value: &mut String, new: Option<String>) {
    if let Some(new) = new {
        *value = new;
    }
}

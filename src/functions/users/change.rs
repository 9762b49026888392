//! Changing a user: one piece of logic for update-user, update-login and whatever comes. Each
//! records the finest event, and only when something really differs.

use events::{
    DepartmentId, UserId,
    user::{EmailChanged, ProfileUpdated, TypeChanged, UserType},
};

use super::{
    detail,
    email::writable,
    state::{User, details, is_last_admin, user_of_email},
};
use crate::{
    functions::{Decision, Failure, Refusal},
    wire::ExtraDetail,
};

/// Names, picture and department: what of `wanted` the user does not have yet.
///
/// # Errors
/// The state's own failure.
pub fn profile(
    decision: &mut Decision<'_>,
    id: UserId,
    known: &User,
    wanted: ProfileUpdated,
) -> Result<(), Failure> {
    let department = known.department.unwrap_or(DepartmentId(0));
    let changed = ProfileUpdated {
        first_name: wanted.first_name.filter(|name| *name != known.first_name),
        last_name: wanted.last_name.filter(|name| *name != known.last_name),
        profile_image: wanted
            .profile_image
            .filter(|url| *url != known.profile_image),
        department: wanted.department.filter(|wanted| *wanted != department),
    };
    if changed.is_empty() {
        return Ok(());
    }
    decision.record(id, changed)
}

/// The address, or none.
///
/// # Errors
/// `duplicate-email` when another user has it, `invalid-argument` for a new one that cannot be written
/// to, or the state's own failure.
pub fn email(
    decision: &mut Decision<'_>,
    id: UserId,
    known: &User,
    wanted: Option<String>,
) -> Result<(), Failure> {
    if wanted == known.email {
        return Ok(());
    }
    if let Some(email) = &wanted
        && user_of_email(decision.state(), email)?.is_some_and(|owner| owner != id)
    {
        return Err(Refusal::DuplicateEmail.into());
    }
    if let Some(email) = &wanted {
        writable(email)?;
    }
    let first = !known.had_email;
    decision.record(
        id,
        EmailChanged {
            email: wanted,
            first,
        },
    )
}

/// What a user is after an address was given: somebody who can be reached is no mere visitor.
#[must_use]
pub fn type_with_email(known: &User) -> UserType {
    match known.user_type {
        UserType::Visitor | UserType::Lead => UserType::User,
        other => other,
    }
}

/// The type.
///
/// # Errors
/// `security-error` for the bot and the last admin, or the state's own failure.
pub fn user_type(
    decision: &mut Decision<'_>,
    id: UserId,
    known: &User,
    to: UserType,
) -> Result<(), Failure> {
    let from = known.user_type;
    if from == to {
        return Ok(());
    }
    if from == UserType::Bot {
        return Err(Refusal::SecurityError("The bot stays the bot.".to_owned()).into());
    }
    if from == UserType::Admin && is_last_admin(decision.state())? {
        let why = "The last admin stays an admin.".to_owned();
        return Err(Refusal::SecurityError(why).into());
    }
    decision.record(id, TypeChanged { from, to })
}

/// The additional details, merged by slug.
///
/// # Errors
/// `too-large` for too many of them, or the state's own failure.
pub fn additional(
    decision: &mut Decision<'_>,
    id: UserId,
    given: Vec<ExtraDetail>,
) -> Result<(), Failure> {
    if given.is_empty() {
        return Ok(());
    }
    let changes = detail::changes(&details(decision.state(), id)?, given)?;
    if changes.set.is_empty() && changes.removed.is_empty() {
        return Ok(());
    }
    decision.record(id, changes)
}

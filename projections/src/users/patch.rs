//! What changes in a user's row that is there, and how it is written.

use events::user::{ProfileUpdated, UserType};
use events::{DepartmentId, UserId};
use serde::Serialize;

use super::rows::UserRow;
use crate::database::{Kind, Shape};

/// Rows that change users; null leaves a column alone, but for the address and the department,
/// which may become null and so say whether they change.
pub(super) const PATCH: Shape = Shape(&[
    ("id", Kind::Int),
    ("user_type", Kind::Text),
    ("first_name", Kind::Text),
    ("last_name", Kind::Text),
    ("email_set", Kind::Int),
    ("email", Kind::Text),
    ("profile_image", Kind::Text),
    ("department_set", Kind::Int),
    ("department", Kind::Int),
]);
pub(super) const SET_PATCH: &str = "
    user_type = COALESCE(patch.user_type, users.user_type),
    first_name = COALESCE(patch.first_name, users.first_name),
    last_name = COALESCE(patch.last_name, users.last_name),
    email = CASE WHEN patch.email_set = 1 THEN patch.email ELSE users.email END,
    profile_image = COALESCE(patch.profile_image, users.profile_image),
    department = CASE WHEN patch.department_set = 1 THEN patch.department ELSE users.department END";

/// What changes in a row that is there; `None` leaves it.
#[derive(Debug, Default)]
pub(super) struct Patch {
    pub(super) user_type: Option<UserType>,
    pub(super) first_name: Option<String>,
    pub(super) last_name: Option<String>,
    pub(super) email: Option<Option<String>>,
    pub(super) profile_image: Option<String>,
    pub(super) department: Option<Option<DepartmentId>>,
}

impl Patch {
    /// Lays an update of the profile over it.
    pub(super) fn profile(&mut self, profile: &ProfileUpdated) {
        let set = |to: &mut Option<String>, from: &Option<String>| {
            if from.is_some() {
                to.clone_from(from);
            }
        };
        set(&mut self.first_name, &profile.first_name);
        set(&mut self.last_name, &profile.last_name);
        set(&mut self.profile_image, &profile.profile_image);
        if let Some(department) = profile.department {
            self.department = Some((department.0 != 0).then_some(department));
        }
    }

    /// Changes a row that is not written yet.
    pub(super) fn onto(self, row: &mut UserRow) {
        row.user_type = self.user_type.unwrap_or(row.user_type);
        let set = |to: &mut String, from: Option<String>| {
            if let Some(from) = from {
                *to = from;
            }
        };
        set(&mut row.first_name, self.first_name);
        set(&mut row.last_name, self.last_name);
        set(&mut row.profile_image, self.profile_image);
        if let Some(email) = self.email {
            row.email = email;
        }
        row.department = self.department.unwrap_or(row.department);
    }

    /// The row of [`PATCH`].
    pub(super) fn values(&self, id: UserId) -> impl Serialize + '_ {
        (
            id,
            self.user_type,
            &self.first_name,
            &self.last_name,
            u8::from(self.email.is_some()),
            self.email.as_ref().and_then(Option::as_ref),
            &self.profile_image,
            u8::from(self.department.is_some()),
            self.department.flatten(),
        )
    }
}

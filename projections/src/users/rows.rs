//! The tables `users` and `user_details`, and their rows.

use events::user::UserType;
use events::{DepartmentId, UserId};
use serde::{Deserialize, Serialize};

use crate::database::{Kind, Shape, Table};

/// A user, as in the table `users`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct UserRow {
    /// The user.
    pub id: UserId,
    /// What the user is now.
    pub user_type: UserType,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Address, if there is one.
    pub email: Option<String>,
    /// URL of the picture; empty for the default one of the type.
    pub profile_image: String,
    /// Department, for agents.
    pub department: Option<DepartmentId>,
    /// The token that stands for the user. A secret.
    pub token: String,
    /// When the user was created, in milliseconds since the epoch.
    pub creation_time: i64,
    /// When the user was last seen, in milliseconds since the epoch.
    pub last_activity: i64,
}

impl UserRow {
    /// The columns, in the order of the fields.
    pub(crate) const COLUMNS: &'static [&'static str] = &[
        "id",
        "user_type",
        "first_name",
        "last_name",
        "email",
        "profile_image",
        "department",
        "token",
        "creation_time",
        "last_activity",
    ];

    /// The values, in the order of the columns.
    pub(crate) fn values(&self) -> impl Serialize + '_ {
        (
            self.id,
            self.user_type,
            &self.first_name,
            &self.last_name,
            &self.email,
            &self.profile_image,
            self.department,
            &self.token,
            self.creation_time,
            self.last_activity,
        )
    }
}

/// An additional detail of a user.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct DetailRow {
    /// The user.
    pub user_id: UserId,
    /// Its key: `phone`.
    pub slug: String,
    /// Its label: `Phone`.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// The table `users`. `last_activity` is raised by presence, which no event tells of.
pub(crate) const USERS: Table = Table {
    volatile: Some("last_activity"),
    ..Table::new(
        "users",
        Shape(&[
            ("id", Kind::Int),
            ("user_type", Kind::Text),
            ("first_name", Kind::Text),
            ("last_name", Kind::Text),
            ("email", Kind::Text),
            ("profile_image", Kind::Text),
            ("department", Kind::Int),
            ("token", Kind::Text),
            ("creation_time", Kind::Int),
            ("last_activity", Kind::Int),
        ]),
    )
};

/// The table `user_details`.
pub(crate) const DETAILS: Table = Table {
    key_columns: 2,
    ..Table::new(
        "user_details",
        Shape(&[
            ("user_id", Kind::Int),
            ("slug", Kind::Text),
            ("name", Kind::Text),
            ("value", Kind::Text),
            ("place", Kind::Int),
        ]),
    )
};

/// All tables of the projection.
pub(crate) const TABLES: &[&Table] = &[&USERS, &DETAILS];

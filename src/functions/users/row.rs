//! How a user looks in answers.

use events::{DepartmentId, UserId, user::UserType};
use projections::{DetailRow, UserRow};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    clock::wire_time,
    functions::{Context, authority},
};

/// A user.
#[derive(Debug, Serialize, JsonSchema)]
pub struct UserAnswer {
    /// The user's ID.
    id: String,
    first_name: String,
    last_name: String,
    /// null when there is none.
    email: Option<String>,
    /// URL of the picture.
    profile_image: String,
    /// visitor, lead, user, agent, admin or bot.
    user_type: &'static str,
    /// `YYYY-MM-DD HH:MM:SS`, UTC.
    creation_time: String,
    /// The newest sign of life: `YYYY-MM-DD HH:MM:SS`, UTC.
    last_activity: String,
    /// null when there is none.
    department: Option<String>,
    /// The user's token; empty for an API token below the scope admin.
    token: String,
    /// Always empty: a password is never disclosed.
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<&'static str>,
    /// The additional details, where they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<Vec<DetailAnswer>>,
}

/// An additional detail of a user.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DetailAnswer {
    slug: String,
    name: String,
    value: String,
}

impl From<DetailRow> for DetailAnswer {
    fn from(row: DetailRow) -> Self {
        Self {
            slug: row.slug,
            name: row.name,
            value: row.value,
        }
    }
}

impl UserAnswer {
    /// The answer's row for a user of the read model, as of now in presence.
    pub fn new(context: &Context, row: UserRow) -> Self {
        let service = &context.service;
        let seen = service
            .presence
            .seen(row.id)
            .unwrap_or(0)
            .max(row.last_activity);
        Self {
            id: row.id.to_string(),
            first_name: row.first_name,
            last_name: row.last_name,
            email: row.email,
            profile_image: picture(&service.public_url, row.user_type, row.profile_image),
            user_type: row.user_type.name(),
            creation_time: wire_time(row.creation_time),
            last_activity: wire_time(seen),
            department: row
                .department
                .map(|department: DepartmentId| department.to_string()),
            token: authority::shown(context.caller.scope(), row.token),
            password: None,
            details: None,
        }
    }

    /// The same with the (empty) password that get-user and get-agent print.
    pub fn with_password(self) -> Self {
        Self {
            password: Some(""),
            ..self
        }
    }

    /// The same with additional details.
    pub fn with_details(self, details: Vec<DetailAnswer>) -> Self {
        Self {
            details: Some(details),
            ..self
        }
    }
}

/// The URL of a user's picture: the user's own, or the default one of the type.
pub fn picture(public_url: &str, user_type: UserType, own: String) -> String {
    if !own.is_empty() {
        return own;
    }
    let name = match user_type {
        UserType::Visitor | UserType::Lead | UserType::User => "user",
        UserType::Agent | UserType::Admin => "agent",
        UserType::Bot => "bot",
    };
    format!("{public_url}/media/{name}.svg")
}

/// Additional details of one user, for an answer.
///
/// # Errors
/// When the read model cannot be read.
pub async fn details_of(
    context: &Context,
    user: UserId,
) -> Result<Vec<DetailAnswer>, crate::functions::Failure> {
    let rows = context.service.reads.details(&[user], None).await?;
    Ok(rows.into_iter().map(DetailAnswer::from).collect())
}

//! What happens to users: visitors, leads, users, agents, admins and the bot.

use serde::{Deserialize, Serialize};

use crate::{ConversationId, DepartmentId};

/// What a user is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UserType {
    /// Somebody who came by and has not written.
    Visitor,
    /// Somebody with a conversation and no address.
    Lead,
    /// Somebody who registered, or left an address.
    User,
    /// A colleague who answers.
    Agent,
    /// An agent who may do everything.
    Admin,
    /// The service's own voice; exactly one, made with the workspace.
    Bot,
}

impl UserType {
    /// All types that a caller may create.
    pub const CREATABLE: [Self; 5] = [
        Self::Visitor,
        Self::Lead,
        Self::User,
        Self::Agent,
        Self::Admin,
    ];

    /// The type's name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Visitor => "visitor",
            Self::Lead => "lead",
            Self::User => "user",
            Self::Agent => "agent",
            Self::Admin => "admin",
            Self::Bot => "bot",
        }
    }

    /// The type with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Bot]
            .into_iter()
            .chain(Self::CREATABLE)
            .find(|kind| kind.name() == name)
    }

    /// Agents and admins: those who answer.
    #[must_use]
    pub fn is_staff(self) -> bool {
        matches!(self, Self::Agent | Self::Admin)
    }

    /// Visitors, leads and users: those who ask.
    #[must_use]
    pub fn is_customer(self) -> bool {
        matches!(self, Self::Visitor | Self::Lead | Self::User)
    }
}

/// An additional detail of a user, such as the phone number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detail {
    /// Its key: `phone`.
    pub slug: String,
    /// Its label: `Phone`.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// A user came to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Created {
    /// What the user is.
    pub user_type: UserType,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Address, unique among users without regard to case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// URL of the picture; empty for the default one of the type.
    pub profile_image: String,
    /// argon2id hash in PHC form. A secret: masked in every export.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_hash: Option<String>,
    /// 40 hex digits that stand for the user. A secret: masked in every export.
    pub token: String,
    /// Department, for agents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<DepartmentId>,
    /// Additional details, in the order given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<Detail>,
}

/// Names, picture or department changed; only what changed is there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileUpdated {
    /// New first name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// New last name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// New picture; empty for the default one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile_image: Option<String>,
    /// New department; 0 for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<DepartmentId>,
}

impl ProfileUpdated {
    /// Whether it says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The address changed, or was removed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailChanged {
    /// The new address; `None` when removed.
    pub email: Option<String>,
    /// Whether the user had never had an address before.
    pub first: bool,
}

/// The password changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordChanged {
    /// argon2id hash in PHC form. A secret: masked in every export.
    pub password_hash: String,
}

/// A visitor became a lead, a lead a user, and so on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypeChanged {
    /// What the user was.
    pub from: UserType,
    /// What the user is now.
    pub to: UserType,
}

/// Additional details were set or removed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DetailsUpdated {
    /// Details that are new or changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub set: Vec<Detail>,
    /// Slugs of the details that are gone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removed: Vec<String>,
}

/// The user looked at another page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UrlVisited {
    /// The page's URL.
    pub url: String,
}

impl UrlVisited {
    /// The slug of the additional detail that keeps the newest visit.
    pub const SLUG: &str = "current_url";

    /// The additional detail that the visit is, for whoever keeps details.
    #[must_use]
    pub fn detail(&self) -> Detail {
        Detail {
            slug: Self::SLUG.to_owned(),
            name: "Current URL".to_owned(),
            value: self.url.clone(),
        }
    }
}

/// A login succeeded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoggedIn {
    /// With what: `password` or `token`.
    pub method: LoginMethod,
}

/// The ways to log in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LoginMethod {
    /// Email and password.
    Password,
    /// The user's id and token.
    Token,
}

/// The user said good-bye.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoggedOut {}

/// The user, who had been told that there are messages, is there again: the next one is news.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Returned {}

/// The user is gone, with the conversations named, their messages, and every message the user
/// wrote elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deleted {
    /// What the user was.
    pub user_type: UserType,
    /// The conversations that went along.
    pub conversations: Vec<ConversationId>,
}

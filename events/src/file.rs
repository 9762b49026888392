//! Files that the service writes under `/uploads/`.

use serde::{Deserialize, Serialize};

use crate::{ConversationId, UserId};

/// A file was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Created {
    /// What for.
    pub purpose: Purpose,
    /// Path below `/uploads/`.
    pub path: String,
    /// Size in bytes.
    pub bytes: u64,
    /// The conversation it shows, if it shows one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<ConversationId>,
    /// The user it shows, if it shows one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
}

/// What a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// A conversation written out.
    Transcript,
    /// A picture of somebody's initials.
    Avatar,
    /// All users written out.
    Users,
    /// All translations as they were before others were saved.
    Translations,
}

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
    /// A file that came with an email.
    EmailAttachment,
    /// All settings, secrets in clear.
    Settings,
    /// All users written out.
    Users,
    /// All translations as they were before others were saved.
    Translations,
}

#[cfg(test)]
mod tests {
    use super::Purpose;

    #[test]
    fn purposes_are_called_so_for_ever() {
        let written = |purpose| serde_json::to_value(purpose).expect("JSON");
        assert_eq!(written(Purpose::Transcript), "transcript");
        assert_eq!(written(Purpose::Avatar), "avatar");
        assert_eq!(written(Purpose::Settings), "settings");
        assert_eq!(written(Purpose::Users), "users");
        assert_eq!(written(Purpose::Translations), "translations");
    }
}

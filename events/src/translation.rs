//! What happens to the workspace's translations.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Where texts are seen. The numbers are kept in the decision state and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
pub enum Area {
    /// By users.
    Front = 1,
    /// By agents and admins.
    Admin = 2,
}

impl Area {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Front, Self::Admin];
}

/// Translations of a language were saved; only what changed is there. A large save is several of
/// these.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved {
    /// The language's code.
    pub language: String,
    /// The language's name, where it is new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The area of the texts; `None` where only the name is new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area: Option<Area>,
    /// Translations by text, new or changed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub texts: BTreeMap<String, String>,
    /// Texts that are translated no more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removed: Vec<String>,
}

impl Saved {
    /// Nothing new of a language.
    #[must_use]
    pub fn of(language: &str) -> Self {
        Self {
            language: language.to_owned(),
            ..Self::default()
        }
    }
}

//! What happens to automations: messages, emails and the like that go out by themselves.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The kinds of automations, in the order in which the API lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Sent by email.
    Emails,
    /// Sent as a text message.
    Sms,
    /// Sent in the chat.
    Messages,
    /// Shown by the client.
    Popups,
    /// Changes how the client's chat looks.
    Design,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Emails,
        Self::Sms,
        Self::Messages,
        Self::Popups,
        Self::Design,
    ];

    /// The kind's name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Emails => "emails",
            Self::Sms => "sms",
            Self::Messages => "messages",
            Self::Popups => "popups",
            Self::Design => "design",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A part of a condition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Part {
    /// A word or a text, as nearly always.
    Text(String),
    /// Several, as some clients write countries.
    List(Vec<String>),
}

/// What must hold for an automation to run: `["datetime", "is-exactly", "13/04/2021"]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition(pub Vec<Part>);

/// One automation, or what of it is translated.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Automation {
    /// Its ID, the same in its translations.
    pub id: String,
    /// What must hold; `None` where it was saved without any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conditions: Option<Vec<Condition>>,
    /// Its name, for those who edit it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// What it has besides, by its kind: `subject`, `title`, `color_1` and so on.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// Automations by kind.
pub type ByKind = BTreeMap<Kind, Vec<Automation>>;

/// All automations were saved; those of before are gone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Saved {
    /// All of them.
    pub automations: ByKind,
    /// Their translations, by language.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub translations: BTreeMap<String, ByKind>,
}

/// An automation ran for a user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ran {
    /// Which.
    pub automation: String,
    /// What it was.
    pub kind: Kind,
    /// The period of a repeating one, within which it does not run again; empty for once and for all.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub period: String,
}

//! The tables `message_search`, `conversation_search` and `user_search`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::fold::{fold, searchable};
use crate::database::{Kind, Shape, Table};

/// The table `message_search`. Which conversation a message is in and who wrote it, `messages` says.
pub(super) const MESSAGES: Table = Table::new(
    "message_search",
    Shape(&[
        ("id", Kind::Int),
        ("text", Kind::Text),
        ("attachments", Kind::Text),
    ]),
);

/// The table `conversation_search`: only conversations with a title.
pub(super) const CONVERSATIONS: Table = Table::new(
    "conversation_search",
    Shape(&[("id", Kind::Int), ("text", Kind::Text)]),
);

/// The table `user_search`.
pub(super) const USERS: Table = Table::new(
    "user_search",
    Shape(&[
        ("id", Kind::Int),
        ("text", Kind::Text),
        ("parts", Kind::Text),
    ]),
);

/// All tables of the projection.
pub(crate) const TABLES: &[&Table] = &[&MESSAGES, &CONVERSATIONS, &USERS];

/// What a user is found by, folded.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Parts {
    first_name: String,
    last_name: String,
    email: String,
    details: BTreeMap<String, String>,
}

/// A change of one part.
#[derive(Clone, Debug)]
pub(super) enum Part {
    FirstName(String),
    LastName(String),
    Email(Option<String>),
    Detail(String, Option<String>),
}

impl Parts {
    pub(super) fn set(&mut self, part: &Part) {
        match part {
            Part::FirstName(name) => self.first_name = fold(name),
            Part::LastName(name) => self.last_name = fold(name),
            Part::Email(email) => self.email = email.as_deref().map(fold).unwrap_or_default(),
            Part::Detail(slug, Some(value)) => {
                self.details.insert(slug.clone(), fold(value));
            }
            Part::Detail(slug, None) => {
                self.details.remove(slug);
            }
        }
    }

    /// The text to search in: "first last", the address, the details.
    pub(super) fn text(&self) -> String {
        let name = format!("{} {}", self.first_name, self.last_name);
        let details = self.details.values().map(String::as_str);
        searchable(
            [name.trim(), self.email.as_str()]
                .into_iter()
                .chain(details),
        )
    }
}

//! Identifiers: small counters, one for each kind, as the API's clients expect.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u64);

        impl From<u64> for $name {
            fn from(id: u64) -> Self {
                Self(id)
            }
        }

        impl From<$name> for u64 {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id! {
    /// A visitor, lead, user, agent, admin or the bot.
    UserId
}
id! {
    /// A conversation.
    ConversationId
}
id! {
    /// A message; counted over all conversations.
    MessageId
}
id! {
    /// An internal note of a conversation; counted over all conversations.
    NoteId
}
id! {
    /// A token that an admin gave to a program.
    ApiTokenId
}
id! {
    /// A department, as numbered in the settings.
    DepartmentId
}

//! What happens to the internal notes of conversations; in the conversation's stream.

use serde::{Deserialize, Serialize};

use crate::{NoteId, UserId};

/// An agent or admin added a note, for agents and admins alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Added {
    /// The note.
    pub note: NoteId,
    /// Who wrote it.
    pub author: UserId,
    /// Its name; may be empty.
    pub name: String,
    /// What it says.
    pub text: String,
}

/// A note was deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deleted {
    /// The note.
    pub note: NoteId,
}

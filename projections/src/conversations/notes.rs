//! Internal notes of conversations.

use events::{ConversationId, NoteId, UserId};
use serde::Deserialize;

use crate::database::args;
use crate::{Fault, ReadModels};

/// Notes in an answer; a conversation is given fewer.
const NOTES_MAX: u32 = 10_000;

/// A note.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct NoteRow {
    /// The note.
    pub id: NoteId,
    /// The agent or admin who wrote it.
    pub user_id: UserId,
    /// Its name; may be empty.
    pub name: String,
    /// What it says.
    pub message: String,
}

impl ReadModels {
    /// The notes of a conversation, oldest first; at most 10,000.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn notes(&self, conversation: ConversationId) -> Result<Vec<NoteRow>, Fault> {
        let columns = ["id", "user_id", "name", "message"];
        let from = format!("FROM notes WHERE conversation_id = $1 ORDER BY id LIMIT {NOTES_MAX}");
        self.db().read(&columns, &from, args![conversation.0]).await
    }
}

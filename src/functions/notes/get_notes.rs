//! `get-notes`

use events::ConversationId;
use projections::NoteRow;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    functions::{Context, Failure, Query},
    wire::Key,
};

/// Returns the internal notes of a conversation, oldest first.
///
/// A conversation without notes, and an unknown one, is answered with an empty list. Notes go with
/// their conversation, and with the user who wrote them.
/// # Example
/// `{"conversation_id": 1}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetNotes {
    /// The conversation.
    conversation_id: Key<ConversationId>,
}

/// An internal note.
#[derive(Debug, Serialize, JsonSchema)]
pub struct NoteAnswer {
    /// The note's ID.
    id: u64,
    /// The ID of the agent or admin who wrote it.
    user_id: String,
    /// Its name.
    name: String,
    /// What it says.
    message: String,
}

impl From<NoteRow> for NoteAnswer {
    fn from(row: NoteRow) -> Self {
        Self {
            id: row.id.0,
            user_id: row.user_id.to_string(),
            name: row.name,
            message: row.message,
        }
    }
}

impl Query for GetNotes {
    const NAME: &'static str = "get-notes";
    type Reply = Vec<NoteAnswer>;

    async fn answer(self, context: &Context) -> Result<Vec<NoteAnswer>, Failure> {
        let rows = context.service.reads.notes(self.conversation_id.0).await?;
        Ok(rows.into_iter().map(NoteAnswer::from).collect())
    }
}

//! Conversations that nobody needs any more.

use events::ConversationId;
use events::conversation::Status;

use super::board::Place;
use crate::database::{args, id_list};
use crate::{Fault, ReadModels};

/// Conversations looked up at once.
const CHUNK: usize = 5_000;

/// All but the archive and the trash.
const INBOX: [Status; 3] = [Status::Live, Status::WaitingUser, Status::WaitingAgent];

impl ReadModels {
    /// Conversations that have been in the trash since before this time, in no order.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn trashed_before(&self, time_ms: i64) -> Result<Vec<ConversationId>, Fault> {
        self.picked(
            &[Status::Trashed],
            |_| true,
            "FROM conversations",
            "status_code = 4 AND status_time < $2",
            time_ms,
        )
        .await
    }

    /// Conversations of the inbox whose last message is an agent's or admin's and older than this
    /// time, in no order.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn answered_before(&self, time_ms: i64) -> Result<Vec<ConversationId>, Fault> {
        self.picked(
            &INBOX,
            |place| place.last_time < time_ms,
            "FROM conversations
             JOIN messages ON messages.id = conversations.last_message_id
             JOIN users AS authors ON authors.id = messages.user_id",
            "conversations.status_code < 3 AND conversations.last_time < $2
             AND authors.user_type IN ('agent', 'admin')",
            time_ms,
        )
        .await
    }

    /// The conversations of these statuses that the board and then the database let through.
    async fn picked(
        &self,
        statuses: &[Status],
        wanted: impl Fn(&Place) -> bool,
        from: &str,
        condition: &str,
        time_ms: i64,
    ) -> Result<Vec<ConversationId>, Fault> {
        let generation = self.generation();
        let candidates = {
            let board = generation.board();
            let limit = board.count(statuses);
            board.page(statuses, Some(&wanted), 0, limit)
        };
        let db = &generation.db;
        let from = format!(
            "{from} WHERE conversations.id IN ({}) AND {condition}",
            db.dialect().ids("$1")
        );
        let mut picked = Vec::new();
        for some in candidates.chunks(CHUNK) {
            let rows: Vec<(ConversationId,)> = db
                .read(&["conversations.id"], &from, args![id_list(some), time_ms])
                .await?;
            picked.extend(rows.into_iter().map(|(id,)| id));
        }
        Ok(picked)
    }
}

//! Conversations with their messages: a whole one, a part of one, and the rows of lists.

use std::collections::HashMap;

use events::{ConversationId, MessageId};

use super::rows::{Conversation, ConversationDetails, ConversationRow, MessageRow};
use crate::database::{Db, Dialect, args, numbered};
use crate::{Fault, ReadModels, Since};

/// Messages in the answer about one conversation.
const MESSAGES_MAX: u32 = 10_000;
/// Messages in an answer of what is new.
const NEW_MESSAGES_MAX: u32 = 1_000;

impl ReadModels {
    /// A conversation with its messages, oldest first, each with its author as the author is now;
    /// at most the newest 10,000. One statement, whose answer is one text.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn conversation(
        &self,
        conversation: ConversationId,
    ) -> Result<Option<Conversation>, Fault> {
        let db = self.db();
        let Some(text) = db.text(whole(db.dialect()), args![conversation.0]).await? else {
            return Ok(None);
        };
        let mut conversation: Conversation = serde_json::from_str(&text).map_err(Fault::Row)?;
        conversation.messages.reverse();
        Ok(Some(conversation))
    }

    /// What was written in a conversation strictly after a message or a time, oldest first; at
    /// most 1,000.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn messages_after(
        &self,
        conversation: ConversationId,
        since: Since<MessageId>,
    ) -> Result<Vec<MessageRow>, Fault> {
        let (condition, args) = match since {
            Since::Id(message) => ("messages.id > $2", args![conversation.0, message.0]),
            Since::Time(time) => ("messages.creation_time > $2", args![conversation.0, time]),
        };
        let from = format!(
            "{} WHERE messages.conversation_id = $1 AND {condition} ORDER BY messages.id LIMIT {NEW_MESSAGES_MAX}",
            MessageRow::FROM
        );
        self.db().read(MessageRow::COLUMNS, &from, args).await
    }

    /// The newest messages of a conversation, newest first: up to `limit`, at most 10,000.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn last_messages(
        &self,
        conversation: ConversationId,
        limit: u32,
    ) -> Result<Vec<MessageRow>, Fault> {
        let limit = limit.min(MESSAGES_MAX);
        let from = format!(
            "{} WHERE messages.conversation_id = $1 ORDER BY messages.id DESC LIMIT {limit}",
            MessageRow::FROM
        );
        self.db()
            .read(MessageRow::COLUMNS, &from, args![conversation.0])
            .await
    }

    /// The messages of a conversation in steps, oldest first: up to `limit` (at most 10,000) after
    /// this message; 0 for the start.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn messages_page(
        &self,
        conversation: ConversationId,
        after: MessageId,
        limit: u32,
    ) -> Result<Vec<MessageRow>, Fault> {
        let limit = limit.min(MESSAGES_MAX);
        let from = format!(
            "{} WHERE messages.conversation_id = $1 AND messages.id > $2 ORDER BY messages.id LIMIT {limit}",
            MessageRow::FROM
        );
        self.db()
            .read(MessageRow::COLUMNS, &from, args![conversation.0, after.0])
            .await
    }
}

/// The query for a whole conversation, newest message first: `[details, [message, …]]`.
fn whole(dialect: Dialect) -> String {
    let messages = dialect.query(
        MessageRow::COLUMNS,
        &format!(
            "{} WHERE messages.conversation_id = $1 ORDER BY messages.id DESC LIMIT {MESSAGES_MAX}",
            MessageRow::FROM
        ),
    );
    format!(
        "SELECT '[' || CAST({} AS TEXT) || ',' || ({messages}) || ']' {} WHERE conversations.id = $1",
        dialect.array(&ConversationDetails::COLUMNS.join(", ")),
        ConversationDetails::FROM
    )
}

/// The rows of these conversations, in this order, each with its last message.
pub(crate) async fn with_last_messages(
    db: &Db,
    ids: &[ConversationId],
) -> Result<Vec<ConversationRow>, Fault> {
    let picks: Vec<_> = ids.iter().map(|id| (*id, None)).collect();
    with_messages(db, &picks).await
}

/// The rows of these conversations, in this order, each with the message named, else its last.
pub(crate) async fn with_messages(
    db: &Db,
    picks: &[(ConversationId, Option<MessageId>)],
) -> Result<Vec<ConversationRow>, Fault> {
    if picks.is_empty() {
        return Ok(Vec::new());
    }
    let picked = serde_json::to_string(picks).map_err(Fault::Row)?;
    let rows: Vec<ConversationRow> = db.read_list(listed(db.dialect()), args![picked]).await?;
    let mut rows: HashMap<_, _> = rows.into_iter().map(|row| (row.details.id, row)).collect();
    Ok(picks.iter().filter_map(|(id, _)| rows.remove(id)).collect())
}

/// The query for the conversations in `$1`, pairs of conversation and message or null:
/// `[[details, last_time, message or null], …]`, in any order.
fn listed(dialect: Dialect) -> String {
    let (details, detail_names) = numbered("d", ConversationDetails::COLUMNS);
    let (message, message_names) = numbered("m", MessageRow::COLUMNS);
    let row = dialect.array(&format!(
        "{}, last_time, CASE WHEN m0 IS NULL THEN NULL ELSE {} END",
        dialect.array(&detail_names),
        dialect.array(&message_names)
    ));
    let select = format!(
        "SELECT {details}, conversations.last_time AS last_time, {message}
         FROM (SELECT CAST(value->>0 AS BIGINT) AS conversation_id, CAST(value->>1 AS BIGINT) AS message_id
               FROM {}) AS picks
         JOIN conversations ON conversations.id = picks.conversation_id
         JOIN users ON users.id = conversations.user_id
         LEFT JOIN messages ON messages.id = COALESCE(picks.message_id, conversations.last_message_id)
         LEFT JOIN users AS authors ON authors.id = messages.user_id",
        dialect.rows("$1")
    );
    dialect.list(&row, &select)
}

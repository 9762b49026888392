//! Searches for users and conversations.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use events::{ConversationId, MessageId, UserId};

use super::find::{CONVERSATIONS, MATCHES_MAX, MESSAGES, USERS};
use super::fold::wanted;
use crate::conversations::{ConversationRow, with_messages};
use crate::database::{Db, args, id_list};
use crate::generation::Generation;
use crate::{Fault, ReadModels};

/// Conversations in an answer.
const FOUND_MAX: usize = 100;
/// Messages of one user's conversations that are looked at.
const OWN_MESSAGES_MAX: u32 = 50_000;

/// A message that matches, and its conversation.
const MATCH: &[&str] = &[
    "message_search.id",
    "COALESCE((SELECT messages.conversation_id FROM messages WHERE messages.id = message_search.id), 0)",
];

/// Conversations found, each with the newest message that matches, if one does.
type Found = HashMap<ConversationId, Option<MessageId>>;

impl ReadModels {
    /// The newest 5,000 users with this text in a name, in "first last", in the address or in a
    /// detail.
    pub(crate) async fn matching_users(&self, text: &str) -> Result<Vec<UserId>, Fault> {
        match wanted(text) {
            Some(wanted) => matching_users(&self.db(), &wanted).await,
            None => Ok(Vec::new()),
        }
    }

    /// Conversations with this text in a message, in an attachment's name, in the title, or in the
    /// address, first name, last name or "first last" or a detail of their user; whatever their
    /// status, without regard to case. Matching messages are looked at newest first until they are
    /// in 100 conversations, at most 5,000, and as many titles and users; the 100 conversations of
    /// them that stand first in the list are returned.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn search_conversations(&self, text: &str) -> Result<Vec<ConversationRow>, Fault> {
        let Some(wanted) = wanted(text) else {
            return Ok(Vec::new());
        };
        let generation = self.generation();
        let db = &generation.db;
        let mut found = Found::new();
        let users = matching_users(db, &wanted).await?;
        let from = format!(
            "FROM conversations WHERE user_id IN ({}) ORDER BY last_time DESC, id DESC LIMIT {MATCHES_MAX}",
            db.dialect().ids("$1")
        );
        let theirs: Vec<(ConversationId,)> =
            db.read(&["id"], &from, args![id_list(&users)]).await?;
        let titled: Vec<(ConversationId,)> = CONVERSATIONS
            .find(db, &["conversation_search.id"], &wanted, |_| false)
            .await?;
        found.extend(theirs.into_iter().chain(titled).map(|(id,)| (id, None)));

        let messages: Vec<(MessageId, ConversationId)> = MESSAGES
            .find(db, MATCH, &wanted, many_conversations)
            .await?;
        found.extend(newest_by_conversation(messages));
        answer(&generation, found).await
    }

    /// Conversations of one user with this text in a message, in an attachment's name or in the
    /// title; whatever their status, without regard to case. The user's newest 50,000 messages
    /// are looked at; at most 100 conversations, in the order of the list.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn search_user_conversations(
        &self,
        user: UserId,
        text: &str,
    ) -> Result<Vec<ConversationRow>, Fault> {
        let Some(wanted) = wanted(text) else {
            return Ok(Vec::new());
        };
        let generation = self.generation();
        let db = &generation.db;
        let own = "SELECT id FROM conversations WHERE user_id = $2";

        let contains = CONVERSATIONS.contains(db.dialect());
        let from = format!(
            "FROM conversation_search WHERE id IN ({own}) AND {contains} LIMIT {MATCHES_MAX}"
        );
        let titled: Vec<(ConversationId,)> = db
            .read(&["id"], &from, args![wanted.as_str(), user.0])
            .await?;
        let mut found: Found = titled.into_iter().map(|(id,)| (id, None)).collect();

        let contains = MESSAGES.contains(db.dialect());
        let from = format!(
            "FROM (SELECT id, conversation_id FROM messages WHERE conversation_id IN ({own})
                   ORDER BY id DESC LIMIT {OWN_MESSAGES_MAX}) AS messages
             JOIN message_search ON message_search.id = messages.id
             WHERE {contains} ORDER BY messages.id DESC LIMIT {MATCHES_MAX}"
        );
        let messages: Vec<(MessageId, ConversationId)> = db
            .read(
                &["messages.id", "messages.conversation_id"],
                &from,
                args![wanted.as_str(), user.0],
            )
            .await?;
        found.extend(newest_by_conversation(messages));
        answer(&generation, found).await
    }
}

async fn matching_users(db: &Db, wanted: &str) -> Result<Vec<UserId>, Fault> {
    let rows: Vec<(UserId,)> = USERS
        .find(db, &["user_search.id"], wanted, |_| false)
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Whether there are as many conversations as an answer holds.
fn many_conversations(messages: &[(MessageId, ConversationId)]) -> bool {
    let conversations: HashSet<_> = messages
        .iter()
        .map(|(_, conversation)| conversation)
        .collect();
    conversations.len() >= FOUND_MAX
}

/// Of messages that come newest first, the first of each conversation.
fn newest_by_conversation(messages: Vec<(MessageId, ConversationId)>) -> Found {
    messages
        .into_iter()
        .rev()
        .map(|(message, conversation)| (conversation, Some(message)))
        .collect()
}

/// The rows of what stands first in the list.
async fn answer(generation: &Generation, found: Found) -> Result<Vec<ConversationRow>, Fault> {
    let mut picks: Vec<_> = {
        let board = generation.board();
        let timed = |(id, message)| Some((Reverse((board.get(id)?.last_time, id)), message));
        found.into_iter().filter_map(timed).collect()
    };
    picks.sort_unstable();
    picks.truncate(FOUND_MAX);
    let picks: Vec<_> = picks
        .into_iter()
        .map(|(Reverse((_, id)), message)| (id, message))
        .collect();
    with_messages(&generation.db, &picks).await
}

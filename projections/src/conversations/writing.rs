//! Writing a batch's changes: new rows, changed rows, then what deletions take along.
//!
//! Deletions come last, as statements over all rows: nothing in a log happens to a user, a
//! conversation or a message after it was deleted, so their order within a batch is free.

use std::borrow::Cow;

use serde::Serialize;

use events::{ConversationId, MessageId};

use super::board::PlaceRow;
use super::changes::{Changes, ConversationPatch, MessagePatch, NewConversation, NewMessage};
use super::rows::{CONVERSATIONS, MESSAGES, NOTES, RATINGS};
use crate::Fault;
use crate::database::{Kind, Shape, Tx, args, id_list};
use crate::projection::Effects;

/// Rows that change conversations; null leaves a column alone, but for agent and department,
/// which may become null and so say whether they change. The last message only moves on.
const CONVERSATION_PATCH: Shape = Shape(&[
    ("id", Kind::Int),
    ("status_code", Kind::Int),
    ("status_time", Kind::Int),
    ("agent_set", Kind::Int),
    ("agent_id", Kind::Int),
    ("department_set", Kind::Int),
    ("department", Kind::Int),
    ("last_message_id", Kind::Int),
    ("last_time", Kind::Int),
]);
const SET_CONVERSATION: &str = "
    status_code = COALESCE(patch.status_code, conversations.status_code),
    status_time = COALESCE(patch.status_time, conversations.status_time),
    agent_id = CASE WHEN patch.agent_set = 1 THEN patch.agent_id ELSE conversations.agent_id END,
    department = CASE WHEN patch.department_set = 1 THEN patch.department ELSE conversations.department END,
    last_message_id = CASE WHEN patch.last_message_id > COALESCE(conversations.last_message_id, 0)
                           THEN patch.last_message_id ELSE conversations.last_message_id END,
    last_time = CASE WHEN patch.last_message_id > COALESCE(conversations.last_message_id, 0)
                     THEN patch.last_time ELSE conversations.last_time END";

/// Rows that change messages; null leaves a column alone.
const MESSAGE_PATCH: Shape = Shape(&[
    ("id", Kind::Int),
    ("message", Kind::Text),
    ("attachments", Kind::Text),
    ("payload", Kind::Text),
    ("status_code", Kind::Int),
]);
const SET_MESSAGE: &str = "
    message = COALESCE(patch.message, messages.message),
    attachments = COALESCE(patch.attachments, messages.attachments),
    payload = COALESCE(patch.payload, messages.payload),
    status_code = COALESCE(patch.status_code, messages.status_code)";

impl Changes {
    /// Writes the changes.
    pub(crate) async fn write(mut self, tx: &mut Tx, effects: &mut Effects) -> Result<(), Fault> {
        self.write_conversations(tx).await?;
        self.write_messages(tx).await?;
        let ratings: Vec<_> = self
            .rated
            .iter()
            .map(|(id, rating)| (id, rating.agent, u8::from(rating.positive), rating.time_ms))
            .collect();
        RATINGS
            .upsert(tx, &["agent_id", "positive", "rating_time"], &ratings)
            .await?;
        self.write_notes(tx).await?;
        self.delete_messages(tx).await?;
        self.delete_conversations(tx).await?;
        self.delete_users(tx).await?;
        self.find_last_messages(tx).await?;
        self.report(tx, effects).await
    }

    async fn write_conversations(&mut self, tx: &mut Tx) -> Result<(), Fault> {
        let patched = &mut self.patched;
        let created: Vec<_> = self
            .created
            .iter()
            .map(|(id, new)| new.values(*id, patched.remove(id).unwrap_or_default()))
            .collect();
        CONVERSATIONS.insert(tx, &created).await?;
        let patches: Vec<_> = self
            .patched
            .iter()
            .map(|(id, patch)| patch.values(*id))
            .collect();
        CONVERSATIONS
            .patch(tx, CONVERSATION_PATCH, SET_CONVERSATION, &patches)
            .await
    }

    async fn write_messages(&mut self, tx: &mut Tx) -> Result<(), Fault> {
        let edited = &mut self.edited;
        let sent: Vec<_> = self
            .sent
            .iter()
            .map(|(id, new)| new.values(*id, edited.remove(id).unwrap_or_default()))
            .collect();
        MESSAGES.insert(tx, &sent).await?;
        let patches: Vec<_> = self
            .edited
            .iter()
            .map(|(id, patch)| patch.values(*id))
            .collect();
        MESSAGES
            .patch(tx, MESSAGE_PATCH, SET_MESSAGE, &patches)
            .await
    }

    async fn write_notes(&self, tx: &mut Tx) -> Result<(), Fault> {
        let noted: Vec<_> = self
            .noted
            .iter()
            .map(|(id, new)| {
                let (added, time_ms) = (&new.added, new.time_ms);
                (
                    id,
                    new.conversation,
                    added.author,
                    &added.name,
                    &added.text,
                    time_ms,
                )
            })
            .collect();
        NOTES.insert(tx, &noted).await?;
        let deleted: Vec<_> = self.deleted_notes.iter().collect();
        NOTES.delete(tx, "id", &deleted).await
    }

    async fn delete_messages(&self, tx: &mut Tx) -> Result<(), Fault> {
        let messages: Vec<_> = self.deleted_messages.iter().collect();
        MESSAGES.delete(tx, "id", &messages).await
    }

    async fn delete_conversations(&self, tx: &mut Tx) -> Result<(), Fault> {
        let conversations: Vec<_> = self.deleted_conversations.iter().collect();
        CONVERSATIONS.delete(tx, "id", &conversations).await?;
        for table in [MESSAGES, RATINGS, NOTES] {
            table.delete(tx, "conversation_id", &conversations).await?;
        }
        Ok(())
    }

    /// Takes along what hangs on deleted users beside their conversations: what they wrote
    /// elsewhere, and what was assigned or credited to them.
    async fn delete_users(&mut self, tx: &mut Tx) -> Result<(), Fault> {
        if self.deleted_users.is_empty() {
            return Ok(());
        }
        let users: Vec<_> = self.deleted_users.iter().copied().collect();
        NOTES.delete(tx, "user_id", &users).await?;

        let theirs = tx.dialect().ids("$1");
        let from = format!("FROM messages WHERE user_id IN ({theirs}) GROUP BY conversation_id");
        let elsewhere: Vec<(ConversationId,)> = tx
            .read(&["conversation_id"], &from, args![id_list(&users)])
            .await?;
        self.shortened.extend(elsewhere.iter().map(|(id,)| *id));
        MESSAGES.delete(tx, "user_id", &users).await?;

        let from = format!("FROM conversations WHERE agent_id IN ({theirs})");
        let assigned: Vec<(ConversationId,)> =
            tx.read(&["id"], &from, args![id_list(&users)]).await?;
        self.touched.extend(assigned.iter().map(|(id,)| *id));
        for table in [CONVERSATIONS.name, RATINGS.name] {
            let sql = format!("UPDATE {table} SET agent_id = NULL WHERE agent_id IN ({theirs})");
            tx.execute(sql, args![id_list(&users)]).await?;
        }
        Ok(())
    }

    async fn find_last_messages(&mut self, tx: &mut Tx) -> Result<(), Fault> {
        if self.shortened.is_empty() {
            return Ok(());
        }
        let shortened: Vec<_> = self.shortened.iter().copied().collect();
        let last = "(SELECT MAX(messages.id) FROM messages WHERE messages.conversation_id = conversations.id)";
        let sql = format!(
            "UPDATE conversations SET last_message_id = {last}, last_time = COALESCE(
                 (SELECT messages.creation_time FROM messages WHERE messages.id = {last}), creation_time)
             WHERE id IN ({})",
            tx.dialect().ids("$1")
        );
        tx.execute(sql, args![id_list(&shortened)]).await?;
        self.touched.append(&mut self.shortened);
        Ok(())
    }

    /// Says which conversations were touched, and where they stand in the lists now.
    async fn report(mut self, tx: &mut Tx, effects: &mut Effects) -> Result<(), Fault> {
        if self.touched.is_empty() {
            return Ok(());
        }
        let touched: Vec<_> = self.touched.iter().copied().collect();
        let from = format!(
            "FROM conversations WHERE id IN ({})",
            tx.dialect().ids("$1")
        );
        let rows: Vec<PlaceRow> = tx
            .read(PlaceRow::COLUMNS, &from, args![id_list(&touched)])
            .await?;
        effects
            .places
            .extend(touched.into_iter().map(|id| (id, None)));
        effects
            .places
            .extend(rows.into_iter().map(|row| (row.id(), Some(row.place()))));
        effects.touched.conversations.append(&mut self.touched);
        Ok(())
    }
}

impl NewConversation {
    /// The row, with what changed before it was written.
    fn values(&self, id: ConversationId, patch: ConversationPatch) -> impl Serialize + '_ {
        let (status, status_time) = patch.status.unwrap_or((self.created.status, self.time_ms));
        (
            id,
            self.created.user,
            &self.created.title,
            status,
            status_time,
            patch.department.unwrap_or(self.created.department),
            patch.agent.unwrap_or(self.created.agent),
            self.created.source,
            &self.created.extra,
            self.time_ms,
            patch.last_message.map(|(message, _)| message),
            patch
                .last_message
                .map_or(self.time_ms, |(_, time_ms)| time_ms),
        )
    }
}

impl ConversationPatch {
    /// The row of [`CONVERSATION_PATCH`].
    fn values(&self, id: ConversationId) -> impl Serialize {
        (
            id,
            self.status.map(|(status, _)| status),
            self.status.map(|(_, since)| since),
            u8::from(self.agent.is_some()),
            self.agent.flatten(),
            u8::from(self.department.is_some()),
            self.department.flatten(),
            self.last_message.map(|(message, _)| message),
            self.last_message.map(|(_, time_ms)| time_ms),
        )
    }
}

impl NewMessage {
    /// The row, with what changed before it was written.
    fn values(&self, id: MessageId, patch: MessagePatch) -> impl Serialize + '_ {
        (
            id,
            self.conversation,
            self.author,
            patch
                .text
                .map_or_else(|| Cow::Borrowed(self.text.as_str()), Cow::Owned),
            patch
                .attachments
                .map_or_else(|| Cow::Borrowed(self.attachments.as_str()), Cow::Owned),
            patch
                .payload
                .map_or_else(|| Cow::Borrowed(self.payload.as_str()), Cow::Owned),
            patch.status_code.unwrap_or(0),
            self.time_ms,
        )
    }
}

impl MessagePatch {
    /// The row of [`MESSAGE_PATCH`].
    fn values(&self, id: MessageId) -> impl Serialize + '_ {
        (
            id,
            &self.text,
            &self.attachments,
            &self.payload,
            self.status_code,
        )
    }
}

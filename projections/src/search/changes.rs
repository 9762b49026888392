//! What events do to the texts that are searched: folded into one operation for each row, then
//! written.
//!
//! Which messages a deleted user takes along is looked up in `messages`, before `conversations`
//! removes them there: two indexes of our own for that would cost every message a third more.

use std::collections::{BTreeMap, BTreeSet};

use events::message::Sent;
use events::user::Detail;
use events::{ConversationId, Event, MessageId, Recorded, UserId, topic};

use super::fold::{fold, searchable};
use super::messages::{Edit, Message, names};
use super::rows::{CONVERSATIONS, MESSAGES, Part, Parts, USERS};
use crate::Fault;
use crate::database::{Kind, Shape, Tx, args, id_list};

/// Rows that change messages; null leaves a column alone.
const MESSAGE_PATCH: Shape = Shape(&[
    ("id", Kind::Int),
    ("text", Kind::Text),
    ("attachments", Kind::Text),
]);
const SET_MESSAGE: &str = "text = COALESCE(patch.text, message_search.text),
    attachments = COALESCE(patch.attachments, message_search.attachments)";

/// The changes of a batch.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    sent: BTreeMap<MessageId, Message>,
    edited: BTreeMap<MessageId, Edit>,
    titles: BTreeMap<ConversationId, String>,
    created: BTreeMap<UserId, Parts>,
    changed: BTreeMap<UserId, Vec<Part>>,
    deleted_users: BTreeSet<UserId>,
    deleted_conversations: BTreeSet<ConversationId>,
    deleted_messages: BTreeSet<MessageId>,
}

impl Changes {
    /// Folds events into changes.
    pub(crate) fn of(events: &[Recorded]) -> Self {
        let mut changes = Self::default();
        for recorded in events {
            if let Some(event) = &recorded.event {
                changes.fold(recorded.stream.id, event);
            }
        }
        changes
    }

    fn fold(&mut self, stream: u64, event: &Event) {
        let user = UserId(stream);
        match event {
            Event::UserCreated(created) => {
                self.created.insert(user, Parts::default());
                self.set(user, Part::FirstName(created.first_name.clone()));
                self.set(user, Part::LastName(created.last_name.clone()));
                self.set(user, Part::Email(created.email.clone()));
                self.set_details(user, &created.details);
            }
            Event::UserProfileUpdated(profile) => {
                let first_name = profile.first_name.clone().map(Part::FirstName);
                let last_name = profile.last_name.clone().map(Part::LastName);
                for part in first_name.into_iter().chain(last_name) {
                    self.set(user, part);
                }
            }
            Event::UserEmailChanged(changed) => self.set(user, Part::Email(changed.email.clone())),
            Event::UserDetailsUpdated(details) => {
                for slug in &details.removed {
                    self.set(user, Part::Detail(slug.clone(), None));
                }
                self.set_details(user, &details.set);
            }
            Event::UserUrlVisited(visited) => self.set_details(user, &[visited.detail()]),
            Event::UserDeleted(deleted) => {
                self.deleted_users.insert(user);
                self.deleted_conversations.extend(&deleted.conversations);
            }
            Event::ConversationCreated(created) => {
                let title = searchable([fold(&created.title)]);
                if !title.is_empty() {
                    self.titles.insert(ConversationId(stream), title);
                }
            }
            Event::ConversationDeleted(_) => {
                self.deleted_conversations.insert(ConversationId(stream));
            }
            Event::MessageSent(sent) => self.send(ConversationId(stream), sent),
            Event::MessageUpdated(updated) => {
                let edit = self.edited.entry(updated.message).or_default();
                if let Some(text) = &updated.text {
                    edit.text = Some(searchable([fold(text)]));
                }
                if let Some(list) = &updated.attachments {
                    edit.attachments = Some(names(list));
                }
            }
            Event::MessageDeleted(deleted) => {
                self.deleted_messages.insert(deleted.message);
            }
            Event::UserPasswordChanged(_)
            | Event::UserTypeChanged(_)
            | Event::UserLoggedIn(_)
            | Event::UserLoggedOut(_)
            | Event::UserReturned(_)
            | Event::ConversationStatusChanged(_)
            | Event::ConversationAgentAssigned(_)
            | Event::ConversationDepartmentAssigned(_)
            | Event::ConversationRated(_)
            | Event::ConversationQueued(_)
            | Event::ConversationTakenOver(_)
            | Event::MessageRead(_)
            | Event::ReportRecorded(_)
            | topic!(notes)
            | topic!(deliveries)
            | topic!(channels)
            | topic!(articles)
            | topic!(workspace) => {}
        }
    }

    fn set(&mut self, user: UserId, part: Part) {
        match self.created.get_mut(&user) {
            Some(parts) => parts.set(&part),
            None => self.changed.entry(user).or_default().push(part),
        }
    }

    fn set_details(&mut self, user: UserId, details: &[Detail]) {
        for detail in details {
            self.set(
                user,
                Part::Detail(detail.slug.clone(), Some(detail.value.clone())),
            );
        }
    }

    fn send(&mut self, conversation: ConversationId, sent: &Sent) {
        let message = Message {
            conversation,
            author: sent.author,
            text: searchable([fold(&sent.text)]),
            attachments: names(&sent.attachments),
        };
        self.sent.insert(sent.message, message);
    }

    /// Writes the changes. Deletions come last, as in `conversations`.
    pub(crate) async fn write(mut self, tx: &mut Tx) -> Result<(), Fault> {
        self.write_messages(tx).await?;
        let titles: Vec<_> = self.titles.iter().collect();
        CONVERSATIONS.insert(tx, &titles).await?;
        self.write_users(tx).await?;
        self.delete(tx).await
    }

    async fn write_messages(&mut self, tx: &mut Tx) -> Result<(), Fault> {
        self.sent.retain(|id, new| {
            !self.deleted_messages.contains(id)
                && !self.deleted_conversations.contains(&new.conversation)
                && !self.deleted_users.contains(&new.author)
        });
        self.edited.retain(|id, edit| match self.sent.get_mut(id) {
            Some(message) => {
                message.edit(edit);
                false
            }
            None => edit.text.is_some() || edit.attachments.is_some(),
        });
        let sent: Vec<_> = self
            .sent
            .iter()
            .map(|(id, new)| (id, &new.text, &new.attachments))
            .collect();
        MESSAGES.insert(tx, &sent).await?;
        let edited: Vec<_> = self
            .edited
            .iter()
            .map(|(id, edit)| (id, &edit.text, &edit.attachments))
            .collect();
        MESSAGES
            .patch(tx, MESSAGE_PATCH, SET_MESSAGE, &edited)
            .await
    }

    /// Users that are there already are read first: a text is put together from all its parts.
    async fn write_users(&mut self, tx: &mut Tx) -> Result<(), Fault> {
        if !self.changed.is_empty() {
            let ids: Vec<_> = self.changed.keys().copied().collect();
            let from = format!("FROM user_search WHERE id IN ({})", tx.dialect().ids("$1"));
            let known: Vec<(UserId, String)> = tx
                .read(&["id", "parts"], &from, args![id_list(&ids)])
                .await?;
            for (id, parts) in known {
                let mut parts: Parts = serde_json::from_str(&parts).map_err(Fault::Row)?;
                self.changed
                    .remove(&id)
                    .iter()
                    .flatten()
                    .for_each(|part| parts.set(part));
                self.created.insert(id, parts);
            }
        }
        let mut rows = Vec::with_capacity(self.created.len());
        for (id, parts) in &self.created {
            rows.push((
                id,
                parts.text(),
                serde_json::to_string(parts).map_err(Fault::Row)?,
            ));
        }
        USERS.upsert(tx, &["text", "parts"], &rows).await
    }

    /// Removes what is known no more and was missed: a replay of this projection alone finds the
    /// messages of users deleted later gone from `messages`.
    pub(crate) async fn remove_strays(tx: &mut Tx) -> Result<(), Fault> {
        let sql = "DELETE FROM message_search WHERE id NOT IN (SELECT id FROM messages)";
        tx.execute(sql.to_owned(), args![]).await
    }

    async fn delete(&self, tx: &mut Tx) -> Result<(), Fault> {
        if self.deleted_users.is_empty()
            && self.deleted_conversations.is_empty()
            && self.deleted_messages.is_empty()
        {
            return Ok(());
        }
        let users: Vec<_> = self.deleted_users.iter().copied().collect();
        let conversations: Vec<_> = self.deleted_conversations.iter().copied().collect();
        let messages: Vec<_> = self.deleted_messages.iter().collect();
        MESSAGES.delete(tx, "id", &messages).await?;
        let theirs = [
            ("conversation_id", id_list(&conversations)),
            ("user_id", id_list(&users)),
        ];
        for (column, ids) in theirs {
            let sql = format!(
                "DELETE FROM message_search
                 WHERE id IN (SELECT id FROM messages WHERE {column} IN ({}))",
                tx.dialect().ids("$1")
            );
            tx.execute(sql, args![ids]).await?;
        }
        CONVERSATIONS.delete(tx, "id", &conversations).await?;
        USERS.delete(tx, "id", &users).await
    }
}

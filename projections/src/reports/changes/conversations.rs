//! Conversations: new messages are counted on what is known; where something goes, all messages
//! are taken and those that stay are added again.

use std::collections::{BTreeMap, BTreeSet};

use events::{ConversationId, UserId};

use super::{Changes, News};
use crate::Fault;
use crate::database::{Kind, Shape, Tx, args, id_list, run};
use crate::reports::rows::{AUTHORS, CONVERSATIONS, MESSAGES};
use crate::reports::talks::{Message, MessageRow, Talk, TalkRow};
use crate::reports::tally::Tally;

/// Conversations counted anew at once: their messages are all in memory then.
const SHORTENED_AT_ONCE: usize = 500;

/// The rows to write.
#[derive(Default)]
struct Rows {
    talks: Vec<(ConversationId, Talk)>,
    messages: Vec<(ConversationId, Message)>,
    authors: BTreeSet<(UserId, ConversationId)>,
    gone: Vec<ConversationId>,
    gone_messages: Vec<(ConversationId, Message)>,
    gone_authors: BTreeSet<(UserId, ConversationId)>,
}

type Talks = BTreeMap<ConversationId, Talk>;
type Messages = BTreeMap<ConversationId, Vec<Message>>;

impl Changes<'_> {
    pub(super) async fn write_conversations(&mut self, tx: &mut Tx) -> Result<(), Fault> {
        self.find_shortened(tx).await?;
        let news = std::mem::take(&mut self.conversations);
        let (shortened, grown): (Vec<_>, Vec<_>) =
            news.iter().partition(|(_, news)| news.shortened);

        let mut talks = known_talks(tx, &grown).await?;
        let mut rows = Rows::default();
        for (id, news) in grown {
            rows.grow(*id, news, talks.remove(id), &mut self.tally);
        }
        rows.write(tx).await?;
        for some in shortened.chunks(SHORTENED_AT_ONCE) {
            let mut talks = known_talks(tx, some).await?;
            let mut messages = known_messages(tx, some).await?;
            let mut rows = Rows::default();
            for (id, news) in some {
                let before = talks.remove(id);
                let old = messages.remove(id).unwrap_or_default();
                let stays = |message: &Message| {
                    !news.deleted.contains(&message.id)
                        && !self.deleted_users.contains_key(&message.author)
                };
                rows.shorten(**id, news, before, &old, stays, &mut self.tally);
            }
            rows.write(tx).await?;
        }
        self.conversations = news;
        Ok(())
    }

    /// Where deleted users wrote something goes, be it in this batch or before.
    async fn find_shortened(&mut self, tx: &mut Tx) -> Result<(), Fault> {
        if self.deleted_users.is_empty() {
            return Ok(());
        }
        for news in self.conversations.values_mut() {
            let wrote = |message: &Message| self.deleted_users.contains_key(&message.author);
            news.shortened |= news.sent.iter().any(wrote);
        }
        let users: Vec<_> = self.deleted_users.keys().copied().collect();
        let from = format!(
            "FROM report_authors WHERE user_id IN ({})",
            tx.dialect().ids("$1")
        );
        let wrote: Vec<(ConversationId,)> = tx
            .read(&["conversation_id"], &from, args![id_list(&users)])
            .await?;
        for (conversation,) in wrote {
            self.news(conversation).shortened = true;
        }
        Ok(())
    }
}

impl Rows {
    /// Counts what is new. A conversation that nothing is known of was erased.
    fn grow(&mut self, id: ConversationId, news: &News, talk: Option<Talk>, tally: &mut Tally) {
        let mut say = |entry| tally.add(entry);
        let created = news.created.map(|quarter| Talk::new(quarter, &mut say));
        let Some(mut talk) = created.or(talk) else {
            return;
        };
        let before: BTreeSet<UserId> = talk.authors().collect();
        for message in &news.sent {
            talk.hear(message, &mut say);
            self.messages.push((id, *message));
        }
        let authors = talk.authors().filter(|author| !before.contains(author));
        self.authors.extend(authors.map(|author| (author, id)));
        self.talks.push((id, talk));
    }

    /// Takes all that was counted, and counts what stays.
    fn shorten(
        &mut self,
        id: ConversationId,
        news: &News,
        before: Option<Talk>,
        old: &[Message],
        stays: impl Fn(&Message) -> bool,
        tally: &mut Tally,
    ) {
        if let Some(before) = &before {
            let mut say = |entry| tally.take(entry);
            let mut talk = before.anew(&mut say);
            for message in old {
                talk.hear(message, &mut say);
            }
        }
        let authors_before: BTreeSet<UserId> = before.iter().flat_map(Talk::authors).collect();
        let mut say = |entry| tally.add(entry);
        let mut authors_after = BTreeSet::new();
        if news.gone {
            self.gone.push(id);
        } else {
            let created = news.created.map(|quarter| Talk::new(quarter, &mut say));
            let Some(mut talk) = created.or_else(|| before.map(|talk| talk.anew(&mut say))) else {
                return;
            };
            for message in old.iter().chain(&news.sent).filter(|one| stays(one)) {
                talk.hear(message, &mut say);
            }
            authors_after.extend(talk.authors());
            self.talks.push((id, talk));
            let sent = news.sent.iter().filter(|message| stays(message));
            self.messages.extend(sent.map(|message| (id, *message)));
            let gone = old.iter().filter(|message| !stays(message));
            self.gone_messages
                .extend(gone.map(|message| (id, *message)));
        }
        let of_this = |author: &UserId| (*author, id);
        let gone = authors_before.difference(&authors_after);
        self.gone_authors.extend(gone.map(of_this));
        let new = authors_after.difference(&authors_before);
        self.authors.extend(new.map(of_this));
    }

    async fn write(self, tx: &mut Tx) -> Result<(), Fault> {
        let talks: Result<Vec<_>, Fault> = self
            .talks
            .iter()
            .map(|(id, talk)| talk.values(*id))
            .collect();
        let columns = [
            "created",
            "messages",
            "first_time",
            "last_time",
            "awaiting",
            "authors",
        ];
        CONVERSATIONS.upsert(tx, &columns, &talks?).await?;
        let messages = self.messages.iter();
        let messages: Vec<_> = messages.map(|(id, message)| message.values(*id)).collect();
        MESSAGES.insert(tx, &messages).await?;
        let authors: Vec<_> = self.authors.iter().collect();
        AUTHORS.insert(tx, &authors).await?;

        CONVERSATIONS
            .delete(tx, "conversation_id", &self.gone)
            .await?;
        MESSAGES.delete(tx, "conversation_id", &self.gone).await?;
        let gone = self.gone_messages.iter();
        let gone: Vec<_> = gone.map(|(id, message)| (id, message.id)).collect();
        delete_pairs(tx, MESSAGES.name, MESSAGE_KEY, &gone).await?;
        let gone: Vec<_> = self.gone_authors.iter().collect();
        delete_pairs(tx, AUTHORS.name, AUTHORS.columns, &gone).await
    }
}

/// What names a message.
const MESSAGE_KEY: Shape = Shape(&[("conversation_id", Kind::Int), ("message_id", Kind::Int)]);

/// Removes the rows with these keys.
async fn delete_pairs<R: serde::Serialize>(
    tx: &mut Tx,
    table: &str,
    key: Shape,
    pairs: &[R],
) -> Result<(), Fault> {
    let (names, rows) = (key.names(), key.rows(tx.dialect()));
    let sql =
        format!("DELETE FROM {table} WHERE ({names}) IN (SELECT {names} FROM ({rows}) AS gone)");
    run(tx, &sql, pairs).await
}

/// How far those of these conversations are counted that were there before.
async fn known_talks(tx: &mut Tx, news: &[(&ConversationId, &News)]) -> Result<Talks, Fault> {
    let known = news.iter().filter(|(_, news)| news.created.is_none());
    let ids: Vec<ConversationId> = known.map(|(id, _)| **id).collect();
    if ids.is_empty() {
        return Ok(Talks::new());
    }
    let columns: Vec<_> = CONVERSATIONS
        .columns
        .0
        .iter()
        .map(|(name, _)| *name)
        .collect();
    let from = format!(
        "FROM report_conversations WHERE conversation_id IN ({})",
        tx.dialect().ids("$1")
    );
    let rows: Vec<TalkRow> = tx.read(&columns, &from, args![id_list(&ids)]).await?;
    rows.into_iter().map(TalkRow::talk).collect()
}

/// The messages of these conversations that were there before, in order.
async fn known_messages(tx: &mut Tx, news: &[(&ConversationId, &News)]) -> Result<Messages, Fault> {
    let ids: Vec<ConversationId> = news.iter().map(|(id, _)| **id).collect();
    let columns: Vec<_> = MESSAGES.columns.0.iter().map(|(name, _)| *name).collect();
    let from = format!(
        "FROM report_messages WHERE conversation_id IN ({}) ORDER BY conversation_id, message_id",
        tx.dialect().ids("$1")
    );
    let rows: Vec<MessageRow> = tx.read(&columns, &from, args![id_list(&ids)]).await?;
    let mut messages = Messages::new();
    for (conversation, message) in rows.into_iter().map(MessageRow::message) {
        messages.entry(conversation).or_default().push(message);
    }
    Ok(messages)
}

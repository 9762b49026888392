//! What a batch of events does to the reports: gathered by user and by conversation, counted on
//! what is known of them, and written.

mod conversations;
mod ratings;
mod users;

use std::collections::{BTreeMap, BTreeSet};

use events::message::Sent;
use events::user::UserType;
use events::{ConversationId, Event, MessageId, Recorded, UserId, topic};

use super::articles;
use super::people;
use super::recorded;
use super::talks::{Message, Side};
use super::tally::{Tally, quarter};
use crate::Fault;
use crate::database::Tx;

/// The changes of a batch.
#[derive(Debug, Default)]
pub(crate) struct Changes<'a> {
    people: BTreeMap<UserId, Vec<&'a Recorded>>,
    conversations: BTreeMap<ConversationId, News>,
    rated: BTreeMap<ConversationId, Option<Rating>>,
    deleted_users: BTreeMap<UserId, UserType>,
    tally: Tally,
}

/// What happened in a conversation.
#[derive(Debug, Default)]
struct News {
    /// The quarter in which it was created, if it was in this batch.
    created: Option<i64>,
    sent: Vec<Message>,
    deleted: BTreeSet<MessageId>,
    /// It was deleted, alone or with its user.
    gone: bool,
    /// Something that was counted before may go.
    shortened: bool,
}

/// How a conversation was rated.
#[derive(Clone, Copy, Debug)]
struct Rating {
    agent: UserId,
    positive: bool,
    quarter: i64,
}

impl<'a> Changes<'a> {
    /// Gathers what happens to whom.
    pub(crate) fn of(events: &'a [Recorded]) -> Self {
        let mut changes = Self::default();
        for recorded in events {
            if people::concerns(recorded) {
                let user = UserId(recorded.stream.id);
                changes.people.entry(user).or_default().push(recorded);
            }
            if let Some(event) = &recorded.event {
                changes.fold(recorded, event);
            }
        }
        changes
    }

    fn fold(&mut self, recorded: &Recorded, event: &Event) {
        let id = ConversationId(recorded.stream.id);
        match event {
            Event::ConversationCreated(_) => {
                self.news(id).created = Some(quarter(recorded.time_ms));
            }
            Event::ConversationRated(rated) => {
                let rating = rated.agent.map(|agent| Rating {
                    agent,
                    positive: rated.positive,
                    quarter: quarter(recorded.time_ms),
                });
                self.rated.insert(id, rating);
            }
            Event::MessageSent(sent) => self.news(id).hear(sent, recorded.time_ms),
            Event::MessageDeleted(deleted) => {
                let news = self.news(id);
                news.deleted.insert(deleted.message);
                news.shortened = true;
            }
            Event::UserDeleted(deleted) => {
                let user = UserId(recorded.stream.id);
                self.deleted_users.insert(user, deleted.user_type);
                for conversation in &deleted.conversations {
                    let news = self.news(*conversation);
                    (news.gone, news.shortened) = (true, true);
                }
            }
            Event::ConversationDeleted(_) => {
                let news = self.news(id);
                (news.gone, news.shortened) = (true, true);
            }
            Event::ReportRecorded(row) => {
                if let Some(entry) = recorded::entry(row, recorded.time_ms) {
                    self.tally.add(entry);
                }
            }
            Event::ArticleRated(_) | Event::ArticlesViewed(_) | Event::ArticlesSearched(_) => {
                for entry in articles::entries(event, recorded.time_ms) {
                    self.tally.add(entry);
                }
            }
            Event::UserCreated(_)
            | Event::UserProfileUpdated(_)
            | Event::UserEmailChanged(_)
            | Event::UserPasswordChanged(_)
            | Event::UserTypeChanged(_)
            | Event::UserDetailsUpdated(_)
            | Event::UserUrlVisited(_)
            | Event::UserLoggedIn(_)
            | Event::UserLoggedOut(_)
            | Event::UserReturned(_)
            | Event::ConversationStatusChanged(_)
            | Event::ConversationAgentAssigned(_)
            | Event::ConversationDepartmentAssigned(_)
            | Event::ConversationQueued(_)
            | Event::ConversationTakenOver(_)
            | Event::MessageUpdated(_)
            | Event::MessageRead(_)
            | Event::ArticleSaved(_)
            | Event::ArticleRemoved(_)
            | Event::ArticlesOrdered(_)
            | Event::ArticleCategoriesSaved(_)
            | topic!(notes)
            | topic!(deliveries)
            | topic!(channels)
            | topic!(workspace) => {}
        }
    }

    fn news(&mut self, conversation: ConversationId) -> &mut News {
        self.conversations.entry(conversation).or_default()
    }

    /// Writes the changes.
    pub(crate) async fn write(mut self, tx: &mut Tx) -> Result<(), Fault> {
        self.write_users(tx).await?;
        self.write_conversations(tx).await?;
        self.write_ratings(tx).await?;
        self.tally.write(tx).await
    }
}

impl News {
    fn hear(&mut self, sent: &Sent, time: i64) {
        self.sent.push(Message {
            id: sent.message,
            author: sent.author,
            side: Side::of(sent.author_type),
            time,
        });
    }
}

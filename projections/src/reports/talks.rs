//! What a conversation adds to the reports, message by message.
//!
//! A [`Talk`] is folded from messages in the order of their ids; each step says what it adds. The
//! same fold run backwards, that is taken instead of added, is what happens when messages go.

use events::report::Name;
use events::user::UserType;
use events::{ConversationId, MessageId, UserId};
use serde::{Deserialize, Serialize};

use super::tally::{Entry, quarter};
use crate::Fault;

/// Who a message is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Customer,
    Staff,
    Bot,
}

impl Side {
    pub(super) fn of(author: UserType) -> Self {
        match author {
            UserType::Bot => Self::Bot,
            staff if staff.is_staff() => Self::Staff,
            _ => Self::Customer,
        }
    }
}

/// A message, as far as it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) id: MessageId,
    pub(super) author: UserId,
    pub(super) side: Side,
    pub(super) time: i64,
}

/// A row of `report_messages`.
#[derive(Debug, Deserialize)]
pub(super) struct MessageRow(ConversationId, MessageId, UserId, u8, i64);

impl MessageRow {
    pub(super) fn message(self) -> (ConversationId, Message) {
        let side = match self.3 {
            0 => Side::Customer,
            1 => Side::Staff,
            _ => Side::Bot,
        };
        let message = Message {
            id: self.1,
            author: self.2,
            side,
            time: self.4,
        };
        (self.0, message)
    }
}

impl Message {
    /// The values of its row.
    pub(super) fn values(&self, conversation: ConversationId) -> impl Serialize + use<> {
        (
            conversation,
            self.id,
            self.author,
            self.side as u8,
            self.time,
        )
    }
}

/// How far a conversation is counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Talk {
    /// The quarter in which it was created.
    created: i64,
    messages: u64,
    first_time: i64,
    last_time: i64,
    /// Since when a customer awaits an answer.
    awaiting: Option<i64>,
    /// Who wrote; of staff, the quarter of the first message.
    authors: Vec<(UserId, Option<i64>)>,
}

/// A row of `report_conversations`.
#[derive(Debug, Deserialize)]
pub(super) struct TalkRow(ConversationId, i64, u64, i64, i64, Option<i64>, String);

impl TalkRow {
    pub(super) fn talk(self) -> Result<(ConversationId, Talk), Fault> {
        let talk = Talk {
            created: self.1,
            messages: self.2,
            first_time: self.3,
            last_time: self.4,
            awaiting: self.5,
            authors: serde_json::from_str(&self.6).map_err(Fault::Row)?,
        };
        Ok((self.0, talk))
    }
}

impl Talk {
    /// A conversation without messages, created in this quarter; it counts as missed until an
    /// agent writes.
    pub(super) fn new(created: i64, say: &mut impl FnMut(Entry)) -> Self {
        say(Entry::one(Name::Conversations, created));
        say(Entry::one(Name::MissedConversations, created));
        Self {
            created,
            messages: 0,
            first_time: 0,
            last_time: 0,
            awaiting: None,
            authors: Vec::new(),
        }
    }

    /// The same conversation when nothing was written yet.
    pub(super) fn anew(&self, say: &mut impl FnMut(Entry)) -> Self {
        Self::new(self.created, say)
    }

    /// Who wrote.
    pub(super) fn authors(&self) -> impl Iterator<Item = UserId> {
        self.authors.iter().map(|(author, _)| *author)
    }

    /// From the first message to the last; nothing when there is but one.
    fn duration(&self) -> Option<i64> {
        (self.messages > 1).then_some(self.last_time - self.first_time)
    }

    /// Adds a message.
    pub(super) fn hear(&mut self, message: &Message, say: &mut impl FnMut(Entry)) {
        self.answer(message, say);
        let before = self.duration();
        if self.messages == 0 {
            (self.first_time, self.last_time) = (message.time, message.time);
        }
        self.messages += 1;
        // Clocks are set back now and then; nothing lasts less than no time.
        self.last_time = self.last_time.max(message.time);
        self.lengthen(before, say);
        self.note_author(message, say);
    }

    /// The first answer, and how long an answer was awaited.
    fn answer(&mut self, message: &Message, say: &mut impl FnMut(Entry)) {
        match message.side {
            Side::Bot => {}
            Side::Customer => {
                self.awaiting.get_or_insert(message.time);
            }
            Side::Staff => {
                if self.authors.iter().all(|(_, staff)| staff.is_none()) {
                    say(Entry::one(Name::MissedConversations, self.created).with(-1, 0));
                }
                if let Some(since) = self.awaiting.take() {
                    let waited = (message.time - since).max(0);
                    let answered = Entry::one(Name::AgentsResponseTime, quarter(message.time));
                    say(answered.of_agent(message.author).with(1, waited));
                }
            }
        }
    }

    /// The conversation became longer, for itself and for each agent in it.
    fn lengthen(&self, before: Option<i64>, say: &mut impl FnMut(Entry)) {
        let Some(after) = self.duration() else {
            return;
        };
        let (entries, more) = (i64::from(before.is_none()), after - before.unwrap_or(0));
        say(Entry::one(Name::ConversationsTime, self.created).with(entries, more));
        for (agent, since) in &self.authors {
            if let Some(since) = since {
                let time = Entry::one(Name::AgentsConversationsTime, *since);
                say(time.of_agent(*agent).with(entries, more));
            }
        }
    }

    fn note_author(&mut self, message: &Message, say: &mut impl FnMut(Entry)) {
        let author = message.author;
        let staff = (message.side == Side::Staff).then(|| quarter(message.time));
        let known = self.authors.iter_mut().find(|(id, _)| *id == author);
        match known {
            Some((_, Some(_))) => return,
            Some((_, since)) => *since = staff,
            None => self.authors.push((author, staff)),
        }
        if let Some(since) = staff {
            say(Entry::one(Name::AgentsConversations, since).of_agent(author));
            if let Some(duration) = self.duration() {
                let time = Entry::one(Name::AgentsConversationsTime, since);
                say(time.of_agent(author).with(1, duration));
            }
        }
    }

    /// The values of its row.
    pub(super) fn values(&self, id: ConversationId) -> Result<impl Serialize + use<>, Fault> {
        let authors = serde_json::to_string(&self.authors).map_err(Fault::Row)?;
        Ok((
            id,
            self.created,
            self.messages,
            self.first_time,
            self.last_time,
            self.awaiting,
            authors,
        ))
    }
}

//! What in the log speaks of somebody or something that was deleted.
//!
//! Found by one walk over the events since the first of them came to be: nothing speaks of anybody
//! before. Visitors, who are deleted as a matter of course, are new.

use std::collections::{BTreeSet, HashMap};

use eventlog::{Limit, Reader};
use events::{
    ConversationId, Event, MessageId, Recorded, Stream, UserId,
    erasure::{self, Erased},
    notification::{Content, Order, Ordered},
};

use super::subjects::{Subjects, kinds};
use crate::{
    functions::{Failure, Fault},
    journal,
};

/// Events read at once.
const PAGE: usize = 1_000;
/// Events that one part has at most.
pub const PART: usize = 1_000;

/// What is erased together, of one subject.
#[derive(Debug)]
pub struct Part {
    /// The subject's.
    pub stream: Stream,
    /// What is known of it so far.
    pub erased: Erased,
    /// Conversations of others that lose messages.
    pub elsewhere: BTreeSet<ConversationId>,
    /// Paths of files below `/uploads/` that go.
    pub files: Vec<String>,
}

impl Part {
    fn of(stream: Stream) -> Self {
        Self {
            stream,
            erased: Erased::default(),
            elsewhere: BTreeSet::new(),
            files: Vec::new(),
        }
    }
}

/// What was found.
#[derive(Debug)]
pub struct Found {
    /// Of how many deletions.
    pub deletions: usize,
    /// The position of the last of them.
    pub last: u64,
    /// What is to be erased, none of it erased yet.
    pub parts: Vec<Part>,
}

/// Finds what the deletion at position `first` left, and all later ones that were not after this time
/// (milliseconds since the Unix epoch). Blocks on the disk.
///
/// # Errors
/// When the log cannot be read.
pub fn find(reader: &Reader, first: u64, until_ms: i64) -> Result<Found, Failure> {
    let subjects = Subjects::deleted(reader, first, until_ms)?;
    let mut position = subjects.begin(reader)? - 1;
    let mut search = Search {
        open: subjects.streams.iter().copied().map(Part::of).collect(),
        full: Vec::new(),
        messages: HashMap::new(),
        deliveries: HashMap::new(),
        subjects,
    };
    search.recall(reader, first)?;
    loop {
        let page = journal::after(reader, position, PAGE).map_err(Fault::Unreadable)?;
        let Some(last) = page.last() else {
            return Ok(search.finish());
        };
        position = last.position;
        for recorded in &page {
            if let Some(event) = &recorded.event {
                search.consider(recorded, event);
            }
        }
    }
}

struct Search {
    subjects: Subjects,
    /// What is being gathered, by the subject's number.
    open: Vec<Part>,
    full: Vec<Part>,
    /// What deleted users wrote in others' conversations, and whose it is.
    messages: HashMap<MessageId, usize>,
    /// Deliveries that tell of them: of whom, and the receipt that somebody waits for.
    deliveries: HashMap<u64, (usize, Option<u64>)>,
}

impl Search {
    /// What a former search, which was killed before it was through, found and erased: what tells of
    /// that is known by it alone.
    fn recall(&mut self, reader: &Reader, first: u64) -> Result<(), Failure> {
        let kinds = kinds(&["history.erased"]);
        let mut through = first;
        while through < reader.head() {
            let page = reader.read_kinds(through, &kinds, Limit::default())?;
            through = page.through;
            for record in &page.records {
                let recorded = journal::decode(record).map_err(Fault::Unreadable)?;
                if let Some(Event::HistoryErased(erased)) = &recorded.event
                    && let Some(number) = self.subjects.of_stream(recorded.stream)
                {
                    let messages = erased.messages.iter().map(|message| (*message, number));
                    self.messages.extend(messages);
                    let orders = erased.orders.iter();
                    let orders = orders.map(|order| (order.delivery, (number, order.ticket)));
                    self.deliveries.extend(orders);
                }
            }
        }
        Ok(())
    }

    fn consider(&mut self, recorded: &Recorded, event: &Event) {
        if let Event::NotificationOrdered(ordered) = event {
            self.note_deliveries(recorded, ordered);
        }
        if let Some(number) = self.whose(recorded, event) {
            self.take(number, recorded, event);
        }
    }

    /// The number of the subject that an event speaks of, if it does.
    fn whose(&mut self, recorded: &Recorded, event: &Event) -> Option<usize> {
        let Subjects {
            users,
            conversations,
            ..
        } = &self.subjects;
        match event {
            Event::UserDeleted(_) | Event::ConversationDeleted(_) | Event::HistoryErased(_) => {
                return None;
            }
            _ => {}
        }
        if let Some(number) = self.subjects.of_stream(recorded.stream) {
            return Some(number);
        }
        match event {
            Event::MessageSent(sent) => {
                let number = *users.get(&sent.author)?;
                self.messages.insert(sent.message, number);
                Some(number)
            }
            Event::MessageUpdated(updated) => self.messages.get(&updated.message).copied(),
            Event::NoteAdded(added) => users.get(&added.author).copied(),
            Event::FileCreated(file) => {
                let of_user = file.user.and_then(|user| users.get(&user));
                let shown = file.conversation;
                of_user
                    .or_else(|| shown.and_then(|shown| conversations.get(&shown)))
                    .copied()
            }
            Event::NotificationOrdered(ordered) => {
                let mut said = ordered.orders.iter().map(|order| self.said_of(order));
                let first = said.next()??;
                said.all(|said| said.is_some()).then_some(first)
            }
            Event::EmailSent(sent) => self.told_of(sent.delivery),
            Event::SmsSent(sent) => self.told_of(sent.delivery),
            Event::PushSent(sent) => self.told_of(sent.delivery),
            _ => None,
        }
    }

    /// Of whom an order to somebody else has something to say. One that only says which message there
    /// is says nothing, and that its reader was told of messages is to be remembered.
    fn said_of(&self, order: &Order) -> Option<usize> {
        let conversation = match &order.content {
            Content::Text { conversation, .. } => (*conversation)?,
            Content::Assigned {
                conversation,
                note: Some(_),
                ..
            } => *conversation,
            _ => return None,
        };
        self.subjects.conversations.get(&conversation).copied()
    }

    fn told_of(&self, delivery: Option<u64>) -> Option<usize> {
        let (number, _) = self.deliveries.get(&delivery?)?;
        Some(*number)
    }

    fn note_deliveries(&mut self, recorded: &Recorded, ordered: &Ordered) {
        let own = self.subjects.of_stream(recorded.stream);
        let conversations = &self.subjects.conversations;
        for order in &ordered.orders {
            let of = match &order.content {
                Content::Html { .. }
                | Content::Text {
                    conversation: None, ..
                } => None,
                Content::Text {
                    conversation: Some(conversation),
                    ..
                }
                | Content::Assigned { conversation, .. } => conversations.get(conversation),
                Content::Message {
                    conversation,
                    message,
                } => {
                    let of_message = self.messages.get(message);
                    conversations.get(conversation).or(of_message)
                }
            };
            if let Some(number) = own.or(of.copied()) {
                self.deliveries
                    .insert(order.delivery, (number, order.ticket));
            }
        }
    }

    fn take(&mut self, number: usize, recorded: &Recorded, event: &Event) {
        let stream = self.subjects.streams[number];
        let conversation = ConversationId(recorded.stream.id);
        let is_elsewhere = self.subjects.of_stream(recorded.stream).is_none();
        let delivered = |delivery: Option<u64>| {
            let delivery = delivery?;
            let (_, ticket) = *self.deliveries.get(&delivery)?;
            Some(erasure::Order { delivery, ticket })
        };
        let part = &mut self.open[number];
        let erased = &mut part.erased;
        erased.positions.push(recorded.position);
        match event {
            Event::ConversationCreated(_) => erased.conversations.push(conversation),
            Event::MessageSent(sent) => {
                erased.messages.push(sent.message);
                note_told(erased, sent.author);
                if is_elsewhere {
                    part.elsewhere.insert(conversation);
                }
            }
            Event::NoteAdded(added) => erased.notes.push((conversation, added.note)),
            Event::FileCreated(file) => part.files.push(file.path.clone()),
            Event::NotificationOrdered(ordered) => {
                let orders = ordered.orders.iter().map(|order| erasure::Order {
                    delivery: order.delivery,
                    ticket: order.ticket,
                });
                erased.orders.extend(orders);
                let told = ordered
                    .orders
                    .iter()
                    .filter(|order| order.tells_of_a_message());
                for user in told.flat_map(|order| &order.recipients) {
                    note_told(erased, *user);
                }
            }
            Event::EmailSent(sent) => erased.orders.extend(delivered(sent.delivery)),
            Event::SmsSent(sent) => erased.orders.extend(delivered(sent.delivery)),
            Event::PushSent(sent) => erased.orders.extend(delivered(sent.delivery)),
            _ => {}
        }
        if part.erased.positions.len() == PART {
            self.full.push(std::mem::replace(part, Part::of(stream)));
        }
    }

    fn finish(self) -> Found {
        let rest = self.open.into_iter();
        let rest = rest.filter(|part| !part.erased.positions.is_empty());
        Found {
            deletions: self.subjects.streams.len(),
            last: self.subjects.last,
            parts: self.full.into_iter().chain(rest).collect(),
        }
    }
}

/// Few are told of what somebody says, and each is named once.
fn note_told(erased: &mut Erased, user: UserId) {
    if !erased.told.contains(&user) {
        erased.told.push(user);
    }
}

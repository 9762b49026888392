//! A log in memory, which is also where a projector reads from.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use events::user::UserType;
use events::{Event, EventId, Recorded, Stream, StreamKind, UserId};
use projections::{Source, SourceFault};
use tokio::sync::watch;

/// The time of the first event, in milliseconds; each that follows is a second later.
pub const START: i64 = 1_700_000_000_000;

/// A log in memory. Clones are the same log.
#[derive(Clone)]
pub struct History {
    events: Arc<Mutex<Vec<Recorded>>>,
    types: Arc<Mutex<BTreeMap<u64, UserType>>>,
    passed_ms: Arc<AtomicI64>,
    head: watch::Sender<u64>,
}

impl History {
    pub fn new() -> Self {
        Self {
            events: Arc::default(),
            types: Arc::default(),
            passed_ms: Arc::default(),
            head: watch::Sender::new(0),
        }
    }

    pub fn events(&self) -> Vec<Recorded> {
        self.events.lock().unwrap().clone()
    }

    pub fn head(&self) -> u64 {
        *self.head.borrow()
    }

    /// Lets time pass between the event before and the event after.
    pub fn pass(&self, minutes: i64) -> &Self {
        self.passed_ms
            .fetch_add(minutes * 60_000, Ordering::Relaxed);
        self
    }

    /// What a user is; a user in the narrow sense where nothing was said of it.
    pub fn type_of(&self, user: u64) -> UserType {
        let types = self.types.lock().unwrap();
        types.get(&user).copied().unwrap_or(UserType::User)
    }

    /// When the event at this position happened, if no time was let pass.
    pub fn time(position: u64) -> i64 {
        START + position.cast_signed() * 1_000
    }

    pub fn add(&self, stream: impl Into<Stream>, event: impl Into<Event>) -> &Self {
        let (stream, event) = (stream.into(), event.into());
        let user_type = match &event {
            Event::UserCreated(created) => Some(created.user_type),
            Event::UserTypeChanged(changed) => Some(changed.to),
            _ => None,
        };
        if let Some(user_type) = user_type {
            self.types.lock().unwrap().insert(stream.id, user_type);
        }
        let mut events = self.events.lock().unwrap();
        let position = events.len() as u64 + 1;
        events.push(Recorded {
            position,
            stream,
            version: 1,
            event_type: event.event_type(),
            time_ms: Self::time(position) + self.passed_ms.load(Ordering::Relaxed),
            id: EventId::default(),
            correlation: EventId::default(),
            causation: 0,
            actor: UserId(0),
            event: Some(event),
        });
        self.head.send_replace(position);
        self
    }

    /// Takes the payload of the event at this position away, as erasure does.
    pub fn erase(&self, position: u64) -> &Self {
        self.events.lock().unwrap()[usize::try_from(position).unwrap() - 1].event = None;
        self
    }

    /// Erases everything of users who were deleted, and of conversations: what happened to them, and
    /// what they wrote.
    pub fn erase_the_deleted(&self) -> &Self {
        let mut events = self.events.lock().unwrap();
        let (mut users, mut conversations) = (BTreeSet::new(), BTreeSet::new());
        for recorded in events.iter() {
            match &recorded.event {
                Some(Event::UserDeleted(deleted)) => {
                    users.insert(recorded.stream.id);
                    conversations.extend(deleted.conversations.iter().map(|id| id.0));
                }
                Some(Event::ConversationDeleted(_)) => {
                    conversations.insert(recorded.stream.id);
                }
                _ => {}
            }
        }
        for recorded in events.iter_mut() {
            let is_theirs = match (&recorded.event, recorded.stream.kind) {
                (Some(Event::UserDeleted(_) | Event::ConversationDeleted(_)), _) => false,
                (Some(Event::NoteAdded(added)), _) if users.contains(&added.author.0) => true,
                (Some(Event::MessageSent(sent)), _) if users.contains(&sent.author.0) => true,
                (_, StreamKind::User) => users.contains(&recorded.stream.id),
                (_, StreamKind::Conversation) => conversations.contains(&recorded.stream.id),
                _ => false,
            };
            if is_theirs {
                recorded.event = None;
            }
        }
        drop(events);
        self
    }
}

impl Source for History {
    async fn after(&self, position: u64, events_max: usize) -> Result<Vec<Recorded>, SourceFault> {
        let events = self.events.lock().unwrap();
        let start = events.len().min(usize::try_from(position)?);
        Ok(events[start..].iter().take(events_max).cloned().collect())
    }

    async fn wait_beyond(&self, position: u64) -> Result<(), SourceFault> {
        self.head
            .subscribe()
            .wait_for(|head| *head > position)
            .await?;
        Ok(())
    }

    fn head(&self) -> u64 {
        self.head()
    }
}

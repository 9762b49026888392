//! A log in memory, which is also where a projector reads from.

use std::sync::{Arc, Mutex};

use events::{Event, EventId, Recorded, Stream, UserId};
use projections::{Source, SourceFault};
use tokio::sync::watch;

/// The time of the first event, in milliseconds; each that follows is a second later.
pub const START: i64 = 1_700_000_000_000;

/// A log in memory. Clones are the same log.
#[derive(Clone)]
pub struct History {
    events: Arc<Mutex<Vec<Recorded>>>,
    head: watch::Sender<u64>,
}

impl History {
    pub fn new() -> Self {
        Self {
            events: Arc::default(),
            head: watch::Sender::new(0),
        }
    }

    pub fn events(&self) -> Vec<Recorded> {
        self.events.lock().unwrap().clone()
    }

    pub fn head(&self) -> u64 {
        *self.head.borrow()
    }

    /// When the event at this position happened.
    pub fn time(position: u64) -> i64 {
        START + position.cast_signed() * 1_000
    }

    pub fn add(&self, stream: impl Into<Stream>, event: impl Into<Event>) -> &Self {
        let event = event.into();
        let mut events = self.events.lock().unwrap();
        let position = events.len() as u64 + 1;
        events.push(Recorded {
            position,
            stream: stream.into(),
            version: 1,
            event_type: event.event_type(),
            time_ms: Self::time(position),
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

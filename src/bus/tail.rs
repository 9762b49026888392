//! Events straight from the log, as it grows.

use eventlog::Reader;
use events::Recorded;
use tokio::task::spawn_blocking;

use super::{EVENTS_MAX, Fault};
use crate::{
    export,
    journal::{self, Unreadable},
};

/// The growing end of the log.
pub struct Tail {
    reader: Reader,
}

impl Tail {
    pub fn new(reader: Reader) -> Self {
        Self { reader }
    }

    /// The events after `position`, at least one; waits for it.
    pub async fn after(&self, position: u64) -> Result<Vec<Recorded>, Fault> {
        self.reader
            .wait_beyond(position)
            .await
            .map_err(Unreadable::from)?;
        read(&self.reader, position, EVENTS_MAX).await
    }
}

/// The events after `position` that the log has now, masked, at most `events_max` of them.
pub async fn read(
    reader: &Reader,
    position: u64,
    events_max: usize,
) -> Result<Vec<Recorded>, Fault> {
    let reader = reader.clone();
    let events = spawn_blocking(move || journal::after(&reader, position, events_max));
    let events = events.await.map_err(|_| Fault::Panicked)??;
    events
        .into_iter()
        .map(|event| {
            let position = event.position;
            export::masked(event).map_err(|error| Fault::Event(position, error))
        })
        .collect()
}

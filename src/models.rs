//! The read side's view of the log: `projections` asks, the journal answers.

use projections::{Location, Source, SourceFault};

use crate::{config::Config, journal};

/// Where the read models of this configuration are.
#[must_use]
pub fn location(config: &Config) -> Location {
    match config.database.as_str() {
        "" => Location::Sqlite(config.folder("models")),
        url => Location::Postgres(url.to_owned()),
    }
}

/// The log as read models are made from it.
#[derive(Clone)]
pub struct LogSource {
    reader: eventlog::Reader,
    until: u64,
}

impl LogSource {
    /// All of the log, as it grows.
    #[must_use]
    pub fn new(reader: eventlog::Reader) -> Self {
        Self {
            reader,
            until: u64::MAX,
        }
    }

    /// The log as it was at this position.
    #[must_use]
    pub fn until(reader: eventlog::Reader, position: u64) -> Self {
        Self {
            reader,
            until: position,
        }
    }
}

impl Source for LogSource {
    async fn after(
        &self,
        position: u64,
        events_max: usize,
    ) -> Result<Vec<events::Recorded>, SourceFault> {
        let reader = self.reader.clone();
        let read =
            tokio::task::spawn_blocking(move || journal::after(&reader, position, events_max));
        let mut events = read.await??;
        events.retain(|event| event.position <= self.until);
        Ok(events)
    }

    async fn wait_beyond(&self, position: u64) -> Result<(), SourceFault> {
        self.reader.wait_beyond(position).await?;
        Ok(())
    }

    fn head(&self) -> u64 {
        self.reader.head().min(self.until)
    }
}

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

/// The log as the projector reads it.
pub struct LogSource(pub eventlog::Reader);

impl Source for LogSource {
    async fn after(&self, position: u64, events_max: usize) -> Result<Vec<events::Recorded>, SourceFault> {
        let reader = self.0.clone();
        let read = tokio::task::spawn_blocking(move || journal::after(&reader, position, events_max));
        read.await.map_err(SourceFault::new)?.map_err(SourceFault::new)
    }

    async fn wait_beyond(&self, position: u64) -> Result<u64, SourceFault> {
        self.0.wait_beyond(position).await.map_err(SourceFault::new)
    }

    fn head(&self) -> u64 {
        self.0.head()
    }
}

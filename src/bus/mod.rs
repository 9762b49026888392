//! Where reactions get events from: the log's own tail, or NATS JetStream; the same to its users.
//!
//! A reaction keeps its own durable checkpoint and subscribes from there. Whichever home the
//! events come from, it is given every event after its checkpoint, in order, without a gap, with
//! secrets masked; at least once, because a crash between its work and its checkpoint repeats.
//!
//! It knows neither what reactions do nor where they keep their checkpoints.

mod backoff;
mod consumer;
mod fault;
mod nats;
mod pipeline;
mod relay;
mod tail;
mod trouble;

use eventlog::Reader;
use events::Recorded;
use tokio::sync::watch;

pub use fault::{Fault, Refusal};
pub use nats::{Nats, Settings};
pub use relay::{Relay, Standing, State, relayed};

use backoff::Backoff;
use consumer::Reading;
use tail::Tail;

/// The most events handed out at once.
const EVENTS_MAX: usize = 500;

/// The way to the events for everything that follows from them. Clones are cheap.
#[derive(Clone)]
pub struct Bus {
    reader: Reader,
    home: Home,
}

#[derive(Clone)]
#[expect(
    clippy::large_enum_variant,
    reason = "a process has one bus and a few clones of it"
)]
enum Home {
    Tail,
    JetStream {
        nats: Nats,
        relay: watch::Receiver<Standing>,
    },
}

impl Bus {
    /// Events straight from the log.
    #[must_use]
    pub fn tail(reader: Reader) -> Self {
        let home = Home::Tail;
        Self { reader, home }
    }

    /// Events through NATS JetStream, and the relay that brings them there, to be run.
    #[must_use]
    pub fn jetstream(nats: Nats, reader: Reader) -> (Self, Relay) {
        let relay = Relay::new(nats.clone(), reader.clone());
        let home = Home::JetStream {
            nats,
            relay: relay.standing(),
        };
        (Self { reader, home }, relay)
    }

    /// The bus that the settings ask for: through NATS where they name a server.
    ///
    /// # Errors
    /// [`Fault::Setting`]. That NATS cannot be reached is none.
    pub async fn open(settings: Settings, reader: Reader) -> Result<(Self, Option<Relay>), Fault> {
        if settings.servers.is_empty() {
            return Ok((Self::tail(reader), None));
        }
        let nats = Nats::connect(settings).await?;
        let (bus, relay) = Self::jetstream(nats, reader);
        Ok((bus, Some(relay)))
    }

    /// Where the relay stands, where there is one.
    #[must_use]
    pub fn relay(&self) -> Option<Standing> {
        match &self.home {
            Home::Tail => None,
            Home::JetStream { relay, .. } => Some(relay.borrow().clone()),
        }
    }

    /// Has the stream forget the events at these positions, whose payloads the log has erased. The
    /// stream keeps their places free, and readers are given the tombstones of the log.
    ///
    /// # Errors
    /// When NATS does not answer, or the relay has not come as far yet: to be tried again.
    pub async fn forget(&self, positions: &[u64]) -> Result<(), Fault> {
        match &self.home {
            Home::Tail => Ok(()),
            Home::JetStream { nats, .. } => nats.forget(self.reader.log_id(), positions).await,
        }
    }

    /// The events after position `after`, the reaction's own checkpoint, which is the truth about
    /// where to go on. One reaction, by its name, has one subscription at a time; a name has no
    /// blanks and no dots. NATS need not be there yet.
    ///
    /// # Errors
    /// [`Fault::Ahead`] when the log does not reach to `after`.
    pub async fn subscribe(
        &self,
        reaction: &'static str,
        after: u64,
    ) -> Result<Subscription, Fault> {
        let head = self.reader.head();
        if after > head {
            return Err(Fault::Ahead {
                reaction,
                position: after,
                head,
            });
        }
        let reader = self.reader.clone();
        let source = match &self.home {
            Home::Tail => Source::Tail(Tail::new(reader)),
            Home::JetStream { nats, .. } => {
                let reading = Reading::new(nats.clone(), reader, reaction, after);
                Source::JetStream(Box::new(reading))
            }
        };
        Ok(Subscription {
            reaction,
            position: after,
            source,
        })
    }
}

/// One reaction's events.
pub struct Subscription {
    reaction: &'static str,
    /// The last position handed out.
    position: u64,
    source: Source,
}

enum Source {
    Tail(Tail),
    JetStream(Box<Reading>),
}

impl Subscription {
    /// The events after those handed out last, in order and without a gap: at least one, for which
    /// it waits as long as it takes, and at most 500. Dropped while it waits, it loses nothing.
    ///
    /// # Errors
    /// When the log cannot be read or was closed, an event is missing or not understood, or the
    /// stream in NATS is not this log's. Nothing was handed out then, and the next call starts at
    /// the same place. That NATS is down is no error but a reason to wait.
    pub async fn next(&mut self) -> Result<Vec<Recorded>, Fault> {
        let events = match &mut self.source {
            Source::Tail(tail) => tail.after(self.position).await?,
            Source::JetStream(reading) => reading.after(self.position).await?,
        };
        self.position = dense(self.reaction, self.position, &events)?;
        Ok(events)
    }

    /// Everything up to and with `position` is done with and need not be handed out again. To be
    /// called after the checkpoint is durable, and before more than 1,000 events are under way:
    /// NATS gives no more until then.
    pub fn acknowledge(&mut self, position: u64) {
        match &mut self.source {
            // The reaction's own checkpoint is all there is.
            Source::Tail(_) => {}
            Source::JetStream(reading) => reading.acknowledge(position),
        }
    }
}

/// The last position of events that follow each other after `position`.
fn dense(reaction: &'static str, position: u64, events: &[Recorded]) -> Result<u64, Fault> {
    for (event, expected) in events.iter().zip(position + 1..) {
        if event.position != expected {
            return Err(Fault::Gap {
                reaction,
                expected,
                found: event.position,
            });
        }
    }
    Ok(position + events.len() as u64)
}

#[cfg(test)]
mod tests;

//! Where reactions get events from: the log's own tail, or NATS JetStream; the same to its users.
//!
//! A reaction keeps its own durable checkpoint and subscribes from there. Whichever home the
//! events come from, it is given every event after its checkpoint, in order, without a gap, with
//! secrets masked; at least once, because a crash between its work and its checkpoint repeats.
//!
//! It knows neither what reactions do nor where they keep their checkpoints.

mod tail;

use eventlog::Reader;
use events::Recorded;

use crate::{export::NotAnEvent, journal::Unreadable};
use tail::Tail;

/// The most events handed out at once.
const EVENTS_MAX: usize = 500;

/// The way to the events for everything that follows from them. Clones are cheap.
#[derive(Clone)]
pub struct Bus {
    home: Home,
}

#[derive(Clone)]
enum Home {
    Tail(Reader),
}

/// Why a reaction is not given events.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The log cannot be read, or was closed.
    #[error("the bus cannot read the event log")]
    Log(#[from] Unreadable),
    /// The thread that reads the log panicked.
    #[error("reading the event log panicked")]
    Panicked,
    /// What came is not an event of this release.
    #[error("the event at position {0} cannot be understood")]
    Event(u64, #[source] NotAnEvent),
    /// An event is missing.
    #[error(
        "the reaction {reaction} needs the event at position {expected} next and was given {found}"
    )]
    Gap {
        /// Who reads.
        reaction: &'static str,
        /// The next position.
        expected: u64,
        /// The position given.
        found: u64,
    },
    /// The reaction knows events that the log does not have.
    #[error(
        "the reaction {reaction} stands at position {position}, the log ends at {head}: the log went backwards"
    )]
    Ahead {
        /// Who reads.
        reaction: &'static str,
        /// Its checkpoint.
        position: u64,
        /// The log's last position.
        head: u64,
    },
}

impl Bus {
    /// Events straight from the log.
    #[must_use]
    pub fn tail(reader: Reader) -> Self {
        Self {
            home: Home::Tail(reader),
        }
    }

    /// The events after position `after`, the reaction's own checkpoint, which is the truth about
    /// where to go on. One reaction, by its name, has one subscription at a time.
    ///
    /// # Errors
    /// [`Fault::Ahead`] when the log does not reach to `after`.
    pub async fn subscribe(
        &self,
        reaction: &'static str,
        after: u64,
    ) -> Result<Subscription, Fault> {
        let Home::Tail(reader) = &self.home;
        let head = reader.head();
        if after > head {
            return Err(Fault::Ahead {
                reaction,
                position: after,
                head,
            });
        }
        Ok(Subscription {
            reaction,
            position: after,
            source: Source::Tail(Tail::new(reader.clone())),
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
}

impl Subscription {
    /// The events after those handed out last, in order and without a gap: at least one, for which
    /// it waits as long as it takes, and at most 500. Dropped while it waits, it loses nothing.
    ///
    /// # Errors
    /// When the log cannot be read or was closed, or an event is missing or not understood. Nothing
    /// was handed out then, and the next call starts at the same place.
    pub async fn next(&mut self) -> Result<Vec<Recorded>, Fault> {
        let events = match &mut self.source {
            Source::Tail(tail) => tail.after(self.position).await?,
        };
        self.position = dense(self.reaction, self.position, &events)?;
        Ok(events)
    }

    /// Everything up to and with `position` is done with and need not be handed out again.
    pub fn acknowledge(&mut self, _position: u64) {
        match &mut self.source {
            // The reaction's own checkpoint is all there is.
            Source::Tail(_) => {}
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

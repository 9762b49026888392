//! The relay: publishes every event of the log into the stream, in order, once.
//!
//! A message's sequence in the stream is its event's position in the log. Each is published on
//! condition that its predecessor, by sequence and by event id, is the stream's last. So two relays
//! cannot both succeed, and a failed one fails all that were sent after it; the sequence alone would
//! let the next one in behind a rival's message. Where to go on is asked of the stream itself. The
//! stream is the relay's to make and to fill, and never to mend: what is not this log's is refused.

use std::convert::Infallible;

use async_nats::jetstream::stream::Stream;
use eventlog::Reader;
use events::{EventId, Recorded};
use tokio::{
    sync::watch,
    task::{JoinHandle, spawn_blocking},
};

use super::{
    Backoff, Fault, Refusal,
    nats::{self, Nats, Settings},
    pipeline::{Message, UnderWay},
};
use crate::{causes::with_causes, journal};

/// Events read from the log at once.
const PAGE: usize = 500;
/// What a message's headers take of what NATS allows for a message, with room to spare.
const HEADER_BYTES: usize = 1_024;

/// Where the relay stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What it does.
    pub state: State,
    /// The last position that NATS has acknowledged.
    pub position: u64,
}

/// What the relay does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Looks for NATS, or waits until it works again; with what failed last.
    Waiting(String),
    /// Publishes, or has published everything.
    Relaying,
    /// Has stopped, with the reason: an operator must act.
    Stopped(String),
}

impl State {
    /// One word for machines.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Waiting(_) => "waiting",
            Self::Relaying => "relaying",
            Self::Stopped(_) => "stopped",
        }
    }

    /// What is wrong, where something is.
    #[must_use]
    pub fn why(&self) -> Option<&str> {
        match self {
            Self::Waiting(why) | Self::Stopped(why) => Some(why),
            Self::Relaying => None,
        }
    }
}

/// Publishes one log into one stream.
pub struct Relay {
    nats: Nats,
    reader: Reader,
    standing: watch::Sender<Standing>,
}

impl Relay {
    pub(super) fn new(nats: Nats, reader: Reader) -> Self {
        let standing = Standing {
            state: State::Waiting("NATS has not answered yet".to_owned()),
            position: 0,
        };
        Self {
            nats,
            reader,
            standing: watch::Sender::new(standing),
        }
    }

    /// Where it stands, as it goes on.
    #[must_use]
    pub fn standing(&self) -> watch::Receiver<Standing> {
        self.standing.subscribe()
    }

    /// Publishes for as long as it is left to. Returns only where an operator must act; what NATS
    /// does not take now is tried again, more and more patiently. May be dropped at any point.
    pub async fn run(self) {
        let mut backoff = Backoff::default();
        loop {
            let Err(fault) = self.relay(&mut backoff).await;
            let fault = self.nats.explained(fault);
            let why = with_causes(&fault);
            if !matches!(fault, Fault::Nats { .. }) {
                tracing::error!("the relay to NATS has stopped: {why}");
                self.stand(State::Stopped(why));
                return;
            }
            if self.standing.borrow().state.why() == Some(&why) {
                tracing::debug!("events are not relayed: {why}");
            } else {
                tracing::warn!("events are not relayed to NATS; trying again: {why}");
            }
            self.stand(State::Waiting(why));
            backoff.pause().await;
        }
    }

    async fn relay(&self, backoff: &mut Backoff) -> Result<Infallible, Fault> {
        let mut position = resume(&self.nats, &self.reader).await?;
        let mut last_id = None;
        self.standing.send_replace(Standing {
            state: State::Relaying,
            position,
        });
        tracing::info!(position, "relaying events to NATS");
        let mut under_way = UnderWay::new(self.nats.jetstream.clone());
        let mut page = self.page(position, None);
        loop {
            let messages = page.await.map_err(|_| Fault::Panicked)??;
            let Some(last) = messages.last() else {
                while let Some(position) = under_way.oldest().await? {
                    self.acknowledged(position, backoff);
                }
                let waited = self.reader.wait_beyond(position).await;
                waited.map_err(journal::Unreadable::from)?;
                page = self.page(position, last_id);
                continue;
            };
            position = last.position;
            last_id = Some(last.id);
            // The log is read while NATS is written to.
            page = self.page(position, last_id);
            for message in messages {
                while !under_way.has_room_for(&message)
                    && let Some(position) = under_way.oldest().await?
                {
                    self.acknowledged(position, backoff);
                }
                let is_last = message.position == position;
                under_way.publish(message, is_last).await?;
            }
        }
    }

    fn acknowledged(&self, position: u64, backoff: &mut Backoff) {
        backoff.succeeded();
        self.standing
            .send_modify(|standing| standing.position = position);
    }

    fn stand(&self, state: State) {
        self.standing.send_modify(|standing| standing.state = state);
    }

    fn page(
        &self,
        after: u64,
        last_id: Option<EventId>,
    ) -> JoinHandle<Result<Vec<Message>, Fault>> {
        let reader = self.reader.clone();
        let data_bytes_max = self.nats.message_bytes_max().saturating_sub(HEADER_BYTES);
        spawn_blocking(move || {
            let events = journal::after(&reader, after, PAGE)?;
            let mut before = last_id;
            let message = |event: &Recorded| {
                let before = before.replace(event.id);
                Message::of(event, before, data_bytes_max)
            };
            Ok(events.iter().map(message).collect())
        })
    }
}

/// The last sequence of the stream, which is made where there is none; everything about it that
/// is not this log's is refused.
async fn resume(nats: &Nats, reader: &Reader) -> Result<u64, Fault> {
    let stream = match nats.stream(reader.log_id()).await? {
        Some(stream) => stream,
        None => nats.create(reader.log_id(), reader.head()).await?,
    };
    check(nats, reader, &stream).await?;
    nats.adapt(&stream).await?;
    Ok(stream.cached_info().state.last_sequence)
}

/// How far the stream has come, asked of NATS itself; `None` where there is no stream yet.
///
/// # Errors
/// When NATS does not answer, or the stream is not this log's.
pub async fn relayed(settings: Settings, reader: &Reader) -> Result<Option<u64>, Fault> {
    let nats = Nats::connect(settings).await?;
    let stream = nats.stream(reader.log_id()).await;
    let Some(stream) = stream.map_err(|fault| nats.explained(fault))? else {
        return Ok(None);
    };
    reader.catch_up().map_err(journal::Unreadable::from)?;
    check(&nats, reader, &stream).await?;
    Ok(Some(stream.cached_info().state.last_sequence))
}

/// Whether the stream holds what this log has, as far as its end can tell.
///
/// # Errors
/// [`Fault::Refused`] when it does not.
pub(super) async fn check(nats: &Nats, reader: &Reader, stream: &Stream) -> Result<(), Fault> {
    let (last, head) = (stream.cached_info().state.last_sequence, reader.head());
    let name = || nats.name().to_owned();
    if last > head {
        let stream = name();
        return Err(Refusal::Ahead { stream, last, head }.into());
    }
    let Some((sequence, id)) = nats::last_message(stream).await? else {
        return Ok(());
    };
    let before = sequence.saturating_sub(1);
    let event = super::tail::read(reader, before, 1).await?;
    if event.first().map(|event| event.id.to_string()) != Some(id) {
        let stream = name();
        return Err(Refusal::Stranger { stream, sequence }.into());
    }
    Ok(())
}

//! The log in the product's own terms: typed events in, typed events out.
//!
//! The only place that translates between `eventlog` (bytes) and `events` (the vocabulary).

use std::sync::Arc;

use eventlog::{Committed, Limit, Log, NewEvent, Payload, Reader, Record, Refused, Transaction};
use events::{DecodeError, Event, EventId, Recorded, Stream, StreamKind, UserId, type_numbered};
use uuid::Uuid;

use crate::{
    clock,
    functions::{
        Decision, Facts, Failure,
        settings::{kept::Kept, state::Settings},
    },
    presence::Presence,
    reactions::outbox::Wakes,
};

/// Bytes that one read takes from the log at most.
const READ_BYTES_MAX: usize = 8 << 20;

/// On whose behalf something is decided, and why.
#[derive(Clone, Copy, Debug)]
pub struct Cause {
    /// The user on whose authority it happens; 0 for the service itself.
    pub actor: UserId,
    /// The request that asks for it.
    pub request: EventId,
    /// The position of the event that it follows from; 0 where it follows from none.
    pub causation: u64,
}

impl Cause {
    /// The service itself, after the event at position `causation`; 0 for none.
    #[must_use]
    pub fn own(causation: u64) -> Self {
        Self {
            actor: UserId(0),
            request: EventId(Uuid::now_v7().into_bytes()),
            causation,
        }
    }
}

/// The way to the log.
#[derive(Clone)]
pub struct Journal {
    log: Log,
    reader: Reader,
    presence: Arc<Presence>,
    settings: Arc<Kept>,
    outbox: Arc<Wakes>,
}

impl Journal {
    /// The journal of an open log; the service's own decisions know of presence by `presence`.
    #[must_use]
    pub fn new(log: Log, presence: Arc<Presence>) -> Self {
        let reader = log.reader();
        Self {
            log,
            reader,
            presence,
            settings: Arc::default(),
            outbox: Arc::default(),
        }
    }

    /// Reads what is durable.
    #[must_use]
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// Who is there, as decisions know it.
    #[must_use]
    pub fn presence(&self) -> &Arc<Presence> {
        &self.presence
    }

    /// The settings, never older than the last save that was answered.
    ///
    /// # Errors
    /// When the decision state cannot be read.
    pub fn settings(&self) -> Result<Arc<Settings>, Failure> {
        self.settings.get(&self.reader)
    }

    /// Tells of what was ordered for the outbox, and of what left it.
    #[must_use]
    pub fn outbox(&self) -> &Arc<Wakes> {
        &self.outbox
    }

    /// What is undetermined, determined now, for a decision of `actor`.
    ///
    /// # Errors
    /// When the decision state cannot be read.
    pub fn facts(&self, actor: UserId, public_url: String) -> Result<Facts, Failure> {
        Ok(Facts {
            now_ms: clock::now_ms(),
            actor,
            public_url,
            presence: Arc::clone(&self.presence),
            settings: self.settings()?,
        })
    }

    /// Takes note of what is on disk by now, before anybody is answered.
    pub fn committed(&self, recorded: &[(Stream, Event)]) {
        self.settings.observe(recorded);
        self.outbox.observe(recorded);
    }

    /// The log itself, for its upkeep.
    #[must_use]
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// Runs a decision on the append thread and waits until its batch is on disk.
    ///
    /// # Errors
    /// What the decision refused, or the log's failure.
    pub async fn append<T: Send + 'static>(
        &self,
        decide: impl FnOnce(&mut Transaction<'_>) -> Result<T, Failure> + Send + 'static,
    ) -> Result<Committed<T>, Failure> {
        self.log
            .append(decide)
            .await
            .map_err(|refused| match refused {
                Refused::Decision(failure) => failure,
                Refused::Log(error) => error.into(),
            })
    }

    /// Runs a decision of the service itself: nobody called, and nobody's key is remembered.
    ///
    /// # Errors
    /// What the decision refused, or the log's failure.
    pub async fn decide_alone<T: Send + 'static>(
        &self,
        decide: impl FnOnce(&mut Decision<'_>) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        self.decide_because(0, decide).await
    }

    /// Runs a decision of the service itself that follows from the event at position `causation`,
    /// which its events name; 0 where it follows from none.
    ///
    /// # Errors
    /// What the decision refused, or the log's failure.
    pub async fn decide_because<T: Send + 'static>(
        &self,
        causation: u64,
        decide: impl FnOnce(&mut Decision<'_>) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        self.decide_for(Cause::own(causation), decide).await
    }

    /// Runs a decision on somebody's behalf; nobody's key is remembered.
    ///
    /// # Errors
    /// What the decision refused, or the log's failure.
    pub async fn decide_for<T: Send + 'static>(
        &self,
        cause: Cause,
        decide: impl FnOnce(&mut Decision<'_>) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let journal = self.clone();
        let committed = self
            .append(move |transaction| {
                let facts = journal.facts(cause.actor, String::new())?;
                let mut decision = Decision::new(transaction, &facts);
                let decided = decide(&mut decision)?;
                let recorded = decision.into_recorded();
                record(
                    transaction,
                    &recorded,
                    &facts,
                    cause.request,
                    cause.causation,
                )?;
                Ok((decided, recorded))
            })
            .await?;
        let (decided, recorded) = committed.value;
        self.committed(&recorded);
        Ok(decided)
    }

    /// Writes what a decision recorded into its transaction.
    ///
    /// # Errors
    /// When the log refuses an event, for its size for instance.
    pub fn record(
        transaction: &mut Transaction<'_>,
        recorded: &[(Stream, Event)],
        facts: &Facts,
        request: EventId,
    ) -> Result<(), Failure> {
        record(transaction, recorded, facts, request, 0)
    }
}

fn record(
    transaction: &mut Transaction<'_>,
    recorded: &[(Stream, Event)],
    facts: &Facts,
    request: EventId,
    causation: u64,
) -> Result<(), Failure> {
    for (stream, event) in recorded {
        let event_type = event.event_type();
        transaction.record(NewEvent {
            stream: eventlog::Stream {
                kind: stream.kind as u8,
                id: stream.id,
            },
            kind: event_type.number,
            schema: event_type.version,
            time_ms: facts.now_ms,
            id: Uuid::now_v7().into_bytes(),
            correlation: request.0,
            causation,
            actor: facts.actor.0,
            payload: event.encode(),
        })?;
    }
    Ok(())
}

/// Why a record of the log is not an event.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// The log itself cannot be read.
    #[error("the event log cannot be read")]
    Log(#[from] eventlog::Error),
    /// The payload cannot be understood.
    #[error("the event at position {0} cannot be understood")]
    Event(u64, #[source] DecodeError),
    /// The stream's kind is unknown.
    #[error(
        "the event at position {0} belongs to a stream of an unknown kind: a newer release wrote it"
    )]
    Stream(u64),
}

/// The event in a record.
///
/// # Errors
/// When a newer release wrote it, or its payload has another shape.
pub fn decode(record: &Record) -> Result<Recorded, Unreadable> {
    let header = &record.header;
    let unreadable = |error| Unreadable::Event(header.position, error);
    let event_type = type_numbered(header.kind)
        .ok_or_else(|| unreadable(DecodeError::UnknownType(header.kind)))?;
    let kind =
        StreamKind::numbered(header.stream.kind).ok_or(Unreadable::Stream(header.position))?;
    let event = match &record.payload {
        Payload::Intact(payload) => {
            Some(Event::decode(header.kind, header.schema, payload).map_err(unreadable)?)
        }
        Payload::Erased => None,
    };
    Ok(Recorded {
        position: header.position,
        stream: Stream {
            kind,
            id: header.stream.id,
        },
        version: header.version,
        event_type,
        time_ms: header.time_ms,
        id: EventId(header.id),
        correlation: EventId(header.correlation),
        causation: header.causation,
        actor: UserId(header.actor),
        event,
    })
}

/// The events after `position`, at most `events_max` of them.
///
/// # Errors
/// When the log cannot be read or understood.
pub fn after(
    reader: &Reader,
    position: u64,
    events_max: usize,
) -> Result<Vec<Recorded>, Unreadable> {
    let limit = Limit {
        events: events_max,
        bytes: READ_BYTES_MAX,
    };
    let records = reader.read(position, limit)?;
    let mut events = Vec::with_capacity(records.len());
    for record in &records {
        events.push(decode(record)?);
    }
    Ok(events)
}

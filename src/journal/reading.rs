//! Typed events out of the log.

use eventlog::{Limit, Payload, Reader, Record};
use events::{DecodeError, Event, EventId, Recorded, Stream, StreamKind, UserId, type_numbered};

/// Bytes that one read takes from the log at most.
const READ_BYTES_MAX: usize = 8 << 20;

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
    #[error("the event at position {0} has an unknown kind of stream: a newer release wrote it")]
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

/// The event at `position`; `None` where there is none.
///
/// # Errors
/// When the log cannot be read or understood.
pub fn at(reader: &Reader, position: u64) -> Result<Option<Recorded>, Unreadable> {
    reader.event(position)?.as_ref().map(decode).transpose()
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
    reader.read(position, limit)?.iter().map(decode).collect()
}

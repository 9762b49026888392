//! What goes into the log and what comes out of it: bytes with a header.
//!
//! This file must not know how a record is laid out on disk (`record.rs`) nor what a payload means.

/// A sequence of events about one thing, such as one conversation.
///
/// The log gives every event of a stream a version, dense from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stream {
    /// What sort of thing the stream is about; the numbers belong to the caller.
    pub kind: u8,
    /// Which one of its kind.
    pub id: u64,
}

/// An event as a decision hands it to [`crate::Transaction::record`].
///
/// Position, version and payload hash are added by the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// The stream it belongs to.
    pub stream: Stream,
    /// The type of the event; the numbers belong to the caller and are for ever.
    pub kind: u16,
    /// The version of the payload's schema.
    pub schema: u8,
    /// When it happened, in milliseconds since the Unix epoch.
    pub time_ms: i64,
    /// The event's own id (a UUID).
    pub id: [u8; 16],
    /// The id shared by everything that one request caused (a UUID).
    pub correlation: [u8; 16],
    /// The position of the event that caused this one; 0 for none.
    pub causation: u64,
    /// Who acted; 0 for the service itself.
    pub actor: u64,
    /// The payload, at most [`crate::PAYLOAD_BYTES_MAX`] bytes.
    pub payload: Vec<u8>,
}

/// Everything about a stored event but its payload. Covered by the hash chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The event's place in the log, dense from 1.
    pub position: u64,
    /// The stream it belongs to.
    pub stream: Stream,
    /// Its place in the stream, dense from 1.
    pub version: u64,
    /// The type of the event.
    pub kind: u16,
    /// The version of the payload's schema.
    pub schema: u8,
    /// When it happened, in milliseconds since the Unix epoch.
    pub time_ms: i64,
    /// The event's own id.
    pub id: [u8; 16],
    /// The id shared by everything that one request caused.
    pub correlation: [u8; 16],
    /// The position of the event that caused this one; 0 for none.
    pub causation: u64,
    /// Who acted; 0 for the service itself.
    pub actor: u64,
    /// BLAKE3 of the payload as it was recorded; it stays when the payload is erased.
    pub payload_hash: [u8; 32],
}

/// A stored event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Where it stands and what it is about.
    pub header: Header,
    /// What happened, or the sign that it was erased.
    pub payload: Payload,
}

/// The payload of a stored event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Payload {
    /// As it was recorded.
    Intact(Vec<u8>),
    /// Replaced by a tombstone ([`crate::Log::erase`]).
    Erased,
}

impl Payload {
    /// The bytes as they were recorded, or `None` when they were erased.
    #[must_use]
    pub fn bytes(&self) -> Option<&[u8]> {
        match self {
            Payload::Intact(bytes) => Some(bytes),
            Payload::Erased => None,
        }
    }
}

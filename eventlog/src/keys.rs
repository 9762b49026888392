//! Where everything lies: the column families and the layouts of their keys. Law, like `record.rs`.
//!
//! ```text
//! family       key                                    value
//! events       position (8)                           record (record.rs)
//! streams      kind (1), id (8)                       current version (8)
//!              kind (1), id (8), version (8)          position (8)
//! state        the caller's                           the caller's
//! idempotency  'k', the caller's key                  answer (idempotency.rs)
//!              't', time (8), the caller's key        empty; for expiry
//! segments     number (8), from 0                     summary (segment.rs)
//! meta         "log-id"                               16 random bytes
//!              "head"                                 position, chain, checksum (tail.rs)
//! ```
//!
//! All numbers are big-endian, so that the order of keys is the order of numbers. The families are
//! made with the log and never added to or dropped: one write-ahead log covers them all, hence one
//! batch is atomic across them.

use crate::event::Stream;

/// A column family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    Events,
    Streams,
    State,
    Idempotency,
    Segments,
    Meta,
}

impl Family {
    pub(crate) const ALL: [Family; 6] = [
        Family::Events,
        Family::Streams,
        Family::State,
        Family::Idempotency,
        Family::Segments,
        Family::Meta,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Family::Events => "events",
            Family::Streams => "streams",
            Family::State => "state",
            Family::Idempotency => "idempotency",
            Family::Segments => "segments",
            Family::Meta => "meta",
        }
    }
}

/// Key of the log's id in `meta`.
pub(crate) const LOG_ID: &[u8] = b"log-id";

/// Key of the head in `meta`.
pub(crate) const HEAD: &[u8] = b"head";

/// Key of a stream's current version.
pub(crate) fn stream(stream: Stream) -> [u8; 9] {
    let mut key = [0; 9];
    key[0] = stream.kind;
    key[1..].copy_from_slice(&stream.id.to_be_bytes());
    key
}

/// Key of one event of a stream.
pub(crate) fn stream_version(of: Stream, version: u64) -> [u8; 17] {
    let mut key = [0; 17];
    key[..9].copy_from_slice(&stream(of));
    key[9..].copy_from_slice(&version.to_be_bytes());
    key
}

/// Takes a key of `streams` apart; `None` as version means the key of the current version.
pub(crate) fn parse_stream(key: &[u8]) -> Option<(Stream, Option<u64>)> {
    let kind = *key.first()?;
    let id = parse_u64(key.get(1..9)?)?;
    let version = match key.len() {
        9 => None,
        _ => Some(parse_u64(&key[9..])?),
    };
    Some((Stream { kind, id }, version))
}

/// A number of exactly eight bytes.
pub(crate) fn parse_u64(bytes: &[u8]) -> Option<u64> {
    bytes.try_into().ok().map(u64::from_be_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_sort_as_their_numbers_and_parse_back() {
        let of = |kind, id| Stream { kind, id };
        let keys = [
            stream(of(1, 255)).to_vec(),
            stream_version(of(1, 255), 1).to_vec(),
            stream_version(of(1, 255), 256).to_vec(),
            stream(of(1, 256)).to_vec(),
            stream(of(2, 0)).to_vec(),
        ];
        assert!(keys.is_sorted());
        assert_eq!(
            keys[2],
            [1, 0, 0, 0, 0, 0, 0, 0, 255, 0, 0, 0, 0, 0, 0, 1, 0]
        );
        assert_eq!(parse_stream(&keys[2]), Some((of(1, 255), Some(256))));
        assert_eq!(parse_stream(&keys[3]), Some((of(1, 256), None)));
        assert_eq!(parse_stream(&keys[2][..12]), None);
        assert_eq!(parse_stream(&[]), None);
    }
}

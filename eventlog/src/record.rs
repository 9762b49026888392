//! The bytes of one stored event. This layout is law: it is read for ever.
//!
//! ```text
//! offset size field
//!      0    1 format version, 1
//!      1    1 flags: bit 0 = the payload was erased, other bits 0
//!      2    4 crc32c of: position (8 bytes), bytes 0..2, bytes 6..end
//!      6      header, 108 bytes, fixed for ever by the hash chain:
//!      6    1   stream kind
//!      7    8   stream id
//!     15    8   version in the stream, dense from 1
//!     23    2   event kind
//!     25    1   schema version of the payload
//!     26    8   time, milliseconds since the Unix epoch, signed
//!     34   16   event id
//!     50   16   correlation id
//!     66    8   causation, a position or 0
//!     74    8   actor, 0 = the service
//!     82   32   BLAKE3 of the payload as recorded
//!    114      payload up to the end; empty when erased
//! ```
//!
//! Numbers are big-endian. The position is the key of the record and not repeated in it, but the
//! checksum covers it: a record under another key does not pass. Flags and checksum are outside of
//! the hash chain and the payload enters it by its hash alone, so a payload can be erased later.

use crate::Error;
use crate::event::{Header, NewEvent, Payload, Record, Stream};

const FORMAT: u8 = 1;
const ERASED: u8 = 1;
const CHECKSUM_AT: usize = 2;
const HEADER_AT: usize = 6;
const PAYLOAD_AT: usize = 114;

/// Length of the part under the hash chain.
pub(crate) const HEADER_BYTES: usize = PAYLOAD_AT - HEADER_AT;

/// The record of `event`, which gets `position` and `version`.
pub(crate) fn encode(position: u64, version: u64, event: &NewEvent) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(PAYLOAD_AT + event.payload.len());
    bytes.extend([FORMAT, 0, 0, 0, 0, 0]);
    bytes.push(event.stream.kind);
    bytes.extend(event.stream.id.to_be_bytes());
    bytes.extend(version.to_be_bytes());
    bytes.extend(event.kind.to_be_bytes());
    bytes.push(event.schema);
    bytes.extend(event.time_ms.to_be_bytes());
    bytes.extend(event.id);
    bytes.extend(event.correlation);
    bytes.extend(event.causation.to_be_bytes());
    bytes.extend(event.actor.to_be_bytes());
    bytes.extend(blake3::hash(&event.payload).as_bytes());
    bytes.extend(&event.payload);
    seal(position, bytes)
}

/// The record `bytes` without its payload, marked as erased.
pub(crate) fn tombstone(position: u64, bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes[..PAYLOAD_AT].to_vec();
    bytes[1] |= ERASED;
    seal(position, bytes)
}

/// Puts the checksum in.
fn seal(position: u64, mut bytes: Vec<u8>) -> Vec<u8> {
    let checksum = checksum(position, &bytes).to_be_bytes();
    bytes[CHECKSUM_AT..HEADER_AT].copy_from_slice(&checksum);
    bytes
}

fn checksum(position: u64, bytes: &[u8]) -> u32 {
    let crc = crc32c::crc32c(&position.to_be_bytes());
    let crc = crc32c::crc32c_append(crc, &bytes[..CHECKSUM_AT]);
    crc32c::crc32c_append(crc, &bytes[HEADER_AT..])
}

/// A stored record whose format, flags and checksum are right.
#[derive(Clone, Copy)]
pub(crate) struct Checked<'a> {
    position: u64,
    bytes: &'a [u8],
}

impl<'a> Checked<'a> {
    pub(crate) fn new(position: u64, bytes: &'a [u8]) -> Result<Self, Error> {
        let damaged = |what: &str| Err(Error::damaged(position, what));
        if bytes.len() < PAYLOAD_AT {
            return damaged("the record is cut short");
        }
        if checksum(position, bytes) != u32::from_be_bytes(array(bytes, CHECKSUM_AT)) {
            return damaged("the record does not match its checksum");
        }
        if bytes[0] != FORMAT {
            return damaged("the record has an unknown format");
        }
        let checked = Checked { position, bytes };
        if bytes[1] & !ERASED != 0 || (checked.erased() && bytes.len() > PAYLOAD_AT) {
            return damaged("the record has impossible flags");
        }
        Ok(checked)
    }

    /// A record that [`encode`] has just made.
    pub(crate) fn encoded(position: u64, bytes: &'a [u8]) -> Self {
        Checked { position, bytes }
    }

    /// The part under the hash chain.
    pub(crate) fn header_bytes(&self) -> &'a [u8; HEADER_BYTES] {
        self.bytes[HEADER_AT..PAYLOAD_AT]
            .try_into()
            .expect("the length was checked")
    }

    pub(crate) fn erased(&self) -> bool {
        self.bytes[1] & ERASED != 0
    }

    pub(crate) fn stream(&self) -> Stream {
        Stream {
            kind: self.bytes[6],
            id: u64::from_be_bytes(array(self.bytes, 7)),
        }
    }

    pub(crate) fn version(&self) -> u64 {
        u64::from_be_bytes(array(self.bytes, 15))
    }

    pub(crate) fn kind(&self) -> u16 {
        u16::from_be_bytes(array(self.bytes, 23))
    }

    pub(crate) fn time_ms(&self) -> i64 {
        i64::from_be_bytes(array(self.bytes, 26))
    }

    /// Whether the payload is the one that was recorded (an erased one passes).
    pub(crate) fn payload_matches(&self) -> bool {
        self.erased() || blake3::hash(&self.bytes[PAYLOAD_AT..]) == array::<32>(self.bytes, 82)
    }

    pub(crate) fn record(&self) -> Record {
        let payload = if self.erased() {
            Payload::Erased
        } else {
            Payload::Intact(self.bytes[PAYLOAD_AT..].to_vec())
        };
        let header = Header {
            position: self.position,
            stream: self.stream(),
            version: self.version(),
            kind: self.kind(),
            schema: self.bytes[25],
            time_ms: self.time_ms(),
            id: array(self.bytes, 34),
            correlation: array(self.bytes, 50),
            causation: u64::from_be_bytes(array(self.bytes, 66)),
            actor: u64::from_be_bytes(array(self.bytes, 74)),
            payload_hash: array(self.bytes, 82),
        };
        Record { header, payload }
    }
}

/// The `N` bytes from `at`.
pub(crate) fn array<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes[at..at + N]
        .try_into()
        .expect("a range of N bytes has N bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The record of position 7, byte by byte, without the encoder.
    fn by_hand(flags: u8, payload: &[u8]) -> Vec<u8> {
        let mut bytes = vec![1, flags, 0, 0, 0, 0]; // format, flags, room for the checksum
        bytes.push(3); // stream kind
        bytes.extend([0, 0, 0, 0, 0, 0, 1, 2]); // stream id 258
        bytes.extend([0, 0, 0, 0, 0, 0, 0, 5]); // version
        bytes.extend([0x12, 0x34]); // kind
        bytes.push(2); // schema
        bytes.extend([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe]); // time -2
        bytes.extend([0xaa; 16]); // id
        bytes.extend([0xbb; 16]); // correlation
        bytes.extend([0, 0, 0, 0, 0, 0, 0, 6]); // causation
        bytes.extend([0, 0, 0, 0, 0, 0, 0, 9]); // actor
        bytes.extend(blake3::hash(b"{\"a\":1}").as_bytes());
        bytes.extend(payload);
        let mut covered = vec![0, 0, 0, 0, 0, 0, 0, 7];
        covered.extend([1, flags]);
        covered.extend(&bytes[6..]);
        bytes[2..6].copy_from_slice(&crc32c::crc32c(&covered).to_be_bytes());
        bytes
    }

    fn event() -> NewEvent {
        NewEvent {
            stream: Stream { kind: 3, id: 258 },
            kind: 0x1234,
            schema: 2,
            time_ms: -2,
            id: [0xaa; 16],
            correlation: [0xbb; 16],
            causation: 6,
            actor: 9,
            payload: b"{\"a\":1}".to_vec(),
        }
    }

    #[test]
    fn bytes_built_by_hand_are_read() {
        let bytes = by_hand(0, b"{\"a\":1}");
        let checked = Checked::new(7, &bytes).unwrap();
        let Record { header, payload } = checked.record();
        let event = event();
        assert_eq!(header.position, 7);
        assert_eq!(header.stream, event.stream);
        assert_eq!(header.version, 5);
        assert_eq!(header.kind, event.kind);
        assert_eq!(header.schema, event.schema);
        assert_eq!(header.time_ms, event.time_ms);
        assert_eq!(header.id, event.id);
        assert_eq!(header.correlation, event.correlation);
        assert_eq!(header.causation, event.causation);
        assert_eq!(header.actor, event.actor);
        assert_eq!(header.payload_hash, *blake3::hash(b"{\"a\":1}").as_bytes());
        assert_eq!(payload.bytes(), Some(&b"{\"a\":1}"[..]));
        assert!(checked.payload_matches());
    }

    #[test]
    fn the_encoder_writes_the_same_bytes_as_the_hand() {
        let bytes = encode(7, 5, &event());
        assert_eq!(bytes, by_hand(0, b"{\"a\":1}"));
        assert_eq!(tombstone(7, &bytes), by_hand(1, b""));
        let erased = by_hand(1, b"");
        let erased = Checked::new(7, &erased).unwrap();
        assert_eq!(erased.record().payload, Payload::Erased);
        assert!(erased.payload_matches());
    }

    #[test]
    fn every_flipped_bit_and_a_wrong_key_are_noticed() {
        let bytes = by_hand(0, b"{\"a\":1}");
        assert!(Checked::new(8, &bytes).is_err());
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(Checked::new(7, &flipped).is_err(), "bit {bit}");
        }
        assert!(Checked::new(7, &by_hand(1, b"kept")).is_err());
        assert!(Checked::new(7, &by_hand(2, b"")).is_err());
    }
}

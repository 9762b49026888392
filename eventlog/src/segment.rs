//! Segment summaries: for every 4,096 events their kinds, times and hash chain.
//!
//! A reader that looks for few kinds skips whole segments by the summary, and a verifier has a
//! point of comparison in each. The value's layout, numbers big-endian:
//!
//! ```text
//! offset size field
//!      0    1 format version, 1
//!      1    4 crc32c of everything after it
//!      5    8 first position
//!     13    8 last position
//!     21    8 smallest time, milliseconds since the Unix epoch, signed
//!     29    8 greatest time
//!     37   32 hash chain at the last position
//!     69      bitmap of the kinds: kind k is bit k % 8 of byte k / 8; no trailing zero bytes
//! ```

use crate::record::array;

/// Events in a segment. Segment `n` holds the positions from `n * 4096 + 1` to `(n + 1) * 4096`.
pub const SEGMENT_EVENTS: u64 = 4096;

const FORMAT: u8 = 1;
const KINDS_AT: usize = 69;

/// The number of the segment that holds `position`.
pub(crate) fn number_of(position: u64) -> u64 {
    (position - 1) / SEGMENT_EVENTS
}

/// A set of event kinds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kinds(Vec<u8>);

impl Kinds {
    /// Adds `kind`.
    pub fn insert(&mut self, kind: u16) {
        let byte = usize::from(kind / 8);
        if self.0.len() <= byte {
            self.0.resize(byte + 1, 0);
        }
        self.0[byte] |= 1 << (kind % 8);
    }

    /// Whether `kind` is in the set.
    #[must_use]
    pub fn contains(&self, kind: u16) -> bool {
        let byte = self.0.get(usize::from(kind / 8));
        byte.is_some_and(|byte| byte & (1 << (kind % 8)) != 0)
    }

    /// Whether the two sets share a kind.
    #[must_use]
    pub fn intersects(&self, other: &Kinds) -> bool {
        self.0.iter().zip(&other.0).any(|(a, b)| a & b != 0)
    }
}

impl FromIterator<u16> for Kinds {
    fn from_iter<I: IntoIterator<Item = u16>>(kinds: I) -> Self {
        let mut set = Kinds::default();
        kinds.into_iter().for_each(|kind| set.insert(kind));
        set
    }
}

/// The summary of a complete segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// Its first position.
    pub first: u64,
    /// Its last position.
    pub last: u64,
    /// The kinds of its events.
    pub kinds: Kinds,
    /// The smallest time of its events, in milliseconds since the Unix epoch.
    pub time_ms_min: i64,
    /// The greatest time of its events.
    pub time_ms_max: i64,
    /// The hash chain at `last`.
    pub chain: [u8; 32],
}

impl Segment {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes = vec![FORMAT, 0, 0, 0, 0];
        bytes.extend(self.first.to_be_bytes());
        bytes.extend(self.last.to_be_bytes());
        bytes.extend(self.time_ms_min.to_be_bytes());
        bytes.extend(self.time_ms_max.to_be_bytes());
        bytes.extend(self.chain);
        bytes.extend(&self.kinds.0);
        let checksum = crc32c::crc32c(&bytes[5..]).to_be_bytes();
        bytes[1..5].copy_from_slice(&checksum);
        bytes
    }

    /// `None` when the bytes are not a summary.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Segment> {
        if bytes.len() < KINDS_AT || bytes[0] != FORMAT {
            return None;
        }
        if crc32c::crc32c(&bytes[5..]) != u32::from_be_bytes(array(bytes, 1)) {
            return None;
        }
        Some(Segment {
            first: u64::from_be_bytes(array(bytes, 5)),
            last: u64::from_be_bytes(array(bytes, 13)),
            time_ms_min: i64::from_be_bytes(array(bytes, 21)),
            time_ms_max: i64::from_be_bytes(array(bytes, 29)),
            chain: array(bytes, 37),
            kinds: Kinds(bytes[KINDS_AT..].to_vec()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_built_by_hand_are_read() {
        let mut bytes = vec![1, 0, 0, 0, 0];
        bytes.extend([0, 0, 0, 0, 0, 0, 0x10, 0x01]); // 4097
        bytes.extend([0, 0, 0, 0, 0, 0, 0x20, 0x00]); // 8192
        bytes.extend([0xff; 8]); // -1
        bytes.extend([0, 0, 0, 0, 0, 0, 0, 9]);
        bytes.extend([7; 32]);
        bytes.extend([0b0000_0010, 0b1000_0000]); // kinds 1 and 15
        let checksum = crc32c::crc32c(&bytes[5..]).to_be_bytes();
        bytes[1..5].copy_from_slice(&checksum);

        let segment = Segment {
            first: 4097,
            last: 8192,
            kinds: [15, 1].into_iter().collect(),
            time_ms_min: -1,
            time_ms_max: 9,
            chain: [7; 32],
        };
        assert_eq!(Segment::decode(&bytes), Some(segment.clone()));
        assert_eq!(segment.encode(), bytes);
        bytes[40] ^= 1;
        assert_eq!(Segment::decode(&bytes), None);
    }

    #[test]
    fn kinds_are_a_set() {
        let kinds: Kinds = [0, 9, u16::MAX].into_iter().collect();
        assert!(
            [0, 9, u16::MAX]
                .into_iter()
                .all(|kind| kinds.contains(kind))
        );
        assert!(
            ![1, 8, 10, 65_534]
                .into_iter()
                .any(|kind| kinds.contains(kind))
        );
        assert!(kinds.intersects(&[9].into_iter().collect()));
        assert!(!kinds.intersects(&[1, 2, 3].into_iter().collect()));
        assert!(!kinds.intersects(&Kinds::default()));
    }
}

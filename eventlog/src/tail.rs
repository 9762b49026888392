//! The growing end of the log: the head, the hash chain and the segment not yet complete.
//!
//! The append thread, the opening and the verifier all walk events through [`Tail::push`], so
//! there is one definition of the chain and of the summaries:
//!
//! ```text
//! chain(0) = 32 zero bytes
//! chain(n) = BLAKE3(chain(n - 1), position n (8 bytes, big-endian), header of n (108 bytes))
//! ```

use crate::record::{Checked, HEADER_BYTES, array};
use crate::segment::{Kinds, SEGMENT_EVENTS, Segment};

/// The last position and the hash chain there, as stored in `meta` under "head":
/// position (8), chain (32), crc32c of both (4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Head {
    pub(crate) position: u64,
    pub(crate) chain: [u8; 32],
}

impl Head {
    pub(crate) fn encode(&self) -> [u8; 44] {
        let mut bytes = [0; 44];
        bytes[..8].copy_from_slice(&self.position.to_be_bytes());
        bytes[8..40].copy_from_slice(&self.chain);
        let checksum = crc32c::crc32c(&bytes[..40]).to_be_bytes();
        bytes[40..].copy_from_slice(&checksum);
        bytes
    }

    /// `None` when the bytes are not a head.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Head> {
        let checksum = u32::from_be_bytes(bytes.get(40..)?.try_into().ok()?);
        (crc32c::crc32c(&bytes[..40]) == checksum).then(|| Head {
            position: u64::from_be_bytes(array(bytes, 0)),
            chain: array(bytes, 8),
        })
    }
}

/// The end of the log as far as it was walked.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tail {
    pub(crate) head: Head,
    /// The summary so far of the segment that `head` lies in; `None` at a boundary.
    open: Option<Segment>,
}

impl Tail {
    /// The tail at the boundary after a complete segment.
    pub(crate) fn after(segment: &Segment) -> Tail {
        let head = Head {
            position: segment.last,
            chain: segment.chain,
        };
        Tail { head, open: None }
    }

    /// Walks over the next event. Returns the summary of the segment that it completes.
    pub(crate) fn push(&mut self, event: &Checked<'_>) -> Option<Segment> {
        let position = self.head.position + 1;
        let chain = link(&self.head.chain, position, event.header_bytes());
        let time_ms = event.time_ms();
        let segment = self.open.get_or_insert_with(|| Segment {
            first: position,
            last: position,
            kinds: Kinds::default(),
            time_ms_min: time_ms,
            time_ms_max: time_ms,
            chain,
        });
        segment.last = position;
        segment.chain = chain;
        segment.kinds.insert(event.kind());
        segment.time_ms_min = segment.time_ms_min.min(time_ms);
        segment.time_ms_max = segment.time_ms_max.max(time_ms);
        self.head = Head { position, chain };
        let complete = position.is_multiple_of(SEGMENT_EVENTS);
        self.open.take_if(|_| complete)
    }
}

fn link(before: &[u8; 32], position: u64, header: &[u8; HEADER_BYTES]) -> [u8; 32] {
    let mut bytes = [0; 40 + HEADER_BYTES];
    bytes[..32].copy_from_slice(before);
    bytes[32..40].copy_from_slice(&position.to_be_bytes());
    bytes[40..].copy_from_slice(header);
    *blake3::hash(&bytes).as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_built_by_hand_is_read() {
        let mut bytes = vec![0, 0, 0, 0, 0, 0, 1, 0];
        bytes.extend([5; 32]);
        bytes.extend(crc32c::crc32c(&bytes).to_be_bytes());
        let head = Head {
            position: 256,
            chain: [5; 32],
        };
        assert_eq!(Head::decode(&bytes), Some(head));
        assert_eq!(head.encode()[..], bytes[..]);
        bytes[3] ^= 1;
        assert_eq!(Head::decode(&bytes), None);
        assert_eq!(Head::decode(b"short"), None);
    }
}

//! Answers kept under idempotency keys, and the layout of the family that holds them.
//!
//! ```text
//! key                            value
//! 'k', the caller's key          format 1 (1), time (8), position (8), fingerprint (32), reply
//! 't', time (8), caller's key    empty
//! ```
//!
//! The second form is in the order of time, so that expiry reads only what it removes. Times are
//! milliseconds since the Unix epoch, big-endian with the sign bit flipped, to sort as numbers.

use rocksdb::WriteBatch;

use crate::Error;
use crate::cursor::Walk;
use crate::keys::Family;
use crate::record::array;
use crate::store::{Store, handle};

const FORMAT: u8 = 1;
const REPLY_AT: usize = 49;

/// What was remembered under an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remembered {
    /// A hash of the arguments, so that the same key with others can be refused.
    pub fingerprint: [u8; 32],
    /// The answer to give again.
    pub reply: Vec<u8>,
    /// The position that covers the first execution.
    pub position: u64,
    /// When it was remembered, in milliseconds since the Unix epoch.
    pub time_ms: i64,
}

impl Remembered {
    fn encode(&self) -> Vec<u8> {
        let mut bytes = vec![FORMAT];
        bytes.extend(self.time_ms.to_be_bytes());
        bytes.extend(self.position.to_be_bytes());
        bytes.extend(self.fingerprint);
        bytes.extend(&self.reply);
        bytes
    }

    fn decode(bytes: &[u8]) -> Option<Remembered> {
        (bytes.len() >= REPLY_AT && bytes[0] == FORMAT).then(|| Remembered {
            time_ms: i64::from_be_bytes(array(bytes, 1)),
            position: u64::from_be_bytes(array(bytes, 9)),
            fingerprint: array(bytes, 17),
            reply: bytes[REPLY_AT..].to_vec(),
        })
    }
}

fn by_key(key: &[u8]) -> Vec<u8> {
    [b"k", key].concat()
}

fn by_time(time_ms: i64, key: &[u8]) -> Vec<u8> {
    let sortable = time_ms.cast_unsigned() ^ (1 << 63);
    [b"t", &sortable.to_be_bytes()[..], key].concat()
}

/// Reads what is stored under `key`.
pub(crate) fn recall(store: &Store, key: &[u8]) -> Result<Option<Remembered>, Error> {
    let Some(bytes) = store.get(Family::Idempotency, &by_key(key))? else {
        return Ok(None);
    };
    match Remembered::decode(&bytes) {
        Some(remembered) => Ok(Some(remembered)),
        None => Err(Error::damaged(0, "a remembered answer is damaged")),
    }
}

/// Adds `remembered` to `batch`.
pub(crate) fn put(store: &Store, batch: &mut WriteBatch, key: &[u8], remembered: &Remembered) {
    let family = handle(&store.db, Family::Idempotency);
    batch.put_cf(family, by_key(key), remembered.encode());
    batch.put_cf(family, by_time(remembered.time_ms, key), []);
}

/// Puts into `batch` the removal of up to `limit` answers remembered before `before_ms`. Returns
/// how many entries of the time order it looked at and how many answers it removes.
pub(crate) fn expire(
    store: &Store,
    batch: &mut WriteBatch,
    before_ms: i64,
    limit: usize,
) -> Result<(usize, u64), Error> {
    let family = handle(&store.db, Family::Idempotency);
    let range = Walk::range(*b"t", by_time(before_ms, b""));
    let mut walk = store.walk(Family::Idempotency, range);
    let (mut seen, mut removed) = (0, 0);
    while seen < limit
        && let Some((entry, _)) = walk.next()?
    {
        seen += 1;
        batch.delete_cf(family, entry);
        let key = entry.get(9..).unwrap_or_default();
        // A key remembered again since then stands in the time order once more.
        if let Some(remembered) = recall(store, key)?
            && remembered.time_ms < before_ms
        {
            batch.delete_cf(family, by_key(key));
            removed += 1;
        }
    }
    Ok((seen, removed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_built_by_hand_are_read() {
        let mut bytes = vec![1];
        bytes.extend([0, 0, 0, 0, 0, 0, 1, 0]);
        bytes.extend([0, 0, 0, 0, 0, 0, 0, 7]);
        bytes.extend([9; 32]);
        bytes.extend(b"true");
        let remembered = Remembered {
            fingerprint: [9; 32],
            reply: b"true".to_vec(),
            position: 7,
            time_ms: 256,
        };
        assert_eq!(Remembered::decode(&bytes), Some(remembered.clone()));
        assert_eq!(remembered.encode(), bytes);
        assert_eq!(Remembered::decode(&bytes[..48]), None);
    }

    #[test]
    fn times_sort_as_numbers() {
        let times = [i64::MIN, -1, 0, 1, i64::MAX];
        assert!(times.map(|time| by_time(time, b"x")).is_sorted());
    }
}

//! Work on the log that is no decision: erasing payloads and forgetting old idempotency keys.
//!
//! It runs on the append thread in pieces, so that commands wait for one piece at most.

use rocksdb::WriteBatch;

use crate::Error;
use crate::keys::Family;
use crate::log::Log;
use crate::record::{self, Checked};
use crate::store::handle;
use crate::writer::Writer;

/// Events or keys worked on at a time.
const PIECE: usize = 1024;

impl Log {
    /// Replaces the payloads at `positions` by tombstones, durably; headers, payload hashes,
    /// positions and the hash chain stay. Returns how many were not erased before.
    ///
    /// Reads give [`crate::Payload::Erased`] from then on. The old bytes leave the disk a little
    /// later: the write-ahead log when it has grown to 64 MiB or with [`Log::flush`], the tables
    /// when the engine rewrites them, within about a week. After an error some may be erased and
    /// some not: ask again, what is erased stays so.
    ///
    /// # Errors
    /// [`Error::NoSuchPosition`] before anything is erased; [`Error::Damaged`], [`Error::Read`],
    /// [`Error::Overloaded`], [`Error::Stopped`], [`Error::Closed`].
    pub async fn erase(&self, mut positions: Vec<u64>) -> Result<u64, Error> {
        positions.sort_unstable();
        positions.dedup();
        let head = self.reader().head();
        let outside = |position: &&u64| **position == 0 || **position > head;
        if let Some(position) = positions.iter().find(outside) {
            return Err(Error::NoSuchPosition(*position));
        }
        let mut erased = 0;
        for piece in positions.chunks(PIECE) {
            let piece = piece.to_vec();
            erased += self.maintain(move |writer| erase(writer, &piece)).await?;
        }
        Ok(erased)
    }

    /// Forgets the idempotency keys remembered before `before_ms` (milliseconds since the Unix
    /// epoch) and returns how many.
    ///
    /// # Errors
    /// [`Error::Read`], [`Error::Damaged`], [`Error::Overloaded`], [`Error::Stopped`],
    /// [`Error::Closed`].
    pub async fn expire_idempotency(&self, before_ms: i64) -> Result<u64, Error> {
        let mut forgotten = 0;
        loop {
            let piece = self.maintain(move |writer| expire(writer, before_ms));
            let (seen, removed) = piece.await?;
            forgotten += removed;
            if seen < PIECE {
                return Ok(forgotten);
            }
        }
    }
}

fn erase(writer: &mut Writer, positions: &[u64]) -> Result<u64, Error> {
    let store = writer.store();
    let mut batch = WriteBatch::default();
    for position in positions {
        let key = position.to_be_bytes();
        let record = store
            .get(Family::Events, &key)?
            .ok_or_else(|| Error::damaged(*position, "the event is missing"))?;
        if !Checked::new(*position, &record)?.erased() {
            let tombstone = record::tombstone(*position, &record);
            batch.put_cf(handle(&store.db, Family::Events), key, tombstone);
        }
    }
    let erased = batch.len() as u64;
    if erased > 0 {
        writer.make_durable(batch)?;
    }
    Ok(erased)
}

fn expire(writer: &mut Writer, before_ms: i64) -> Result<(usize, u64), Error> {
    let mut batch = WriteBatch::default();
    let expired = crate::idempotency::expire(writer.store(), &mut batch, before_ms, PIECE)?;
    if !batch.is_empty() {
        writer.make_durable(batch)?;
    }
    Ok(expired)
}

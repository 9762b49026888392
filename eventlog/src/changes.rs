//! What commands want written: first of one command, then of the whole batch.

use std::collections::{BTreeMap, HashMap};

use foldhash::fast::RandomState;
use rocksdb::WriteBatch;

use crate::event::Stream;
use crate::idempotency::{self, Remembered};
use crate::keys::{self, Family};
use crate::overlay::Overlay;
use crate::record::Checked;
use crate::store::{Store, handle};
use crate::tail::Tail;

/// An event with its place in its stream; its position follows from its place in the list.
pub(crate) struct Appended {
    pub(crate) stream: Stream,
    pub(crate) version: u64,
    pub(crate) record: Vec<u8>,
}

/// Changes that belong together.
#[derive(Default)]
pub(crate) struct Changes {
    pub(crate) events: Vec<Appended>,
    /// The new current versions of the streams touched.
    pub(crate) versions: HashMap<Stream, u64, RandomState>,
    pub(crate) state: Overlay,
    pub(crate) remembered: BTreeMap<Vec<u8>, Remembered>,
    /// About what will be written.
    pub(crate) bytes: usize,
}

impl Changes {
    pub(crate) fn is_empty(&self) -> bool {
        self.events.is_empty() && self.state.is_empty() && self.remembered.is_empty()
    }

    /// Lays `later` over these changes.
    pub(crate) fn absorb(&mut self, later: Changes) {
        self.events.extend(later.events);
        self.versions.extend(later.versions);
        self.state.extend(later.state);
        self.remembered.extend(later.remembered);
        self.bytes += later.bytes;
    }

    /// The batch that writes them, with everything that goes with the events: stream index,
    /// summaries of completed segments, head. `tail` moves to the new end.
    pub(crate) fn write_batch(&self, store: &Store, tail: &mut Tail) -> WriteBatch {
        let family = |family| handle(&store.db, family);
        let mut batch = WriteBatch::with_capacity_bytes(self.bytes + self.bytes / 4);
        let (events, streams) = (family(Family::Events), family(Family::Streams));
        for event in &self.events {
            let position = tail.head.position + 1;
            let key = position.to_be_bytes();
            batch.put_cf(events, key, &event.record);
            batch.put_cf(
                streams,
                keys::stream_version(event.stream, event.version),
                key,
            );
            if let Some(segment) = tail.push(&Checked::encoded(position, &event.record)) {
                let number = crate::segment::number_of(position).to_be_bytes();
                batch.put_cf(family(Family::Segments), number, segment.encode());
            }
        }
        for (stream, version) in &self.versions {
            batch.put_cf(streams, keys::stream(*stream), version.to_be_bytes());
        }
        let state = family(Family::State);
        for (key, value) in &self.state {
            match value {
                Some(value) => batch.put_cf(state, key, value),
                None => batch.delete_cf(state, key),
            }
        }
        for (key, remembered) in &self.remembered {
            idempotency::put(store, &mut batch, key, remembered);
        }
        batch.put_cf(family(Family::Meta), keys::HEAD, tail.head.encode());
        batch
    }
}

//! The reading side of a log: beside its own append thread, or beside another process.

use std::path::Path;
use std::sync::Arc;

use rocksdb::DBPinnableSlice;
use tokio::sync::watch;

use crate::Error;
use crate::cursor::{Cursor, Walk};
use crate::event::{Record, Stream};
use crate::follower::Follower;
use crate::idempotency::{self, Remembered};
use crate::keys::{self, Family};
use crate::options::Limit;
use crate::pages::{Found, next_event};
use crate::record::Checked;
use crate::segment::{SEGMENT_EVENTS, Segment};
use crate::state::{Pair, View};
use crate::store::{Store, handle};
use crate::writer::Published;

/// A read that starts this many events before the head is a replay, which bypasses the cache. One of
/// as many events reads ahead as well.
const REPLAY_EVENTS: u64 = 4096;

/// Reads a log. Clones are cheap and share everything.
///
/// Made by [`crate::Log::reader`], it sees exactly what is durable. Made by [`Reader::open`], it
/// works without a `Log` and beside one in another process, and sees what was there at the last
/// [`Reader::catch_up`]. Reading blocks on the disk.
#[derive(Clone)]
pub struct Reader {
    pub(crate) store: Arc<Store>,
    published: watch::Receiver<Published>,
    follower: Option<Arc<Follower>>,
}

impl Reader {
    pub(crate) fn beside(store: Arc<Store>, published: watch::Receiver<Published>) -> Reader {
        Reader {
            store,
            published,
            follower: None,
        }
    }

    /// Opens the log in `dir` for reading only, beside a running writer or without one.
    ///
    /// # Errors
    /// [`Error::NotALog`], [`Error::NewerFormat`], [`Error::Open`], [`Error::Damaged`].
    pub fn open(dir: &Path) -> Result<Reader, Error> {
        let (store, follower) = Follower::open(dir)?;
        Ok(Reader {
            store: Arc::new(store),
            published: follower.published(),
            follower: Some(Arc::new(follower)),
        })
    }

    /// Sees what another process has written meanwhile; that may be ahead of its fsync by one
    /// batch. Does nothing for a reader of a `Log`, which is always up to date.
    ///
    /// # Errors
    /// [`Error::Read`], [`Error::Damaged`].
    pub fn catch_up(&self) -> Result<(), Error> {
        match &self.follower {
            Some(follower) => follower.catch_up(&self.store),
            None => Ok(()),
        }
    }

    /// Runs `work` while no clone catches up.
    pub(crate) fn held_still<T>(&self, work: impl FnOnce() -> T) -> T {
        let _still = self.follower.as_ref().map(|follower| follower.hold_still());
        work()
    }

    /// Whether the log is written by another process, if by any.
    pub(crate) fn is_follower(&self) -> bool {
        self.follower.is_some()
    }

    /// The log's id: random, made with the log, kept by copies of it.
    #[must_use]
    pub fn log_id(&self) -> [u8; 16] {
        self.store.log_id
    }

    /// The last durable position; 0 for an empty log.
    #[must_use]
    pub fn head(&self) -> u64 {
        self.published.borrow().head
    }

    /// Waits until [`Reader::head`] is beyond `position` and returns it. A reader made by
    /// [`Reader::open`] waits for a [`Reader::catch_up`] by a clone of it.
    ///
    /// # Errors
    /// [`Error::Stopped`] or [`Error::Closed`] when nothing more will come.
    pub async fn wait_beyond(&self, position: u64) -> Result<u64, Error> {
        let mut published = self.published.clone();
        let news = |now: &Published| now.head > position || now.stopped.is_some();
        let now = published.wait_for(news).await.map_err(|_| Error::Closed)?;
        match &now.stopped {
            Some(stopped) if now.head <= position => Err(stopped.clone()),
            _ => Ok(now.head),
        }
    }

    /// The events after position `after`, in order, up to the head or the `limit`.
    ///
    /// # Errors
    /// [`Error::Damaged`] naming the position of a missing or broken event, [`Error::Read`].
    pub fn read(&self, after: u64, limit: Limit) -> Result<Vec<Record>, Error> {
        let head = self.head();
        if after >= head {
            return Ok(Vec::new());
        }
        let most = u64::try_from(limit.events).unwrap_or(u64::MAX);
        let last = after.saturating_add(most).min(head);
        let mut found = Found::new(limit);
        let mut events = self.events(after, last);
        for position in after + 1..=last {
            let (record, bytes) = next_event(&mut events, position)?;
            if !found.keep(record.record(), bytes) {
                break;
            }
        }
        Ok(found.records)
    }

    /// The event at `position`; `None` where there is none, or none yet.
    ///
    /// # Errors
    /// [`Error::Damaged`] naming the position of a missing or broken event, [`Error::Read`].
    pub fn event(&self, position: u64) -> Result<Option<Record>, Error> {
        if position == 0 || position > self.head() {
            return Ok(None);
        }
        let record = self.stored(position)?;
        Ok(Some(Checked::new(position, &record)?.record()))
    }

    /// The event of `stream` at its `version`, from 1; `None` where there is none, or none yet.
    ///
    /// # Errors
    /// [`Error::Damaged`] naming the position of a missing or broken event, [`Error::Read`].
    pub fn event_of(&self, stream: Stream, version: u64) -> Result<Option<Record>, Error> {
        let key = keys::stream_version(stream, version);
        match self.store.get(Family::Streams, &key)? {
            Some(position) => self.event(keys::parse_u64(&position).unwrap_or(0)),
            None => Ok(None),
        }
    }

    /// The events of `stream` after its version `after_version`, in order, up to the `limit`.
    ///
    /// # Errors
    /// [`Error::Damaged`] naming the position of a missing or broken event, [`Error::Read`].
    pub fn read_stream(
        &self,
        stream: Stream,
        after_version: u64,
        limit: Limit,
    ) -> Result<Vec<Record>, Error> {
        let head = self.head();
        let mut found = Found::new(limit);
        let after = keys::stream_version(stream, after_version);
        let walk = Walk::prefix(&keys::stream(stream), Some(&after));
        let mut index = self.store.walk(Family::Streams, walk);
        while let Some((_, value)) = index.next()? {
            let position = keys::parse_u64(value).unwrap_or(0);
            if position > head {
                break;
            }
            let record = self.stored(position)?;
            let checked = Checked::new(position, &record)?;
            if checked.stream() != stream {
                return Err(Error::damaged(position, "the event is of another stream"));
            }
            if !found.keep(checked.record(), record.len()) {
                break;
            }
        }
        Ok(found.records)
    }

    /// What was remembered under the idempotency `key`, if it has not expired.
    ///
    /// # Errors
    /// [`Error::Read`], [`Error::Damaged`].
    pub fn recall(&self, key: &[u8]) -> Result<Option<Remembered>, Error> {
        idempotency::recall(&self.store, key)
    }

    /// The summary of the segment that holds `position`; `None` while it is not complete.
    ///
    /// # Errors
    /// [`Error::NoSuchPosition`] for 0, [`Error::Damaged`], [`Error::Read`].
    pub fn segment(&self, position: u64) -> Result<Option<Segment>, Error> {
        if position == 0 {
            return Err(Error::NoSuchPosition(position));
        }
        self.store.segment(crate::segment::number_of(position))
    }

    /// The summaries of the complete segments after position `after`, up to `limit` of them.
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::Read`].
    pub fn segments(&self, after: u64, limit: usize) -> Result<Vec<Segment>, Error> {
        let complete = self.head() / SEGMENT_EVENTS;
        let numbers = after.div_ceil(SEGMENT_EVENTS)..complete;
        let segments = numbers.take(limit).map(|number| {
            let missing = || {
                let last = (number + 1) * SEGMENT_EVENTS;
                Error::damaged(last, "the segment's summary is missing")
            };
            self.store.segment(number)?.ok_or_else(missing)
        });
        segments.collect()
    }

    /// A walk over the events after `after` up to `last`.
    pub(crate) fn events(&self, after: u64, last: u64) -> Cursor<'_> {
        let walk = Walk::range((after + 1).to_be_bytes(), (last + 1).to_be_bytes());
        let walk = match last - after > REPLAY_EVENTS {
            true => walk.long(),
            false => walk.uncached(self.head() - after > REPLAY_EVENTS),
        };
        self.store.walk(Family::Events, walk)
    }

    /// The bytes of an event that must be there.
    fn stored(&self, position: u64) -> Result<DBPinnableSlice<'_>, Error> {
        let events = handle(&self.store.db, Family::Events);
        let record = self.store.db.get_pinned_cf(events, position.to_be_bytes());
        record
            .map_err(Error::read)?
            .ok_or_else(|| Error::damaged(position, "the event is missing"))
    }
}

/// The decision state as of the head, or of a batch that becomes it in a moment.
impl View for Reader {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Error> {
        self.store.get(Family::State, key)
    }

    fn scan(&self, prefix: &[u8], after: Option<&[u8]>, limit: usize) -> Result<Vec<Pair>, Error> {
        let mut state = self.store.walk(Family::State, Walk::prefix(prefix, after));
        let mut pairs = Vec::new();
        while pairs.len() < limit
            && let Some((key, value)) = state.next()?
        {
            pairs.push((key.to_vec(), value.to_vec()));
        }
        Ok(pairs)
    }
}

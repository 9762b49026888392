//! Proves that a log is whole: every event, its hash chain, the summaries and the stream index.

use rocksdb::Snapshot;

use crate::Error;
use crate::cursor::{Cursor, Walk};
use crate::event::Stream;
use crate::keys::{self, Family};
use crate::reader::Reader;
use crate::record::Checked;
use crate::segment::SEGMENT_EVENTS;
use crate::store::Store;
use crate::tail::{Head, Tail};

/// What a verification went through and found right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Verified {
    /// Events, which is also the head.
    pub events: u64,
    /// Events whose payload was erased.
    pub erased: u64,
    /// Complete segments.
    pub segments: u64,
    /// Streams.
    pub streams: u64,
    /// Keys of the decision state. That they are the fold of the events is for
    /// [`crate::Scratch`] to show.
    pub state_keys: u64,
    /// Idempotency keys.
    pub idempotency_keys: u64,
    /// The hash chain at the head.
    pub chain: [u8; 32],
}

impl Reader {
    /// Reads the whole log and checks it: positions are dense, checksums and payload hashes are
    /// right, the hash chain leads to every segment's summary and to the head, the summaries are
    /// right, and the stream index leads to every event and to nothing else.
    ///
    /// `progress` is told the events done and the events there are, once a segment; it must not
    /// catch up.
    ///
    /// # Errors
    /// [`Error::Damaged`] naming the first position that does not agree, [`Error::Read`].
    pub fn verify(&self, progress: &mut dyn FnMut(u64, u64)) -> Result<Verified, Error> {
        self.held_still(|| {
            // Beside a running append thread all walks must see the same moment. A follower has
            // no snapshots and needs none, since it stands still.
            let snapshot = (!self.is_follower()).then(|| self.store.db.snapshot());
            let check = Check {
                store: &self.store,
                snapshot: snapshot.as_ref(),
            };
            check.everything(progress)
        })
    }
}

struct Check<'a> {
    store: &'a Store,
    snapshot: Option<&'a Snapshot<'a>>,
}

impl<'a> Check<'a> {
    fn walk(&self, family: Family) -> Cursor<'a> {
        let walk = Walk::all().at(self.snapshot).long();
        self.store.walk(family, walk)
    }

    fn everything(&self, progress: &mut dyn FnMut(u64, u64)) -> Result<Verified, Error> {
        let mut meta = self.walk(Family::Meta);
        let head = match meta.seek(keys::HEAD)? {
            Some((keys::HEAD, bytes)) => Head::decode(bytes),
            _ => None,
        };
        let head = head.ok_or_else(|| Error::damaged(0, "the stored head is damaged"))?;
        let mut verified = Verified::default();
        let expected = self.events(head, &mut verified, progress)?;
        let indexed = self.streams(head, &mut verified)?;
        if expected != indexed {
            return Err(self.locate(head)?);
        }
        // Walking is enough to have the engine check every block of these.
        verified.state_keys = count(self.walk(Family::State))?;
        verified.idempotency_keys = count(self.walk(Family::Idempotency))? / 2;
        Ok(verified)
    }

    fn events(
        &self,
        head: Head,
        verified: &mut Verified,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<Sum, Error> {
        let mut sum = Sum::default();
        let mut tail = Tail::default();
        let mut segments = self.walk(Family::Segments);
        let mut events = self.walk(Family::Events);
        while let Some((key, record)) = events.next()? {
            let position = tail.head.position + 1;
            if key != position.to_be_bytes() {
                return Err(Error::damaged(position, "the event is missing"));
            }
            if position > head.position {
                return Err(Error::damaged(
                    position,
                    "there is an event beyond the head",
                ));
            }
            let event = Checked::new(position, record)?;
            if !event.payload_matches() {
                return Err(Error::damaged(
                    position,
                    "the payload does not match its hash",
                ));
            }
            verified.erased += u64::from(event.erased());
            sum.add(event.stream(), event.version(), position);
            if let Some(segment) = tail.push(&event) {
                let number = verified.segments.to_be_bytes();
                if segments.next()? != Some((&number, &segment.encode())) {
                    return Err(Error::damaged(
                        position,
                        "the segment's summary is not right",
                    ));
                }
                verified.segments += 1;
                progress(position, head.position);
            }
        }
        if tail.head.position < head.position {
            let missing = tail.head.position + 1;
            return Err(Error::damaged(missing, "the event is missing"));
        }
        if tail.head != head {
            return Err(Error::damaged(head.position, "the hash chain is broken"));
        }
        if segments.next()?.is_some() {
            let beyond = (verified.segments + 1) * SEGMENT_EVENTS;
            return Err(Error::damaged(beyond, "there is a summary beyond the head"));
        }
        progress(head.position, head.position);
        verified.events = head.position;
        verified.chain = head.chain;
        Ok(sum)
    }

    /// Every stream has versions from 1 without a gap, in the order of the positions.
    fn streams(&self, head: Head, verified: &mut Verified) -> Result<Sum, Error> {
        let mut sum = Sum::default();
        let mut index = self.walk(Family::Streams);
        let mut open: Option<OpenStream> = None;
        while let Some((key, value)) = index.next()? {
            let (Some((stream, version)), Some(number)) =
                (keys::parse_stream(key), keys::parse_u64(value))
            else {
                return Err(Error::damaged(0, "the stream index has a malformed entry"));
            };
            let Some(version) = version else {
                open.take().map_or(Ok(()), OpenStream::finish)?;
                verified.streams += 1;
                open = Some(OpenStream::new(stream, number));
                continue;
            };
            let fits = open
                .as_mut()
                .is_some_and(|open| open.add(stream, version, number));
            if !fits || number > head.position {
                let what = format!("version {version} of {stream:?} is out of order in its index");
                return Err(Error::damaged(number, what));
            }
            sum.add(stream, version, number);
        }
        open.take().map_or(Ok(()), OpenStream::finish)?;
        Ok(sum)
    }

    /// Finds what made the sums differ, the slow way.
    fn locate(&self, head: Head) -> Result<Error, Error> {
        let mut events = self.walk(Family::Events);
        while let Some((key, record)) = events.next()? {
            let position = keys::parse_u64(key).unwrap_or(0);
            let event = Checked::new(position, record)?;
            let entry = keys::stream_version(event.stream(), event.version());
            let mut index = self.walk(Family::Streams);
            if index.seek(&entry)? != Some((&entry, key)) {
                return Ok(Error::damaged(
                    position,
                    "the stream index does not lead to the event",
                ));
            }
        }
        let what = "the stream index leads to events that are not there";
        Ok(Error::damaged(head.position, what))
    }
}

/// A stream whose index entries are being walked.
struct OpenStream {
    stream: Stream,
    /// What the index says the last version is.
    current: u64,
    version: u64,
    position: u64,
}

impl OpenStream {
    fn new(stream: Stream, current: u64) -> Self {
        OpenStream {
            stream,
            current,
            version: 0,
            position: 0,
        }
    }

    /// Whether the entry is the next of this stream.
    fn add(&mut self, stream: Stream, version: u64, position: u64) -> bool {
        let fits = stream == self.stream && version == self.version + 1 && position > self.position;
        self.version = version;
        self.position = position;
        fits
    }

    fn finish(self) -> Result<(), Error> {
        if self.version == self.current {
            return Ok(());
        }
        let what = format!(
            "{:?} is said to have {} events, but its index has {}",
            self.stream, self.current, self.version
        );
        Err(Error::damaged(self.position, what))
    }
}

/// An order-independent fingerprint of a set of index entries, so that the index can be compared
/// with the events by walking each once in its own order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Sum {
    entries: u64,
    hashes: u128,
}

impl Sum {
    fn add(&mut self, stream: Stream, version: u64, position: u64) {
        let mut entry = [0; 25];
        entry[..17].copy_from_slice(&keys::stream_version(stream, version));
        entry[17..].copy_from_slice(&position.to_be_bytes());
        let hash = blake3::hash(&entry);
        let hash = u128::from_be_bytes(crate::record::array(hash.as_bytes(), 0));
        self.entries += 1;
        self.hashes = self.hashes.wrapping_add(hash);
    }
}

fn count(mut walk: Cursor<'_>) -> Result<u64, Error> {
    let mut pairs = 0;
    while walk.next()?.is_some() {
        pairs += 1;
    }
    Ok(pairs)
}

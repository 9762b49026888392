//! What a decision sees and may do: the committed log, the batch so far, and its own changes.

use crate::Error;
use crate::base::Base;
use crate::changes::{Appended, Changes};
use crate::cursor::Walk;
use crate::event::{NewEvent, Stream};
use crate::idempotency::{self, Remembered};
use crate::keys::Family;
use crate::overlay;
use crate::record;
use crate::state::{Pair, State, View};

/// Bytes of one event's payload.
pub const PAYLOAD_BYTES_MAX: usize = 8 << 20;

/// Bytes of everything one command writes.
pub const COMMAND_BYTES_MAX: usize = 64 << 20;

/// What the engine adds to a written pair, about.
const PAIR_BYTES: usize = 32;

/// One decision at work. Its reads see every command decided before it, its writes count only when
/// it succeeds. Handed to the closure of [`crate::Log::append`]; reads and writes of the decision
/// state go through its [`State`] implementation.
pub struct Transaction<'a> {
    base: &'a Base,
    batch: &'a Changes,
    own: Changes,
}

impl<'a> Transaction<'a> {
    pub(crate) fn new(base: &'a Base, batch: &'a Changes) -> Self {
        Transaction {
            base,
            batch,
            own: Changes::default(),
        }
    }

    /// The last position, with the commands before this one in the batch and the events that this
    /// one recorded. Durable only when the command is answered.
    #[must_use]
    pub fn head(&self) -> u64 {
        self.base.head + (self.batch.events.len() + self.own.events.len()) as u64
    }

    /// The current version of `stream`; 0 when it has no events.
    ///
    /// # Errors
    /// [`Error::Read`] when the disk fails.
    pub fn version(&self, stream: Stream) -> Result<u64, Error> {
        let changed = self.own.versions.get(&stream);
        match changed.or_else(|| self.batch.versions.get(&stream)) {
            Some(version) => Ok(*version),
            None => self.base.version(stream),
        }
    }

    /// Adds `event` to the log and returns the position it will have.
    ///
    /// # Errors
    /// [`Error::TooLarge`] beyond [`PAYLOAD_BYTES_MAX`] or [`COMMAND_BYTES_MAX`], [`Error::Read`]
    /// when the disk fails.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "an event is made to be recorded, and callers read better without the borrow"
    )]
    pub fn record(&mut self, event: NewEvent) -> Result<u64, Error> {
        let bytes = event.payload.len();
        for (bytes, limit) in [
            (bytes, PAYLOAD_BYTES_MAX),
            (self.own.bytes + bytes, COMMAND_BYTES_MAX),
        ] {
            if bytes > limit {
                return Err(Error::TooLarge { bytes, limit });
            }
        }
        let stream = event.stream;
        let version = self.version(stream)? + 1;
        let position = self.head() + 1;
        let record = record::encode(position, version, &event);
        self.own.bytes += record.len() + 3 * PAIR_BYTES;
        self.own.versions.insert(stream, version);
        self.own.events.push(Appended {
            stream,
            version,
            record,
        });
        Ok(position)
    }

    /// What was remembered under the idempotency `key`, if it has not expired.
    ///
    /// # Errors
    /// [`Error::Read`] when the disk fails.
    pub fn recall(&self, key: &[u8]) -> Result<Option<Remembered>, Error> {
        let changed = self.own.remembered.get(key);
        match changed.or_else(|| self.batch.remembered.get(key)) {
            Some(remembered) => Ok(Some(remembered.clone())),
            None => idempotency::recall(&self.base.store, key),
        }
    }

    /// Remembers `reply` under the idempotency `key`, in the same batch as the events. `time_ms`
    /// (milliseconds since the Unix epoch) decides when [`crate::Log::expire_idempotency`] forgets
    /// it.
    pub fn remember(&mut self, key: &[u8], fingerprint: [u8; 32], reply: Vec<u8>, time_ms: i64) {
        self.own.bytes += 2 * (key.len() + PAIR_BYTES) + reply.len();
        let remembered = Remembered {
            fingerprint,
            reply,
            position: self.head(),
            time_ms,
        };
        self.own.remembered.insert(key.to_vec(), remembered);
    }

    /// The changes of a decision that succeeded.
    pub(crate) fn accept(mut self) -> Result<Changes, Error> {
        if self.own.events.is_empty() && !self.own.state.is_empty() {
            return Err(Error::StateWithoutEvent);
        }
        let (bytes, limit) = (self.own.bytes, COMMAND_BYTES_MAX);
        if bytes > limit {
            return Err(Error::TooLarge { bytes, limit });
        }
        // Events recorded after `remember` belong to the remembered command, too.
        let head = self.head();
        for remembered in self.own.remembered.values_mut() {
            remembered.position = head;
        }
        Ok(self.own)
    }
}

impl View for Transaction<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Error> {
        let changed = self.own.state.get(key);
        match changed.or_else(|| self.batch.state.get(key)) {
            Some(value) => Ok(value.clone()),
            None => self.base.state(key),
        }
    }

    fn scan(&self, prefix: &[u8], after: Option<&[u8]>, limit: usize) -> Result<Vec<Pair>, Error> {
        let stored = Walk::prefix(prefix, after);
        overlay::scan(
            self.base.store.walk(Family::State, stored),
            &[&self.batch.state, &self.own.state],
            prefix,
            after,
            limit,
        )
    }
}

impl State for Transaction<'_> {
    fn put(&mut self, key: &[u8], value: Vec<u8>) {
        self.own.bytes += key.len() + value.len() + PAIR_BYTES;
        self.own.state.insert(key.to_vec(), Some(value));
    }

    fn delete(&mut self, key: &[u8]) {
        self.own.bytes += key.len() + PAIR_BYTES;
        self.own.state.insert(key.to_vec(), None);
    }
}

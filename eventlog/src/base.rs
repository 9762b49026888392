//! What is committed, as the append thread sees it: the database behind two write-through caches.

use std::cell::RefCell;
use std::sync::Arc;

use crate::Error;
use crate::cache::Cache;
use crate::changes::Changes;
use crate::event::Stream;
use crate::keys::{self, Family};
use crate::store::Store;

const STATE_CACHE_BYTES: usize = 8 << 20;
const VERSION_CACHE_BYTES: usize = 2 << 20;

/// What a map entry costs beside its bytes, about.
const ENTRY_BYTES: usize = 64;

/// The committed state of the log. Belongs to the append thread alone.
pub(crate) struct Base {
    pub(crate) store: Arc<Store>,
    pub(crate) head: u64,
    state: RefCell<Cache<Vec<u8>, Option<Vec<u8>>>>,
    versions: RefCell<Cache<Stream, u64>>,
}

impl Base {
    pub(crate) fn new(store: Arc<Store>, head: u64) -> Self {
        let weigh_state = |key: &Vec<u8>, value: &Option<Vec<u8>>| {
            ENTRY_BYTES + key.len() + value.as_ref().map_or(0, Vec::len)
        };
        Base {
            store,
            head,
            state: RefCell::new(Cache::new(STATE_CACHE_BYTES, weigh_state)),
            versions: RefCell::new(Cache::new(VERSION_CACHE_BYTES, |_, _| ENTRY_BYTES)),
        }
    }

    /// The value of a state key.
    pub(crate) fn state(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Error> {
        if let Some(value) = self.state.borrow_mut().get(key) {
            return Ok(value.clone());
        }
        let value = self.store.get(Family::State, key)?;
        let mut cache = self.state.borrow_mut();
        cache.insert(key.to_vec(), value.clone());
        Ok(value)
    }

    /// The current version of a stream; 0 when it has no events.
    pub(crate) fn version(&self, stream: Stream) -> Result<u64, Error> {
        if let Some(version) = self.versions.borrow_mut().get(&stream) {
            return Ok(*version);
        }
        let version = match self.store.get(Family::Streams, &keys::stream(stream))? {
            None => 0,
            Some(bytes) => keys::parse_u64(&bytes).ok_or_else(|| {
                Error::damaged(0, format!("the version of stream {stream:?} is damaged"))
            })?,
        };
        self.versions.borrow_mut().insert(stream, version);
        Ok(version)
    }

    /// Takes over what was just committed.
    pub(crate) fn advance(&mut self, changes: Changes) {
        self.head += changes.events.len() as u64;
        let state = self.state.get_mut();
        for (key, value) in changes.state {
            state.insert(key, value);
        }
        let versions = self.versions.get_mut();
        for (stream, version) in changes.versions {
            versions.insert(stream, version);
        }
    }
}

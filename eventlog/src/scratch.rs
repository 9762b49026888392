//! A throwaway state, to fold a whole log into and compare with the state the log has.

use std::path::Path;
use std::sync::Arc;

use rocksdb::{DB, WriteBatch, WriteOptions};
use tempfile::TempDir;

use crate::Error;
use crate::cursor::{Cursor, Seen, Walk};
use crate::engine;
use crate::event::Record;
use crate::keys::Family;
use crate::options::Limit;
use crate::overlay::{self, Overlay};
use crate::reader::Reader;
use crate::state::{Pair, State, View};

/// Changed bytes held in memory before they are written.
const BUFFER_BYTES: usize = 4 << 20;

/// A state in a temporary database, which may be larger than memory. Removed when dropped.
///
/// A write that fails shows at the next read or at [`Scratch::compare`].
pub struct Scratch {
    // Before `_dir`, so that it is closed before its directory goes.
    db: DB,
    _dir: TempDir,
    changed: Overlay,
    bytes: usize,
    failed: Option<Error>,
}

/// The first key at which two states differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The key.
    pub key: Vec<u8>,
    /// Its value in the log's state.
    pub stored: Option<Vec<u8>>,
    /// Its value by folding the events.
    pub folded: Option<Vec<u8>>,
}

/// Feeds the events of `reader` from the first to the head to `evolve`, which folds each into
/// `state`. `progress` is told the events done and the events there are. Returns the head.
///
/// # Errors
/// What `evolve` returns, and [`Error::Damaged`] or [`Error::Read`] of the log.
pub fn fold<S: State, E: From<Error>>(
    reader: &Reader,
    state: &mut S,
    mut evolve: impl FnMut(&mut S, &Record) -> Result<(), E>,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<u64, E> {
    let head = reader.head();
    let mut done = 0;
    while done < head {
        let records = reader.read(done, Limit::default())?;
        for record in records
            .iter()
            .take_while(|record| record.header.position <= head)
        {
            evolve(state, record)?;
            done = record.header.position;
        }
        progress(done, head);
    }
    Ok(head)
}

impl Scratch {
    /// An empty state in a new directory inside of `dir`.
    ///
    /// # Errors
    /// [`Error::Create`].
    pub fn new(dir: &Path) -> Result<Scratch, Error> {
        let failed = |source| Error::Create {
            dir: dir.to_owned(),
            source,
        };
        let inside = tempfile::tempdir_in(dir).map_err(|error| failed(Arc::new(error)))?;
        let db = DB::open_cf_descriptors(
            &engine::scratch(),
            inside.path(),
            [engine::scratch_family(Family::State)],
        );
        Ok(Scratch {
            db: db.map_err(|error| failed(Arc::new(error)))?,
            _dir: inside,
            changed: Overlay::new(),
            bytes: 0,
            failed: None,
        })
    }

    /// The first key, in order, at which the state of `reader`'s log differs from this one. The log
    /// must stand still meanwhile: use a reader made by [`Reader::open`].
    ///
    /// # Errors
    /// [`Error::Write`] when an earlier write failed, [`Error::Read`].
    pub fn compare(&mut self, reader: &Reader) -> Result<Option<Difference>, Error> {
        self.flush();
        if let Some(failed) = &self.failed {
            return Err(failed.clone());
        }
        let whole = || Walk::all().long();
        let mut stored = reader.store.walk(Family::State, whole());
        let mut folded = whole().start(&self.db, Family::State);
        loop {
            let (left, right) = (stored.next()?, folded.next()?);
            if left == right {
                match left {
                    Some(_) => continue,
                    None => return Ok(None),
                }
            }
            return Ok(Some(difference(left, right)));
        }
    }

    fn change(&mut self, key: &[u8], value: Option<Vec<u8>>) {
        self.bytes += key.len() + value.as_ref().map_or(0, Vec::len);
        self.changed.insert(key.to_vec(), value);
        if self.bytes >= BUFFER_BYTES {
            self.flush();
        }
    }

    fn flush(&mut self) {
        let family = crate::store::handle(&self.db, Family::State);
        let mut batch = WriteBatch::default();
        for (key, value) in std::mem::take(&mut self.changed) {
            match value {
                Some(value) => batch.put_cf(family, key, value),
                None => batch.delete_cf(family, key),
            }
        }
        self.bytes = 0;
        let mut options = WriteOptions::default();
        options.disable_wal(true);
        if let Err(error) = self.db.write_opt(batch, &options) {
            self.failed.get_or_insert(Error::write(error));
        }
    }

    fn stored(&self, walk: Walk<'static>) -> Cursor<'_> {
        walk.start(&self.db, Family::State)
    }
}

/// The first difference between two sorted lists whose next pairs differ.
fn difference(stored: Seen<'_>, folded: Seen<'_>) -> Difference {
    let keys = [stored, folded].into_iter().flatten().map(|(key, _)| key);
    let key = keys.min().unwrap_or_default();
    let value_of = |pair: Seen<'_>| {
        let pair = pair.filter(|(found, _)| *found == key);
        pair.map(|(_, value)| value.to_vec())
    };
    Difference {
        key: key.to_vec(),
        stored: value_of(stored),
        folded: value_of(folded),
    }
}

impl View for Scratch {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Error> {
        if let Some(failed) = &self.failed {
            return Err(failed.clone());
        }
        if let Some(value) = self.changed.get(key) {
            return Ok(value.clone());
        }
        let family = crate::store::handle(&self.db, Family::State);
        self.db.get_cf(family, key).map_err(Error::read)
    }

    fn scan(&self, prefix: &[u8], after: Option<&[u8]>, limit: usize) -> Result<Vec<Pair>, Error> {
        let stored = self.stored(Walk::prefix(prefix, after));
        overlay::scan(stored, &[&self.changed], prefix, after, limit)
    }
}

impl State for Scratch {
    fn put(&mut self, key: &[u8], value: Vec<u8>) {
        self.change(key, Some(value));
    }

    fn delete(&mut self, key: &[u8]) {
        self.change(key, None);
    }
}

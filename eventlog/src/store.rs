//! An opened database: the column families by name, and what opening makes sure of.
//!
//! Nothing here decides or appends; the only batch written here is the one that makes a log.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rocksdb::{ColumnFamily, DB, WriteBatch};

use crate::Error;
use crate::cursor::{Cursor, Walk};
use crate::engine::{self, Purpose};
use crate::format::{self, Found};
use crate::keys::{self, Family};
use crate::record::Checked;
use crate::segment::{SEGMENT_EVENTS, Segment};
use crate::tail::{Head, Tail};

/// An opened log, shared by the append thread and every reader.
pub(crate) struct Store {
    pub(crate) db: DB,
    pub(crate) dir: PathBuf,
    pub(crate) log_id: [u8; 16],
}

/// The handle of a family.
pub(crate) fn handle(db: &DB, family: Family) -> &ColumnFamily {
    db.cf_handle(family.name())
        .expect("every family is opened with the database")
}

impl Store {
    /// Opens the log in `dir` for writing and makes it where there is nothing.
    pub(crate) fn open(dir: &Path) -> Result<Store, Error> {
        match format::look(dir)? {
            Found::Complete => {
                // The engine's lock table goes by path, so one directory must have one name.
                let dir = &dir
                    .canonicalize()
                    .map_err(|error| open_failed(dir, error))?;
                let db = DB::open_cf_descriptors(
                    &engine::database(Purpose::Write),
                    dir,
                    engine::families(),
                );
                Store::new(dir, db.map_err(|error| engine_failed(dir, error))?)
            }
            Found::Nothing | Found::Incomplete => Store::create(dir),
        }
    }

    /// Opens the log in `dir` beside its writer; `scratch` is for the engine's own notes.
    pub(crate) fn follow(dir: &Path, scratch: &Path) -> Result<Store, Error> {
        if format::look(dir)? != Found::Complete {
            return Err(Error::NotALog {
                dir: dir.to_owned(),
                why: "there is no log yet".to_owned(),
            });
        }
        let db = DB::open_cf_descriptors_as_secondary(
            &engine::database(Purpose::Follow),
            dir,
            scratch,
            engine::families(),
        );
        Store::new(dir, db.map_err(|error| engine_failed(dir, error))?)
    }

    fn create(dir: &Path) -> Result<Store, Error> {
        let failed = |source| Error::Create {
            dir: dir.to_owned(),
            source,
        };
        std::fs::create_dir_all(dir).map_err(|error| failed(Arc::new(error)))?;
        let dir = &dir
            .canonicalize()
            .map_err(|error| failed(Arc::new(error)))?;
        format::begin(dir).map_err(|error| failed(Arc::new(error)))?;
        let options = engine::database(Purpose::Create);
        let db = DB::open_cf_descriptors(&options, dir, engine::families())
            .map_err(|error| engine_failed(dir, error))?;
        let meta = handle(&db, Family::Meta);
        let made = db.get_cf(meta, keys::LOG_ID).map_err(Error::read)?;
        if made.is_none() {
            let mut log_id = [0; 16];
            getrandom::fill(&mut log_id).map_err(|error| failed(Arc::new(error)))?;
            let mut batch = WriteBatch::default();
            batch.put_cf(meta, keys::LOG_ID, log_id);
            batch.put_cf(meta, keys::HEAD, Head::default().encode());
            db.write_opt(batch, &engine::synced())
                .map_err(|error| failed(Arc::new(error)))?;
        }
        format::finish(dir).map_err(|error| failed(Arc::new(error)))?;
        Store::new(dir, db)
    }

    fn new(dir: &Path, db: DB) -> Result<Store, Error> {
        let mut store = Store {
            db,
            dir: dir.to_owned(),
            log_id: [0; 16],
        };
        let log_id = store.get(Family::Meta, keys::LOG_ID)?;
        store.log_id = log_id
            .and_then(|id| id.try_into().ok())
            .ok_or_else(|| Error::damaged(0, "the log's id is missing"))?;
        Ok(store)
    }

    pub(crate) fn get(&self, family: Family, key: &[u8]) -> Result<Option<Vec<u8>>, Error> {
        let value = self.db.get_cf(handle(&self.db, family), key);
        value.map_err(Error::read)
    }

    pub(crate) fn walk<'a>(&'a self, family: Family, walk: Walk<'a>) -> Cursor<'a> {
        walk.start(&self.db, family)
    }

    /// The head as stored.
    pub(crate) fn head(&self) -> Result<Head, Error> {
        let head = self.get(Family::Meta, keys::HEAD)?;
        head.and_then(|bytes| Head::decode(&bytes))
            .ok_or_else(|| Error::damaged(0, "the stored head is missing or damaged"))
    }

    /// The summary of segment `number`.
    pub(crate) fn segment(&self, number: u64) -> Result<Option<Segment>, Error> {
        let Some(bytes) = self.get(Family::Segments, &number.to_be_bytes())? else {
            return Ok(None);
        };
        let last = (number + 1) * SEGMENT_EVENTS;
        match Segment::decode(&bytes) {
            Some(segment) if segment.last == last => Ok(Some(segment)),
            _ => Err(Error::damaged(last, "the segment's summary is damaged")),
        }
    }

    /// Walks the events after the last complete segment and makes sure that they end at the stored
    /// head with the stored chain.
    pub(crate) fn tail(&self) -> Result<Tail, Error> {
        let head = self.head()?;
        let mut tail = match head.position / SEGMENT_EVENTS {
            0 => Tail::default(),
            complete => {
                let segment = self.segment(complete - 1)?.ok_or_else(|| {
                    Error::damaged(
                        complete * SEGMENT_EVENTS,
                        "the segment's summary is missing",
                    )
                })?;
                Tail::after(&segment)
            }
        };
        let mut events = self.walk(Family::Events, Walk::all());
        let mut event = events.seek(&(tail.head.position + 1).to_be_bytes())?;
        while let Some((key, record)) = event {
            let position = tail.head.position + 1;
            if key != position.to_be_bytes() {
                return Err(Error::damaged(position, "the event is missing"));
            }
            tail.push(&Checked::new(position, record)?);
            event = events.next()?;
        }
        if tail.head == head {
            return Ok(tail);
        }
        let (stored, found) = (head.position, tail.head.position);
        Err(Error::damaged(
            stored.min(found),
            format!(
                "the head is said to be {stored}, but the events lead to {found}, or elsewhere"
            ),
        ))
    }
}

fn open_failed(dir: &Path, source: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Open {
        dir: dir.to_owned(),
        source: Arc::new(source),
    }
}

/// Tells the lock from other reasons, which the engine does by text alone.
fn engine_failed(dir: &Path, error: rocksdb::Error) -> Error {
    let text: &str = error.as_ref();
    if text.contains("lock hold by current process") || text.contains("While lock file") {
        return Error::InUse {
            dir: dir.to_owned(),
        };
    }
    open_failed(dir, error)
}

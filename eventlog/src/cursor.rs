//! Walking a column family in key order, with every read error told.

use rocksdb::{DB, DBRawIterator, IterateBounds, PrefixRange, ReadOptions, Snapshot};

use crate::Error;
use crate::keys::Family;
use crate::store::handle;

/// What a walk reads, and how.
pub(crate) struct Walk<'a> {
    lower: Option<Vec<u8>>,
    upper: Option<Vec<u8>>,
    snapshot: Option<&'a Snapshot<'a>>,
    ahead: bool,
    uncached: bool,
}

impl<'a> Walk<'a> {
    /// Everything.
    pub(crate) fn all() -> Self {
        Walk {
            lower: None,
            upper: None,
            snapshot: None,
            ahead: false,
            uncached: false,
        }
    }

    /// The keys from `lower` up to before `upper`.
    pub(crate) fn range(lower: impl Into<Vec<u8>>, upper: impl Into<Vec<u8>>) -> Self {
        Walk {
            lower: Some(lower.into()),
            upper: Some(upper.into()),
            ..Walk::all()
        }
    }

    /// The keys that start with `prefix` and are greater than `after`.
    pub(crate) fn prefix(prefix: &[u8], after: Option<&[u8]>) -> Self {
        let (lower, upper) = PrefixRange(prefix).into_bounds();
        let lower = match after {
            Some(after) if after >= prefix => Some([after, &[0]].concat()),
            _ => lower,
        };
        Walk {
            lower,
            upper,
            ..Walk::all()
        }
    }

    /// As of `snapshot`, if there is one.
    pub(crate) fn at(mut self, snapshot: Option<&'a Snapshot<'a>>) -> Self {
        self.snapshot = snapshot;
        self
    }

    /// For long walks: reads ahead and leaves the cache to the others.
    pub(crate) fn long(mut self) -> Self {
        self.ahead = true;
        self.uncached(true)
    }

    /// Leaves the cache to the others, for what nobody reads twice.
    pub(crate) fn uncached(mut self, uncached: bool) -> Self {
        self.uncached = uncached;
        self
    }

    /// Starts walking.
    pub(crate) fn start(self, db: &'a DB, family: Family) -> Cursor<'a> {
        let mut options = ReadOptions::default();
        options.fill_cache(!self.uncached);
        if self.ahead {
            options.set_readahead_size(1 << 20);
        }
        if let Some(snapshot) = self.snapshot {
            options.set_snapshot(snapshot);
        }
        if let Some(lower) = self.lower {
            options.set_iterate_lower_bound(lower);
        }
        if let Some(upper) = self.upper {
            options.set_iterate_upper_bound(upper);
        }
        let raw = db.raw_iterator_cf_opt(handle(db, family), options);
        Cursor {
            raw,
            started: false,
        }
    }
}

/// A key with its value, or the end.
pub(crate) type Seen<'a> = Option<(&'a [u8], &'a [u8])>;

/// A place in a column family.
pub(crate) struct Cursor<'a> {
    raw: DBRawIterator<'a>,
    started: bool,
}

impl Cursor<'_> {
    /// The next pair, or `None` at the end.
    pub(crate) fn next(&mut self) -> Result<Seen<'_>, Error> {
        if self.started {
            self.raw.next();
        } else {
            self.raw.seek_to_first();
        }
        self.started = true;
        self.pair()
    }

    /// Goes to `key` or the first key after it.
    pub(crate) fn seek(&mut self, key: &[u8]) -> Result<Seen<'_>, Error> {
        self.raw.seek(key);
        self.started = true;
        self.pair()
    }

    fn pair(&self) -> Result<Seen<'_>, Error> {
        match self.raw.item() {
            Some(pair) => Ok(Some(pair)),
            None => self.raw.status().map(|()| None).map_err(Error::read),
        }
    }
}

//! The decision state: a table of keys and values that is a pure fold of the events.
//!
//! Decisions read it as a [`View`] and write it as a [`State`]; it must not know what the keys mean.

use std::collections::BTreeMap;
use std::ops::Bound;

use crate::Error;

/// A key with its value.
pub type Pair = (Vec<u8>, Vec<u8>);

/// A table that decisions read.
///
/// [`crate::Reader`] shows what is durable; a [`State`] shows what it holds so far.
pub trait View {
    /// The value of `key`.
    ///
    /// # Errors
    /// [`Error::Read`] when the disk fails.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Error>;

    /// The first `limit` pairs, in the order of their keys, whose keys start with `prefix` and are
    /// greater than `after`.
    ///
    /// # Errors
    /// [`Error::Read`] when the disk fails.
    fn scan(&self, prefix: &[u8], after: Option<&[u8]>, limit: usize) -> Result<Vec<Pair>, Error>;
}

/// A table that events change.
///
/// Implemented by [`crate::Transaction`] (the live log), [`Memory`] (tests of decisions) and
/// [`crate::Scratch`] (verification), so that one `evolve` serves all three.
pub trait State: View {
    /// Sets the value of `key`.
    fn put(&mut self, key: &[u8], value: Vec<u8>);

    /// Removes `key`, if it is there.
    fn delete(&mut self, key: &[u8]);
}

/// A state held in memory, for tests of decisions and folds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Memory(BTreeMap<Vec<u8>, Vec<u8>>);

impl Memory {
    /// Every pair in the order of the keys.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.0.iter().map(|(key, value)| (&key[..], &value[..]))
    }
}

impl View for Memory {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Error> {
        Ok(self.0.get(key).cloned())
    }

    fn scan(&self, prefix: &[u8], after: Option<&[u8]>, limit: usize) -> Result<Vec<Pair>, Error> {
        let pairs = self
            .0
            .range::<[u8], _>((scan_start(prefix, after), Bound::Unbounded))
            .take_while(|(key, _)| key.starts_with(prefix))
            .take(limit)
            .map(|(key, value)| (key.clone(), value.clone()));
        Ok(pairs.collect())
    }
}

impl State for Memory {
    fn put(&mut self, key: &[u8], value: Vec<u8>) {
        self.0.insert(key.to_vec(), value);
    }

    fn delete(&mut self, key: &[u8]) {
        self.0.remove(key);
    }
}

/// Where a scan of `prefix` beyond `after` begins.
pub(crate) fn scan_start<'a>(prefix: &'a [u8], after: Option<&'a [u8]>) -> Bound<&'a [u8]> {
    match after {
        Some(after) if after >= prefix => Bound::Excluded(after),
        _ => Bound::Included(prefix),
    }
}

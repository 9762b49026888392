//! The file WITNESS: the last position that was acknowledged, kept outside of the engine.
//!
//! The engine can't tell a write-ahead log whose end was cut off by damage from one whose last
//! write was interrupted: both just end early. The witness can. It is written after each fsync of
//! the log and never synced itself, so it may lag behind the log after a power cut but never runs
//! ahead of it; and a log that ends before its witness has lost acknowledged events.
//!
//! Layout: position (8, big-endian), crc32c of it (4).

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::FileExt;
use std::path::Path;

use crate::Error;

const FILE: &str = "WITNESS";

/// The open file.
pub(crate) struct Witness {
    file: File,
    failed: bool,
}

impl Witness {
    /// Opens or makes the file of the log in `dir`.
    pub(crate) fn open(dir: &Path) -> io::Result<Witness> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let file = options.open(dir.join(FILE))?;
        Ok(Witness {
            file,
            failed: false,
        })
    }

    /// Fails when the log's `head` is before what was acknowledged.
    pub(crate) fn check(&self, head: u64) -> Result<(), Error> {
        match self.acknowledged() {
            Some(acknowledged) if acknowledged > head => Err(Error::damaged(
                head + 1,
                format!(
                    "the events up to {acknowledged} were acknowledged, but the log ends at \
                     {head}; to go on without them, delete the file {FILE}"
                ),
            )),
            _ => Ok(()),
        }
    }

    /// Notes that everything up to `position` is on disk. A failure is told once and harms nothing
    /// but the check.
    pub(crate) fn note(&mut self, position: u64) {
        let bytes = encode(position);
        if let Err(error) = self.file.write_all_at(&bytes, 0)
            && !self.failed
        {
            self.failed = true;
            tracing::warn!(%error, "the event log's file {FILE} cannot be written");
        }
    }

    /// The noted position; `None` when there is none or it can't be read.
    fn acknowledged(&self) -> Option<u64> {
        let mut bytes = [0; 12];
        match self.file.read_exact_at(&mut bytes, 0) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => return None,
            Err(error) => {
                tracing::warn!(%error, "the event log's file {FILE} cannot be read");
                return None;
            }
        }
        let position = u64::from_be_bytes(crate::record::array(&bytes, 0));
        if encode(position) != bytes {
            tracing::warn!("the event log's file {FILE} is damaged and ignored");
            return None;
        }
        Some(position)
    }
}

fn encode(position: u64) -> [u8; 12] {
    let mut bytes = [0; 12];
    bytes[..8].copy_from_slice(&position.to_be_bytes());
    let checksum = crc32c::crc32c(&bytes[..8]).to_be_bytes();
    bytes[8..].copy_from_slice(&checksum);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_that_ends_early_is_noticed() {
        let dir = tempfile::tempdir().unwrap();
        let mut witness = Witness::open(dir.path()).unwrap();
        witness.check(0).unwrap();
        witness.note(300);
        let witness = Witness::open(dir.path()).unwrap();
        witness.check(300).unwrap();
        witness.check(301).unwrap();
        let error = witness.check(299).unwrap_err();
        assert!(matches!(error, Error::Damaged { position: 300, .. }));
    }

    #[test]
    fn a_damaged_witness_says_nothing() {
        let dir = tempfile::tempdir().unwrap();
        Witness::open(dir.path()).unwrap().note(300);
        std::fs::write(dir.path().join(FILE), [0xff; 12]).unwrap();
        Witness::open(dir.path()).unwrap().check(1).unwrap();
    }
}

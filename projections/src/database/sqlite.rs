//! Generations in a folder: a file `<generation>.db` each, and the file `CURRENT` with the number
//! of the one that counts. A file in use is never renamed over nor removed: whoever uses a
//! generation holds a lock on `<generation>.lock` beside it.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqliteLockingMode, SqlitePoolOptions,
    SqliteSynchronous,
};

use super::Db;
use crate::Fault;

/// Connections that read at the same time; a query keeps one busy only while SQLite works.
const READERS: u32 = 4;
/// How long a connection waits for another process's lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// The folder that holds the generations.
pub(crate) struct Folder<'a>(pub(crate) &'a Path);

impl Folder<'_> {
    fn file(&self, generation: u64, ending: &str) -> PathBuf {
        self.0.join(format!("{generation}.{ending}"))
    }

    /// The generation that counts; none in a new folder.
    pub(crate) fn current(&self) -> Result<Option<u64>, Fault> {
        let path = self.0.join("CURRENT");
        match fs::read_to_string(&path) {
            Ok(text) => match text.trim().parse() {
                Ok(generation) => Ok(Some(generation)),
                Err(error) => Err(Fault::Folder {
                    path,
                    source: io::Error::new(io::ErrorKind::InvalidData, error),
                }),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(Fault::Folder { path, source }),
        }
    }

    /// All generations of which there is a file, wanted or left over.
    pub(crate) fn generations(&self) -> Result<Vec<u64>, Fault> {
        let at = |source| Fault::Folder {
            path: self.0.to_owned(),
            source,
        };
        fs::create_dir_all(self.0).map_err(at)?;
        let mut found = Vec::new();
        for entry in fs::read_dir(self.0).map_err(at)? {
            let name = entry.map_err(at)?.file_name();
            let name = name.to_string_lossy();
            if let Some((number, "db" | "lock")) = name.split_once('.') {
                found.extend(number.parse::<u64>());
            }
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// Lets `CURRENT` name this generation: written aside, then renamed, so that it is never half.
    pub(crate) fn point_to(&self, generation: u64) -> Result<(), Fault> {
        let path = self.0.join("CURRENT");
        let aside = self.0.join("CURRENT.new");
        let swap = || {
            let mut file = File::create(&aside)?;
            file.write_all(format!("{generation}\n").as_bytes())?;
            file.sync_all()?;
            fs::rename(&aside, &path)?;
            File::open(self.0)?.sync_all()
        };
        swap().map_err(|source| Fault::Folder {
            path: path.clone(),
            source,
        })
    }

    /// Holds on to a generation: shared by those who use it, alone by who makes or removes it.
    pub(crate) fn claim(&self, generation: u64, alone: bool) -> Result<Option<File>, Fault> {
        let path = self.file(generation, "lock");
        let at = |source| Fault::Folder {
            path: path.clone(),
            source,
        };
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(at)?;
        match if alone {
            file.try_lock()
        } else {
            file.try_lock_shared()
        } {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(at(source)),
        }
    }

    /// Removes a generation's files; whoever calls holds it alone.
    pub(crate) fn remove(&self, generation: u64) -> Result<(), Fault> {
        for ending in ["db-wal", "db-shm", "db-journal", "db", "lock"] {
            let path = self.file(generation, ending);
            match fs::remove_file(&path) {
                Err(source) if source.kind() != io::ErrorKind::NotFound => {
                    return Err(Fault::Folder { path, source });
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Opens a generation to be served, making an empty file where there is none.
    pub(crate) async fn connect(&self, generation: u64) -> Result<Db, Fault> {
        let options = self
            .options(generation)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal);
        // The writer keeps the pages at hand that every batch touches; readers are many and
        // small, the system's page cache serves them all. The projector carries the log of writes
        // over; should nobody do so, the writer does at 64 MiB.
        let write = options
            .clone()
            .pragma("cache_size", "-16384")
            .pragma("wal_autocheckpoint", "16384")
            // What is deleted is overwritten where that costs no more pages.
            .pragma("secure_delete", "FAST");
        let read = options
            .pragma("cache_size", "-2048")
            .pragma("query_only", "ON");
        let write = pool(1).connect_with(write).await.map_err(Fault::Open)?;
        let read = pool(READERS)
            .connect_with(read)
            .await
            .map_err(Fault::Open)?;
        Ok(Db::Sqlite { write, read })
    }

    /// Opens a new generation to be filled fast: nothing is safe until [`Folder::settle`].
    pub(crate) async fn connect_bulk(&self, generation: u64) -> Result<Db, Fault> {
        let options = self
            .options(generation)
            .locking_mode(SqliteLockingMode::Exclusive)
            .journal_mode(SqliteJournalMode::Off)
            .synchronous(SqliteSynchronous::Off)
            .pragma("cache_size", "-65536")
            .pragma("threads", "2");
        let only = pool(1).connect_with(options).await.map_err(Fault::Open)?;
        Ok(Db::Sqlite {
            write: only.clone(),
            read: only,
        })
    }

    /// Puts a filled generation on disk; all its connections are closed.
    pub(crate) fn settle(&self, generation: u64) -> Result<(), Fault> {
        let path = self.file(generation, "db");
        let synced = File::open(&path).and_then(|file| file.sync_all());
        synced.map_err(|source| Fault::Folder { path, source })
    }

    fn options(&self, generation: u64) -> SqliteConnectOptions {
        SqliteConnectOptions::new()
            .filename(self.file(generation, "db"))
            .create_if_missing(true)
            .busy_timeout(BUSY_TIMEOUT)
            .foreign_keys(false)
            .pragma("temp_store", "MEMORY")
    }
}

/// A pool whose connections stay: opening one means preparing every statement again.
fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
}

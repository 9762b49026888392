//! Following a log that another process writes, through the engine's secondary instance.
//!
//! The engine catches up in two steps: it reads the manifest, then the write-ahead logs. A writer
//! that flushes in between deletes a write-ahead log whose replacement the follower has not seen,
//! and a hole would show until the next time. So a step counts only if the manifest stood still.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;
use tokio::sync::watch;

use crate::Error;
use crate::store::Store;
use crate::writer::Published;

/// A flush changes the manifest a few times within some milliseconds, so this is patience enough.
const ATTEMPTS: u32 = 400;
const PAUSE: Duration = Duration::from_millis(5);

/// What a reader beside another process has beyond its store.
pub(crate) struct Follower {
    publish: watch::Sender<Published>,
    /// Held while catching up, and while a long read must not see that.
    moving: Mutex<()>,
    /// The engine's notes, removed with the last clone of the reader.
    _scratch: TempDir,
}

impl Follower {
    /// Opens the log in `dir` as it is now.
    pub(crate) fn open(dir: &Path) -> Result<(Store, Follower), Error> {
        let scratch = tempfile::tempdir().map_err(|error| Error::Open {
            dir: dir.to_owned(),
            source: Arc::new(error),
        })?;
        let (store, head) = undisturbed(dir, || {
            let store = Store::follow(dir, scratch.path())?;
            let head = store.head()?.position;
            Ok((store, head))
        })?;
        let published = Published {
            head,
            stopped: None,
        };
        let follower = Follower {
            publish: watch::Sender::new(published),
            moving: Mutex::new(()),
            _scratch: scratch,
        };
        Ok((store, follower))
    }

    /// Brings `store` up to what is written now, and publishes its head.
    pub(crate) fn catch_up(&self, store: &Store) -> Result<(), Error> {
        let _moving = self.hold_still();
        let head = undisturbed(&store.dir, || {
            let caught_up = store.db.try_catch_up_with_primary();
            caught_up.map_err(Error::read)?;
            store.head()
        })?;
        self.publish
            .send_modify(|published| published.head = head.position);
        Ok(())
    }

    /// What it publishes.
    pub(crate) fn published(&self) -> watch::Receiver<Published> {
        self.publish.subscribe()
    }

    /// Keeps clones from catching up for as long as the guard lives.
    pub(crate) fn hold_still(&self) -> MutexGuard<'_, ()> {
        self.moving.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes `step` until it was taken while the manifest stood still; its result, good or bad.
fn undisturbed<T>(dir: &Path, mut step: impl FnMut() -> Result<T, Error>) -> Result<T, Error> {
    for _ in 0..ATTEMPTS {
        let before = manifest(dir);
        let result = step();
        if manifest(dir) == before {
            return result;
        }
        thread::sleep(PAUSE);
    }
    let source = io::Error::other("its writer replaces files faster than they can be read");
    Err(Error::Read {
        source: Arc::new(source),
    })
}

/// Which manifest is in force, and its length: it only grows.
fn manifest(dir: &Path) -> Option<(String, u64)> {
    let name = fs::read_to_string(dir.join("CURRENT")).ok()?;
    let length = fs::metadata(dir.join(name.trim_end())).ok()?.len();
    Some((name, length))
}

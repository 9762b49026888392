//! Keeps some of the disk free: the engine must never meet a full one in the middle of a write.

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::Error;

/// How long one look at the disk is good for.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Watches the free space of the log's disk.
pub(crate) struct Disk {
    dir: PathBuf,
    reserve: u64,
    probe: fn(&Path) -> io::Result<u64>,
    looked: Option<Instant>,
    full: Option<Error>,
}

impl Disk {
    pub(crate) fn new(dir: PathBuf, reserve: u64) -> Self {
        Disk {
            dir,
            reserve,
            probe: free_bytes,
            looked: None,
            full: None,
        }
    }

    /// The refusal to give while there is too little space. Looks at most once a second.
    pub(crate) fn refusal(&mut self, now: Instant) -> Option<&Error> {
        let fresh = self
            .looked
            .is_some_and(|at| now.duration_since(at) < LOOK_EVERY);
        if !fresh {
            self.looked = Some(now);
            self.look();
        }
        self.full.as_ref()
    }

    fn look(&mut self) {
        let was_full = self.full.take().is_some();
        match (self.probe)(&self.dir) {
            Ok(free) if free < self.reserve => {
                let reserve = self.reserve;
                if !was_full {
                    tracing::error!(free, reserve, "the event log's disk is full");
                }
                self.full = Some(Error::DiskFull { free, reserve });
            }
            Ok(free) if was_full => tracing::info!(free, "the event log's disk has space again"),
            Ok(_) => {}
            // Not knowing is no reason to refuse: a write that fails stops the log anyway.
            Err(error) => tracing::warn!(%error, "the event log's disk cannot be asked for space"),
        }
    }
}

/// Bytes an ordinary process may still write to the disk of `dir`.
pub(crate) fn free_bytes(dir: &Path) -> io::Result<u64> {
    let disk = rustix::fs::statvfs(dir)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_while_full_and_recovers_by_itself() {
        let start = Instant::now();
        let mut disk = Disk::new(PathBuf::from("/"), 100);
        disk.probe = |_| Ok(99);
        let full = disk.refusal(start).cloned();
        assert!(matches!(
            full,
            Some(Error::DiskFull {
                free: 99,
                reserve: 100
            })
        ));
        disk.probe = |_| Ok(100);
        assert!(
            disk.refusal(start + LOOK_EVERY / 2).is_some(),
            "looked too often"
        );
        assert!(disk.refusal(start + LOOK_EVERY).is_none());
        disk.probe = |_| Err(io::Error::other("gone"));
        assert!(disk.refusal(start + 2 * LOOK_EVERY).is_none());
    }

    #[test]
    fn a_real_disk_can_be_asked() {
        assert!(free_bytes(Path::new("/")).unwrap() > 0);
        assert!(free_bytes(Path::new("/does/not/exist")).is_err());
    }
}

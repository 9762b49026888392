//! A small disk of a test's own: what is written to it can really fill it.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A mounted file system in memory; unmounted when dropped.
pub struct Disk {
    folder: TempDir,
}

impl Disk {
    /// Mounts one of so many MiB. Needs root, or sudo without a password.
    pub fn of(mib: u32) -> Self {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let size = format!("size={mib}m,mode=0777");
        privileged(
            "mount",
            &["-t", "tmpfs", "-o", &size, "tmpfs"],
            folder.path(),
        );
        Self { folder }
    }

    /// Where it is mounted.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Fills it with a file, but for so many MiB.
    pub fn fill_but(&self, mib: u64) {
        let free = rustix::fs::statvfs(self.path()).expect("a mounted disk");
        let rest = free.f_bavail * free.f_frsize - (mib << 20);
        let rest = usize::try_from(rest).expect("a small disk");
        std::fs::write(self.filler(), vec![1; rest]).expect("there is room");
    }

    /// Removes that file.
    pub fn empty(&self) {
        std::fs::remove_file(self.filler()).expect("the file is there");
    }

    fn filler(&self) -> PathBuf {
        self.path().join("filler")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        privileged("umount", &["--lazy"], self.path());
    }
}

fn privileged(program: &str, arguments: &[&str], path: &Path) {
    let is_root = rustix::process::geteuid().is_root();
    let mut command = if is_root {
        Command::new(program)
    } else {
        let mut command = Command::new("sudo");
        command.args(["--non-interactive", program]);
        command
    };
    let done = command.args(arguments).arg(path).status();
    assert!(
        done.is_ok_and(|status| status.success()),
        "{program} failed: a disk for a test is mounted as root, or by sudo without a password"
    );
}

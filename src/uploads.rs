//! The files under `/uploads/`: written here, found here, and swept when their time is over.

use std::{
    fs,
    io::{self, Write},
    path::{Component, Path, PathBuf},
    time::Duration,
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::secret;

/// A folder of files whose names cannot be guessed.
pub struct Uploads {
    folder: PathBuf,
}

impl Uploads {
    /// The uploads of this folder, which is made when it is not there.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn open(folder: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        Ok(Self { folder })
    }

    /// 22 characters that cannot be guessed, for a file's name.
    #[must_use]
    pub fn unguessable() -> String {
        URL_SAFE_NO_PAD.encode(secret::random_bytes::<16>())
    }

    /// Writes a file, whole or not at all; `path` is relative and of our own making.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let target = self.folder.join(path);
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent)?;
        }
        let unfinished = target.with_extension("unfinished");
        fs::write(&unfinished, bytes)?;
        fs::rename(&unfinished, &target)
    }

    /// Begins a file that is too large to be written at once; `path` is relative and of our own
    /// making. It is there when it is finished.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn begin(&self, path: &str) -> io::Result<Unfinished> {
        let target = self.folder.join(path);
        let path = target.with_extension("unfinished");
        Ok(Unfinished {
            file: fs::File::create(&path)?,
            path,
            target,
            bytes: 0,
        })
    }

    /// The file at this path below `/uploads/`; `None` for one that is not there, or a path
    /// that leads elsewhere.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<PathBuf> {
        let plain = Path::new(path)
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
        let file = self.folder.join(path);
        (plain && !path.contains('\0') && !path.ends_with(".unfinished") && file.is_file())
            .then_some(file)
    }

    /// Deletes a file, if it is there; `path` is relative and of our own making.
    ///
    /// # Errors
    /// When it cannot be deleted.
    pub fn remove(&self, path: &str) -> io::Result<()> {
        match self.find(path).map(fs::remove_file) {
            Some(Err(error)) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Deletes files older than `keep` of whose path below the folder `is_meant` is true, and says how
    /// many.
    ///
    /// # Errors
    /// When a folder cannot be read or a file cannot be deleted.
    pub fn sweep(&self, keep: Duration, is_meant: impl Fn(&str) -> bool) -> io::Result<u64> {
        let mut swept = 0;
        let mut folders = vec![self.folder.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder)? {
                let entry = entry?;
                let metadata = entry.metadata()?;
                if metadata.is_dir() {
                    folders.push(entry.path());
                } else if self.path_below(&entry.path()).is_some_and(&is_meant)
                    && metadata.modified()?.elapsed().is_ok_and(|age| age > keep)
                {
                    fs::remove_file(entry.path())?;
                    swept += 1;
                }
            }
        }
        Ok(swept)
    }

    fn path_below<'a>(&self, file: &'a Path) -> Option<&'a str> {
        file.strip_prefix(&self.folder).ok()?.to_str()
    }
}

/// A file in the making; dropped before it is finished it leaves nothing.
pub struct Unfinished {
    file: fs::File,
    path: PathBuf,
    target: PathBuf,
    bytes: u64,
}

impl Unfinished {
    /// Adds to its end.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn add(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.bytes += bytes.len() as u64;
        self.file.write_all(bytes)
    }

    /// Gives the file its place, and says how many bytes it has.
    ///
    /// # Errors
    /// When that fails.
    pub fn finish(self) -> io::Result<u64> {
        fs::rename(&self.path, &self.target)?;
        Ok(self.bytes)
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // Fails where it was finished.
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Uploads;

    #[test]
    fn only_files_below_the_folder_are_found() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("secret"), "x").unwrap();
        let uploads = Uploads::open(folder.path().join("uploads")).unwrap();
        uploads.write("22-11-26/a.png", b"png").unwrap();
        assert!(uploads.find("22-11-26/a.png").is_some());
        for path in [
            "../secret",
            "22-11-26/../../secret",
            "/etc/passwd",
            "",
            "22-11-26",
            "a\0b",
        ] {
            assert!(uploads.find(path).is_none(), "{path:?}");
        }
    }

    #[test]
    fn sweeping_takes_what_is_meant_and_old_enough() {
        let folder = tempfile::tempdir().unwrap();
        let uploads = Uploads::open(folder.path().join("uploads")).unwrap();
        uploads.write("conversation-1.csv", b"a").unwrap();
        uploads.write("day/avatar.png", b"b").unwrap();
        let transcripts = |name: &str| name.starts_with("conversation-");
        assert_eq!(
            uploads
                .sweep(Duration::from_secs(3600), transcripts)
                .unwrap(),
            0
        );
        std::thread::yield_now();
        assert_eq!(uploads.sweep(Duration::ZERO, transcripts).unwrap(), 1);
        let elsewhere = |path: &str| path.starts_with("email/");
        assert_eq!(uploads.sweep(Duration::ZERO, elsewhere).unwrap(), 0);
        assert!(uploads.find("day/avatar.png").is_some());
    }

    #[test]
    fn a_long_file_is_there_when_it_is_finished() {
        let folder = tempfile::tempdir().unwrap();
        let uploads = Uploads::open(folder.path().join("uploads")).unwrap();
        let mut file = uploads.begin("users-1.csv").unwrap();
        file.add(b"a").unwrap();
        file.add(b"bc").unwrap();
        assert!(uploads.find("users-1.csv").is_none());
        assert_eq!(file.finish().unwrap(), 3);
        let path = uploads.find("users-1.csv").unwrap();
        assert_eq!(std::fs::read(path).unwrap(), b"abc");
        drop(uploads.begin("users-2.csv").unwrap());
        let left = std::fs::read_dir(folder.path().join("uploads")).unwrap();
        assert_eq!(left.count(), 1);
    }
}

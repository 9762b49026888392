//! The mails that stay in a mailbox though they were looked at.
//!
//! A file of lines: the mailbox, then the name of each mail. Nothing depends on it but how often a mail
//! is looked at: where it is lost or cannot be written, that is once more.

use std::{
    collections::HashSet,
    io,
    path::{Path, PathBuf},
};

use tokio::{
    fs::{self, OpenOptions},
    io::AsyncWriteExt,
};

use crate::causes::with_causes;

/// What is remembered of one mailbox.
pub(super) struct Left {
    path: PathBuf,
    uids: HashSet<String>,
}

impl Left {
    /// What the file has of this mailbox, as far as it lies there still; all else is forgotten.
    pub(super) async fn of(path: &Path, mailbox: &str, listed: &[(u32, String)]) -> Self {
        let head = blake3::hash(mailbox.as_bytes()).to_hex();
        let text = fs::read_to_string(path).await.unwrap_or_default();
        let known: Option<HashSet<&str>> = match text.split_once('\n') {
            Some((first, known)) if first == head.as_str() => Some(known.lines().collect()),
            _ => None,
        };
        let is_known = |uid: &&str| known.as_ref().is_some_and(|known| known.contains(uid));
        let uids: Vec<&str> = listed
            .iter()
            .map(|(_, uid)| uid.as_str())
            .filter(is_known)
            .collect();
        let left = Self {
            path: path.to_owned(),
            uids: uids.iter().copied().map(str::to_owned).collect(),
        };
        if known.is_none_or(|known| known.len() > left.uids.len()) {
            let lines = [&[head.as_str()], uids.as_slice(), &[""]].concat();
            left.told(fs::write(path, lines.join("\n")).await);
        }
        left
    }

    pub(super) fn has(&self, uid: &str) -> bool {
        self.uids.contains(uid)
    }

    /// Remembers one more.
    pub(super) async fn add(&mut self, uid: &str) {
        self.uids.insert(uid.to_owned());
        self.told(self.append(uid).await);
    }

    async fn append(&self, uid: &str) -> io::Result<()> {
        let mut file = OpenOptions::new().append(true).open(&self.path).await?;
        file.write_all(format!("{uid}\n").as_bytes()).await?;
        file.flush().await
    }

    fn told(&self, written: io::Result<()>) {
        if let Err(error) = written {
            let path = self.path.display();
            tracing::warn!(
                "{path} is not written, so emails that stay in the mailbox are looked at again: {}",
                with_causes(&error)
            );
        }
    }
}

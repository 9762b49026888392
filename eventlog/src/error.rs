//! What can go wrong, told in one line each; the cause is the `source`, not part of the line.

use std::path::PathBuf;
use std::sync::Arc;

/// The cause of a failed operation. Shared, because one failed batch answers many callers.
pub type Cause = Arc<dyn std::error::Error + Send + Sync>;

/// A failed operation of the log.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// The directory is locked by another opening, in this process or another one.
    #[error("the event log in {} is already in use", .dir.display())]
    InUse {
        /// The log's directory.
        dir: PathBuf,
    },
    /// The directory holds something else, or the log in it lost essential files.
    #[error("{} is not an event log: {why}", .dir.display())]
    NotALog {
        /// The directory.
        dir: PathBuf,
        /// What is missing or unexpected.
        why: String,
    },
    /// The log was written by a newer program. Nothing was touched.
    #[error("the event log has format {found}, but this program knows no format above {known}")]
    NewerFormat {
        /// The log's format.
        found: u32,
        /// The newest format this program reads.
        known: u32,
    },
    /// A new log could not be made.
    #[error("cannot create an event log in {}", .dir.display())]
    Create {
        /// The directory.
        dir: PathBuf,
        /// Why.
        source: Cause,
    },
    /// An existing log could not be opened.
    #[error("cannot open the event log in {}", .dir.display())]
    Open {
        /// The directory.
        dir: PathBuf,
        /// Why.
        source: Cause,
    },
    /// Reading failed.
    #[error("cannot read the event log")]
    Read {
        /// Why.
        source: Cause,
    },
    /// Writing to a scratch table failed, or flushing on close.
    #[error("cannot write the event log's files")]
    Write {
        /// Why.
        source: Cause,
    },
    /// What is stored contradicts itself. Never repaired silently.
    #[error("the event log is damaged at position {position}: {what}")]
    Damaged {
        /// The first position known to be affected.
        position: u64,
        /// What does not agree.
        what: String,
    },
    /// The queue of waiting commands is full. Nothing was decided; try again later.
    #[error("too many commands are waiting for the event log")]
    Overloaded,
    /// Too little free disk. Nothing was decided; passes by itself when space returns.
    #[error("the event log's disk has {free} bytes free and {reserve} are held in reserve")]
    DiskFull {
        /// Free bytes seen at the last check.
        free: u64,
        /// Bytes that must stay free.
        reserve: u64,
    },
    /// A write failed, so nobody knows what the disk holds; the log takes no more writes until the
    /// process is restarted. Whether the last batch survived shows at the next opening.
    #[error("the event log has stopped, because a write failed")]
    Stopped {
        /// Why the write failed.
        source: Cause,
    },
    /// The log was closed.
    #[error("the event log is closed")]
    Closed,
    /// The decision panicked. Only this command failed, and it left no trace.
    #[error("the decision panicked: {0}")]
    Panicked(String),
    /// An event or a command is over its limit.
    #[error("{bytes} bytes are more than the {limit} that are allowed")]
    TooLarge {
        /// Bytes asked for.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// A decision changed the state and recorded no event, which would make the state more than a
    /// fold of the events.
    #[error("the decision changed the state without recording an event")]
    StateWithoutEvent,
    /// A position outside of the log was named.
    #[error("the event log has no position {0}")]
    NoSuchPosition(u64),
}

impl Error {
    pub(crate) fn read(source: rocksdb::Error) -> Error {
        Error::Read {
            source: Arc::new(source),
        }
    }

    pub(crate) fn write(source: rocksdb::Error) -> Error {
        Error::Write {
            source: Arc::new(source),
        }
    }

    pub(crate) fn damaged(position: u64, what: impl Into<String>) -> Error {
        Error::Damaged {
            position,
            what: what.into(),
        }
    }
}

/// Why [`crate::Log::append`] kept nothing.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Refused<E> {
    /// The decision said no.
    #[error("the command was refused")]
    Decision(E),
    /// The log failed or refused.
    #[error(transparent)]
    Log(Error),
}

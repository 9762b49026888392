//! What can go wrong in the read side. Every fault is ours or the database's, never a caller's.

use std::io;
use std::path::PathBuf;

/// Why the read model could not do what was asked. The source is never part of the sentence:
/// whoever logs a fault prints the chain, once.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// No connection, or not the database that was expected.
    #[error("the read model's database cannot be opened")]
    Open(#[source] sqlx::Error),
    /// The folder of the SQLite files or a file in it.
    #[error("{path} cannot be read or written")]
    Folder {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A table or an index could not be made.
    #[error("the read model's tables cannot be made")]
    Migrate(#[source] sqlx::Error),
    /// A query failed.
    #[error("the read model cannot be read")]
    Read(#[source] sqlx::Error),
    /// A row is not what its type says.
    #[error("a row of the read model has an unexpected shape")]
    Row(#[source] serde_json::Error),
    /// A batch could not be applied; nothing of it was.
    #[error("a batch cannot be written to the read model")]
    Write(#[source] sqlx::Error),
    /// The read model was made from another log.
    #[error(
        "the read model belongs to log {found}, this log is {expected}: give it another place or rebuild it"
    )]
    OtherLog {
        /// The id found in the read model.
        found: String,
        /// The id of the log.
        expected: String,
    },
    /// The read model knows events that the log does not have.
    #[error(
        "the read model stands at position {position}, the log ends at {head}: the log went backwards"
    )]
    Ahead {
        /// How far the read model is.
        position: u64,
        /// The log's last position.
        head: u64,
    },
    /// A newer release made the tables.
    #[error(
        "the read model has {found} migrations, this release knows {known}: it was written by a newer release"
    )]
    Newer {
        /// Migrations found.
        found: u64,
        /// Migrations known.
        known: u64,
    },
    /// Events must be applied without a gap.
    #[error("the read model needs the event at position {expected} next and was given {found}")]
    Gap {
        /// The next position.
        expected: u64,
        /// The position given.
        found: u64,
    },
    /// A checkpoint moved although this process holds it.
    #[error("another process writes to the same read model")]
    Rival,
    /// Two rebuilds at the same time.
    #[error("another rebuild is under way")]
    RebuildUnderWay,
    /// A read model was expected and none was ever made.
    #[error("there is no read model yet")]
    NothingThere,
    /// A projection that does not exist.
    #[error("there is no projection {0}")]
    UnknownProjection(String),
    /// The log could not be read.
    #[error("the log cannot be read by the projector")]
    Source(#[source] SourceFault),
}

/// Why a log could not be read: whatever the log's own library says.
pub type SourceFault = Box<dyn std::error::Error + Send + Sync>;

/// The read model did not come as far as wanted within the time given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the read model stands at position {position}, position {wanted} was wanted")]
pub struct Behind {
    /// How far it is.
    pub position: u64,
    /// How far it should have been.
    pub wanted: u64,
}

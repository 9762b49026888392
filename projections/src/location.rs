//! Where generations of the read model lie, and which of them counts. What differs between the
//! two databases is in `database`; this file only asks the right one.

use std::fs::File;
use std::path::PathBuf;

use sqlx::PgConnection;

use crate::Fault;
use crate::database::{Db, Folder, Schemas};

/// Where a read model is kept.
#[derive(Clone, Debug)]
pub enum Location {
    /// SQLite files in this folder, which is made when needed: `<data-dir>/models`.
    Sqlite(PathBuf),
    /// A PostgreSQL database by its URL; the right to make schemas in it is needed.
    Postgres(String),
}

/// A hold on a generation, for as long as it lives. Nobody removes a generation that is held.
#[derive(Debug)]
pub(crate) enum Claim {
    File { _lock: File },
    Connection { session: Box<PgConnection> },
}

impl Claim {
    /// Ends the hold, and returns when it has ended. A session that is merely dropped holds on
    /// until the server notices.
    pub(crate) async fn release(self) {
        if let Self::Connection { session } = self {
            Schemas::release(*session).await;
        }
    }
}

impl Location {
    /// The generation that counts.
    pub(crate) async fn current(&self) -> Result<Option<u64>, Fault> {
        match self {
            Self::Sqlite(path) => Folder(path).current(),
            Self::Postgres(url) => Schemas(url).current().await,
        }
    }

    /// All generations that exist, the unwanted too, in order.
    pub(crate) async fn generations(&self) -> Result<Vec<u64>, Fault> {
        match self {
            Self::Sqlite(path) => Folder(path).generations(),
            Self::Postgres(url) => Schemas(url).generations().await,
        }
    }

    /// Makes this generation the one that counts, at once and for good.
    pub(crate) async fn point_to(&self, generation: u64) -> Result<(), Fault> {
        match self {
            Self::Sqlite(path) => Folder(path).point_to(generation),
            Self::Postgres(url) => Schemas(url).point_to(generation).await,
        }
    }

    /// Holds a generation; nothing when somebody else holds it in a way that does not allow it.
    pub(crate) async fn claim(&self, generation: u64, alone: bool) -> Result<Option<Claim>, Fault> {
        Ok(match self {
            Self::Sqlite(path) => Folder(path)
                .claim(generation, alone)?
                .map(|lock| Claim::File { _lock: lock }),
            Self::Postgres(url) => {
                Schemas(url)
                    .claim(generation, alone)
                    .await?
                    .map(|session| Claim::Connection {
                        session: Box::new(session),
                    })
            }
        })
    }

    /// Opens a generation to be served.
    pub(crate) async fn connect(&self, generation: u64) -> Result<Db, Fault> {
        match self {
            Self::Sqlite(path) => Folder(path).connect(generation).await,
            Self::Postgres(url) => Schemas(url).connect(generation, false).await,
        }
    }

    /// Opens a generation to be filled; nothing of it is safe before [`Location::settle`].
    pub(crate) async fn connect_bulk(&self, generation: u64) -> Result<Db, Fault> {
        match self {
            Self::Sqlite(path) => Folder(path).connect_bulk(generation).await,
            Self::Postgres(url) => Schemas(url).connect(generation, true).await,
        }
    }

    /// Closes a filled generation and makes it safe.
    pub(crate) async fn settle(&self, generation: u64, db: Db) -> Result<(), Fault> {
        db.close().await;
        match self {
            Self::Sqlite(path) => Folder(path).settle(generation),
            Self::Postgres(_) => Ok(()), // pointing to it is a later, safe commit of the same log
        }
    }

    /// Removes all generations but this one, as far as nobody holds them.
    pub(crate) async fn clear_all_but(&self, kept: Option<u64>) -> Result<(), Fault> {
        for generation in self.generations().await? {
            if Some(generation) == kept {
                continue;
            }
            if let Some(hold) = self.claim(generation, true).await? {
                match self {
                    Self::Sqlite(path) => Folder(path).remove(generation)?,
                    Self::Postgres(url) => Schemas(url).remove(generation).await?,
                }
                hold.release().await;
            }
        }
        Ok(())
    }
}

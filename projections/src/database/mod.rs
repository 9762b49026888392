//! The one door to SQL: two databases behind one type, and one text of SQL for both.
//!
//! A query's answer is built as one JSON text inside the database and read with serde: it is the
//! same on both databases, and with SQLite several times faster than row by row, since every row
//! crosses from the connection's own thread. Parameters are written `$1`. Where the databases'
//! words differ, [`Dialect`] knows them. Knows nothing of users or conversations.

mod dialect;
mod filter;
mod postgres;
mod sqlite;
mod table;
mod tx;

use serde::{Serialize, de::DeserializeOwned};
use sqlx::{AssertSqlSafe, PgPool, Row, SqlitePool};

pub(crate) use dialect::{Dialect, numbered};
pub(crate) use filter::Filter;
pub(crate) use postgres::Schemas;
pub(crate) use sqlite::Folder;
pub(crate) use table::{Kind, Shape, Table, run, without_nul};
pub(crate) use tx::Tx;

use crate::Fault;

/// One generation of the read model, opened.
#[derive(Clone, Debug)]
pub(crate) enum Db {
    /// One connection that writes, a few that read.
    Sqlite { write: SqlitePool, read: SqlitePool },
    /// A pool whose connections look into the generation's schema.
    Postgres(PgPool),
}

/// A parameter of a query.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Arg {
    Int(Option<i64>),
    Text(Option<String>),
}

impl Arg {
    /// About how much room it takes.
    fn bytes(&self) -> usize {
        match self {
            Self::Int(_) => 8,
            Self::Text(text) => text.as_ref().map_or(0, String::len),
        }
    }
}

impl From<i64> for Arg {
    fn from(value: i64) -> Self {
        Self::Int(Some(value))
    }
}

impl From<u64> for Arg {
    fn from(value: u64) -> Self {
        Self::Int(Some(value.cast_signed()))
    }
}

impl From<String> for Arg {
    fn from(value: String) -> Self {
        Self::Text(Some(value))
    }
}

impl From<&str> for Arg {
    fn from(value: &str) -> Self {
        Self::Text(Some(value.to_owned()))
    }
}

/// Ids as the JSON text that [`Dialect::ids`] takes. Numbers that no id can have are left out.
pub(crate) fn id_list<I: Copy + Into<u64>>(ids: &[I]) -> String {
    let ids: Vec<u64> = ids
        .iter()
        .map(|id| (*id).into())
        .filter(|id| i64::try_from(*id).is_ok())
        .collect();
    serde_json::to_string(&ids).expect("numbers are JSON")
}

/// Parameters, in the order of their numbers.
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::database::Arg::from($value)),*] };
}
pub(crate) use args;

/// A query with its parameters bound, for whichever database the executor stands for.
macro_rules! bound {
    ($sql:expr, $args:expr) => {
        $args
            .into_iter()
            .fold(sqlx::query(AssertSqlSafe($sql)), |query, arg| match arg {
                Arg::Int(value) => query.bind(value),
                Arg::Text(value) => query.bind(value),
            })
    };
}
use bound;

impl Db {
    pub(crate) fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite { .. } => Dialect::Sqlite,
            Self::Postgres(_) => Dialect::Postgres,
        }
    }

    /// The rows of a query: its columns, in the order of the type's fields, and the rest of it
    /// from FROM on.
    pub(crate) async fn read<T: DeserializeOwned>(
        &self,
        columns: &[&str],
        from: &str,
        args: Vec<Arg>,
    ) -> Result<Vec<T>, Fault> {
        let sql = self.dialect().query(columns, from);
        self.read_list(sql, args).await
    }

    /// The rows of a query whose answer is one JSON text: a list of rows.
    pub(crate) async fn read_list<T: DeserializeOwned>(
        &self,
        sql: String,
        args: Vec<Arg>,
    ) -> Result<Vec<T>, Fault> {
        let text = self.text(sql, args).await?;
        text.map_or_else(
            || Ok(Vec::new()),
            |text| serde_json::from_str(&text).map_err(Fault::Row),
        )
    }

    /// The first column of the first row, which is a text.
    pub(crate) async fn text(&self, sql: String, args: Vec<Arg>) -> Result<Option<String>, Fault> {
        match self {
            Self::Sqlite { read, .. } => {
                let row = bound!(sql, args)
                    .fetch_optional(read)
                    .await
                    .map_err(Fault::Read)?;
                row.map(|row| row.try_get(0))
                    .transpose()
                    .map_err(Fault::Read)
            }
            Self::Postgres(pool) => {
                let row = bound!(sql, args)
                    .fetch_optional(pool)
                    .await
                    .map_err(Fault::Read)?;
                row.map(|row| row.try_get(0))
                    .transpose()
                    .map_err(Fault::Read)
            }
        }
    }

    /// Begins to write. With SQLite the lock is taken at once, so that nothing can come between.
    pub(crate) async fn begin(&self) -> Result<Tx, Fault> {
        match self {
            Self::Sqlite { write, .. } => {
                let begun = write.begin_with("BEGIN IMMEDIATE").await;
                begun.map(Tx::sqlite).map_err(Fault::Write)
            }
            Self::Postgres(pool) => pool.begin().await.map(Tx::Postgres).map_err(Fault::Write),
        }
    }

    /// SQLite: carries what was written from the log of writes into the file, beside whoever reads
    /// and writes, so that no commit has to wait for it.
    pub(crate) async fn carry_over(&self) -> Result<(), Fault> {
        if let Self::Sqlite { read, .. } = self {
            sqlx::raw_sql("PRAGMA wal_checkpoint(PASSIVE)")
                .execute(read)
                .await
                .map_err(Fault::Write)?;
        }
        Ok(())
    }

    /// Ends all connections, after what they are doing.
    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite { write, read } => {
                read.close().await;
                write.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// Whether what failed may work after a while: the connection, a lock, room on the disk. All else
/// is a mistake of ours, which trying again does not mend.
pub(crate) fn is_passing(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(said) => said.code().is_some_and(|code| is_passing_code(&code)),
        _ => false,
    }
}

fn is_passing_code(code: &str) -> bool {
    // PostgreSQL's codes have five characters. Connection, no room, shut down, conflict.
    if code.len() == 5 {
        return ["08", "53", "57", "40"]
            .iter()
            .any(|class| code.starts_with(class));
    }
    // SQLite's are numbers, the kind in the last byte: busy, locked, no memory, I/O error, full.
    code.parse()
        .is_ok_and(|code: u32| matches!(code & 0xff, 5..=7 | 10 | 13))
}

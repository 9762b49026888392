//! The one door to SQL: two databases behind one type, and one text of SQL for both.
//!
//! A query's answer is built as one JSON text inside the database and read with serde: it is the
//! same on both databases, and with SQLite several times faster than row by row, since every row
//! crosses from the connection's own thread. Parameters are written `$1`. Where the databases'
//! words differ, [`Dialect`] knows them. Knows nothing of users or conversations.

mod filter;
mod postgres;
mod sqlite;
mod table;

use std::fmt::Write as _;

use serde::{Serialize, de::DeserializeOwned};
use sqlx::{AssertSqlSafe, PgPool, Postgres, Row, Sqlite, SqlitePool, Transaction};

pub(crate) use filter::Filter;
pub(crate) use postgres::Schemas;
pub(crate) use sqlite::Folder;
pub(crate) use table::{Kind, Shape, Table, run, without_nul};

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
            Self::Sqlite { write, .. } => write
                .begin_with("BEGIN IMMEDIATE")
                .await
                .map(Tx::Sqlite)
                .map_err(Fault::Write),
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

/// A transaction: all of it, or nothing when it is dropped without [`Tx::commit`].
pub(crate) enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl Tx {
    pub(crate) fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite(_) => Dialect::Sqlite,
            Self::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Runs one statement; how many rows it changed.
    pub(crate) async fn execute(&mut self, sql: String, args: Vec<Arg>) -> Result<u64, Fault> {
        if tracing::enabled!(target: crate::STATEMENTS, tracing::Level::TRACE) {
            let args = serde_json::to_string(&args).map_err(Fault::Row)?;
            tracing::trace!(target: crate::STATEMENTS, sql, args);
        }
        match self {
            Self::Sqlite(tx) => bound!(sql, args)
                .execute(&mut **tx)
                .await
                .map(|done| done.rows_affected()),
            Self::Postgres(tx) => bound!(sql, args)
                .execute(&mut **tx)
                .await
                .map(|done| done.rows_affected()),
        }
        .map_err(Fault::Write)
    }

    /// As [`Db::read`], seeing what this transaction wrote.
    pub(crate) async fn read<T: DeserializeOwned>(
        &mut self,
        columns: &[&str],
        from: &str,
        args: Vec<Arg>,
    ) -> Result<Vec<T>, Fault> {
        let sql = self.dialect().query(columns, from);
        let text: String = match self {
            Self::Sqlite(tx) => bound!(sql, args)
                .fetch_one(&mut **tx)
                .await
                .and_then(|row| row.try_get(0)),
            Self::Postgres(tx) => bound!(sql, args)
                .fetch_one(&mut **tx)
                .await
                .and_then(|row| row.try_get(0)),
        }
        .map_err(Fault::Read)?;
        serde_json::from_str(&text).map_err(Fault::Row)
    }

    /// Runs a script of several statements without parameters.
    pub(crate) async fn script(&mut self, script: &'static str) -> Result<(), Fault> {
        match self {
            Self::Sqlite(tx) => sqlx::raw_sql(script).execute(&mut **tx).await.map(drop),
            Self::Postgres(tx) => sqlx::raw_sql(script).execute(&mut **tx).await.map(drop),
        }
        .map_err(Fault::Migrate)
    }

    pub(crate) async fn commit(self) -> Result<(), Fault> {
        match self {
            Self::Sqlite(tx) => tx.commit().await,
            Self::Postgres(tx) => tx.commit().await,
        }
        .map_err(Fault::Write)
    }
}

/// The words in which the databases differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    /// A JSON array of these expressions.
    pub(crate) fn array(self, expressions: &str) -> String {
        match self {
            Self::Sqlite => format!("json_array({expressions})"),
            Self::Postgres => format!("json_build_array({expressions})"),
        }
    }

    /// A query with one row: the rows that it stands for, as a JSON array of arrays.
    pub(crate) fn query(self, columns: &[&str], from: &str) -> String {
        let (named, names) = numbered("c", columns);
        self.list(&self.array(&names), &format!("SELECT {named} {from}"))
    }

    /// A query with one row: `row`, an expression over the columns of `select`, of each of its
    /// rows, as a JSON array.
    pub(crate) fn list(self, row: &str, select: &str) -> String {
        match self {
            Self::Sqlite => format!("SELECT json_group_array({row}) FROM ({select}) AS answer"),
            Self::Postgres => {
                format!(
                    "SELECT CAST(COALESCE(json_agg({row}), '[]') AS TEXT) FROM ({select}) AS answer"
                )
            }
        }
    }

    /// The elements of a JSON array as rows of `value` (JSON), for `value->>0` and so on. SQLite's
    /// `jsonb_each` spares writing each element as text and reading it again.
    pub(crate) fn rows(self, parameter: &str) -> String {
        match self {
            Self::Sqlite => format!("jsonb_each({parameter}) AS items"),
            Self::Postgres => {
                format!("json_array_elements(CAST({parameter} AS JSON)) AS items(value)")
            }
        }
    }

    /// The ids in a JSON array of numbers, as a query: `id IN (…)`.
    pub(crate) fn ids(self, parameter: &str) -> String {
        match self {
            Self::Sqlite => format!("SELECT CAST(value AS BIGINT) FROM json_each({parameter})"),
            Self::Postgres => {
                format!(
                    "SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST({parameter} AS JSON)) AS items(value)"
                )
            }
        }
    }

    /// The texts in a JSON array of strings, as a query: `slug IN (…)`.
    pub(crate) fn texts(self, parameter: &str) -> String {
        match self {
            Self::Sqlite => format!("SELECT value FROM json_each({parameter})"),
            Self::Postgres => {
                format!(
                    "SELECT value FROM json_array_elements_text(CAST({parameter} AS JSON)) AS items(value)"
                )
            }
        }
    }

    /// Whether `text` has `part` in it.
    pub(crate) fn contains(self, text: &str, part: &str) -> String {
        match self {
            Self::Sqlite => format!("instr({text}, {part}) > 0"),
            Self::Postgres => format!("position({part} IN {text}) > 0"),
        }
    }
}

/// Columns with names given to them, `users.id AS c0, …`, and those names alone.
pub(crate) fn numbered(prefix: &str, columns: &[&str]) -> (String, String) {
    let (mut named, mut names) = (String::new(), String::new());
    for (index, column) in columns.iter().enumerate() {
        let comma = if index == 0 { "" } else { ", " };
        let _ = write!(named, "{comma}{column} AS {prefix}{index}");
        let _ = write!(names, "{comma}{prefix}{index}");
    }
    (named, names)
}

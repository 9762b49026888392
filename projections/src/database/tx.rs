//! A transaction that writes.
//!
//! With SQLite every statement crosses to the connection's thread and back, which costs more than
//! a small statement itself. So statements are collected there and cross together: at the next
//! question, at the commit, or when they have become large.

use std::fmt::Write as _;
use std::mem::take;

use serde::de::DeserializeOwned;
use sqlx::error::ErrorKind;
use sqlx::{AssertSqlSafe, Postgres, Row, Sqlite, Transaction};

use super::{Arg, Dialect, bound};
use crate::Fault;

/// Parameters that are collected at most, in bytes.
const SCRIPT_BYTES_MAX: usize = 4 << 20;

/// A transaction: all of it, or nothing when it is dropped without [`Tx::commit`].
pub(crate) enum Tx {
    Sqlite(Transaction<'static, Sqlite>, Script),
    Postgres(Transaction<'static, Postgres>),
}

/// Statements that wait, one after the other, and their parameters.
#[derive(Debug, Default)]
pub(crate) struct Script {
    sql: String,
    args: Vec<Arg>,
    bytes: usize,
}

impl Tx {
    pub(crate) fn sqlite(tx: Transaction<'static, Sqlite>) -> Self {
        Self::Sqlite(tx, Script::default())
    }

    pub(crate) fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite(..) => Dialect::Sqlite,
            Self::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Runs one statement, now or before the next question. What is wrong with it is known then.
    pub(crate) async fn execute(&mut self, sql: String, args: Vec<Arg>) -> Result<(), Fault> {
        if tracing::enabled!(target: crate::STATEMENTS, tracing::Level::TRACE) {
            let args = serde_json::to_string(&args).map_err(Fault::Row)?;
            tracing::trace!(target: crate::STATEMENTS, sql, args);
        }
        match self {
            Self::Sqlite(_, script) => {
                script.add(&sql, args);
                if script.bytes < SCRIPT_BYTES_MAX {
                    return Ok(());
                }
                self.flush().await
            }
            Self::Postgres(tx) => {
                let done = bound!(sql, args).execute(&mut **tx).await;
                done.map(drop).map_err(write_fault)
            }
        }
    }

    /// As [`Db::read`](super::Db::read), seeing what this transaction wrote.
    pub(crate) async fn read<T: DeserializeOwned>(
        &mut self,
        columns: &[&str],
        from: &str,
        args: Vec<Arg>,
    ) -> Result<Vec<T>, Fault> {
        let sql = self.dialect().query(columns, from);
        let row = match self {
            Self::Sqlite(tx, script) => {
                script.add(&sql, args);
                let Script { sql, args, .. } = take(script);
                let row = bound!(sql, args).fetch_one(&mut **tx).await;
                row.and_then(|row| row.try_get::<String, _>(0))
            }
            Self::Postgres(tx) => {
                let row = bound!(sql, args).fetch_one(&mut **tx).await;
                row.and_then(|row| row.try_get::<String, _>(0))
            }
        };
        serde_json::from_str(&row.map_err(write_fault)?).map_err(Fault::Row)
    }

    /// Runs a script of several statements without parameters.
    pub(crate) async fn script(&mut self, script: &'static str) -> Result<(), Fault> {
        if script.is_empty() {
            return Ok(());
        }
        self.flush().await?;
        match self {
            Self::Sqlite(tx, _) => sqlx::raw_sql(script).execute(&mut **tx).await.map(drop),
            Self::Postgres(tx) => sqlx::raw_sql(script).execute(&mut **tx).await.map(drop),
        }
        .map_err(Fault::Migrate)
    }

    pub(crate) async fn commit(mut self) -> Result<(), Fault> {
        self.flush().await?;
        match self {
            Self::Sqlite(tx, _) => tx.commit().await,
            Self::Postgres(tx) => tx.commit().await,
        }
        .map_err(Fault::Write)
    }

    async fn flush(&mut self) -> Result<(), Fault> {
        match self {
            Self::Sqlite(tx, script) if !script.sql.is_empty() => {
                let Script { sql, args, .. } = take(script);
                let done = bound!(sql, args).execute(&mut **tx).await;
                done.map(drop).map_err(write_fault)
            }
            _ => Ok(()),
        }
    }
}

impl Script {
    /// Adds a statement. All statements share one list of parameters, so its own are renumbered.
    fn add(&mut self, sql: &str, args: Vec<Arg>) {
        let mut parts = sql.split('$');
        self.sql.push_str(parts.next().unwrap_or_default());
        for part in parts {
            let digits = part.len() - part.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            let number: usize = part[..digits].parse().unwrap_or_default();
            let _ = write!(self.sql, "${}{}", number + self.args.len(), &part[digits..]);
        }
        self.sql.push_str(";\n");
        self.bytes += args.iter().map(Arg::bytes).sum::<usize>();
        self.args.extend(args);
    }
}

/// Null is refused by one column that is ever offered it: a checkpoint's position.
fn write_fault(error: sqlx::Error) -> Fault {
    match &error {
        sqlx::Error::Database(said) if said.kind() == ErrorKind::NotNullViolation => Fault::Rival,
        _ => Fault::Write(error),
    }
}

#[cfg(test)]
mod tests {
    use super::super::args;
    use super::*;

    #[test]
    fn statements_share_one_list_of_parameters() {
        let mut script = Script::default();
        script.add("UPDATE a SET b = $2 WHERE c = $1", args![1_i64, "x"]);
        script.add("DELETE FROM a WHERE b IN ($1, $1)", args!["yz"]);
        assert_eq!(
            script.sql,
            "UPDATE a SET b = $2 WHERE c = $1;\nDELETE FROM a WHERE b IN ($3, $3);\n"
        );
        assert_eq!((script.args.len(), script.bytes), (3, 8 + 1 + 2));
    }
}

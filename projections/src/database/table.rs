//! Tables described as data, and the statements that write many of their rows at once.
//!
//! Rows come as one JSON text, an array of arrays in the order of the columns: one statement for
//! a whole batch, where row by row would cost a round trip each.

use serde::Serialize;
use serde_json::Value;

use super::{Dialect, Tx};
use crate::Fault;

/// Texts longer than this are written in several statements, so that memory stays bounded.
const STATEMENT_BYTES_MAX: usize = 4 << 20;

/// What a column holds. All of them are one of two kinds, on both databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Int,
    Text,
}

/// Names and kinds of the values in a row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape(pub(crate) &'static [(&'static str, Kind)]);

impl Shape {
    /// `id, user_id, …`
    pub(crate) fn names(self) -> String {
        self.0
            .iter()
            .map(|(name, _)| *name)
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// A query that turns the JSON text in `$1` into rows of this shape.
    pub(crate) fn rows(self, dialect: Dialect) -> String {
        let values: Vec<String> = self
            .0
            .iter()
            .enumerate()
            .map(|(index, (name, kind))| match kind {
                Kind::Int => format!("CAST(value->>{index} AS BIGINT) AS {name}"),
                Kind::Text => format!("value->>{index} AS {name}"),
            })
            .collect();
        // `WHERE true` keeps SQLite from reading a following ON CONFLICT as a join's condition.
        format!(
            "SELECT {} FROM {} WHERE true",
            values.join(", "),
            dialect.rows("$1")
        )
    }
}

/// A table of the read model: the same columns in the same order on both databases.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) columns: Shape,
    /// How many of the first columns are its primary key.
    pub(crate) key_columns: usize,
    /// A column whose value may differ between two equal read models.
    pub(crate) volatile: Option<&'static str>,
}

impl Table {
    pub(crate) const fn new(name: &'static str, columns: Shape) -> Self {
        Self {
            name,
            columns,
            key_columns: 1,
            volatile: None,
        }
    }

    /// The names of the columns that are its primary key.
    pub(crate) fn key(&self) -> String {
        Shape(&self.columns.0[..self.key_columns]).names()
    }

    /// Adds rows.
    pub(crate) async fn insert<R: Serialize>(&self, tx: &mut Tx, rows: &[R]) -> Result<(), Fault> {
        let sql = self.insert_statement(tx.dialect());
        run(tx, &sql, rows).await
    }

    /// Adds rows but for those whose key is there already.
    pub(crate) async fn insert_new<R: Serialize>(
        &self,
        tx: &mut Tx,
        rows: &[R],
    ) -> Result<(), Fault> {
        let sql = format!(
            "{} ON CONFLICT DO NOTHING",
            self.insert_statement(tx.dialect())
        );
        run(tx, &sql, rows).await
    }

    /// Adds rows; where one with the same key is there already, sets `columns` of it.
    pub(crate) async fn upsert<R: Serialize>(
        &self,
        tx: &mut Tx,
        columns: &[&str],
        rows: &[R],
    ) -> Result<(), Fault> {
        let sets: Vec<String> = columns
            .iter()
            .map(|name| format!("{name} = excluded.{name}"))
            .collect();
        let sql = format!(
            "{} ON CONFLICT ({}) DO UPDATE SET {}",
            self.insert_statement(tx.dialect()),
            self.key(),
            sets.join(", ")
        );
        run(tx, &sql, rows).await
    }

    /// Adds rows; where one with the same key is there already, adds to `columns` of it.
    pub(crate) async fn add<R: Serialize>(
        &self,
        tx: &mut Tx,
        columns: &[&str],
        rows: &[R],
    ) -> Result<(), Fault> {
        let table = self.name;
        let sets: Vec<String> = columns
            .iter()
            .map(|name| format!("{name} = {table}.{name} + excluded.{name}"))
            .collect();
        let sql = format!(
            "{} ON CONFLICT ({}) DO UPDATE SET {}",
            self.insert_statement(tx.dialect()),
            self.key(),
            sets.join(", ")
        );
        run(tx, &sql, rows).await
    }

    /// Changes rows: `sets` is the text between SET and FROM, in which `patch` is a row of
    /// `shape`, whose `id` is the table's.
    pub(crate) async fn patch<R: Serialize>(
        &self,
        tx: &mut Tx,
        shape: Shape,
        sets: &str,
        rows: &[R],
    ) -> Result<(), Fault> {
        let name = self.name;
        let patches = shape.rows(tx.dialect());
        let sql = format!(
            "UPDATE {name} SET {sets} FROM ({patches}) AS patch WHERE {name}.id = patch.id"
        );
        run(tx, &sql, rows).await
    }

    /// Removes the rows whose `column` is one of these.
    pub(crate) async fn delete<R: Serialize>(
        &self,
        tx: &mut Tx,
        column: &str,
        ids: &[R],
    ) -> Result<(), Fault> {
        let sql = format!(
            "DELETE FROM {} WHERE {column} IN ({})",
            self.name,
            tx.dialect().ids("$1")
        );
        run(tx, &sql, ids).await
    }

    fn insert_statement(&self, dialect: Dialect) -> String {
        format!(
            "INSERT INTO {} ({}) {}",
            self.name,
            self.columns.names(),
            self.columns.rows(dialect)
        )
    }
}

/// Runs a statement whose one parameter is the JSON text of these rows; not at all without rows.
pub(crate) async fn run<R: Serialize>(tx: &mut Tx, sql: &str, rows: &[R]) -> Result<(), Fault> {
    let mut text = String::new();
    for row in rows {
        text.push(if text.is_empty() { '[' } else { ',' });
        text.push_str(&encoded(row).map_err(Fault::Row)?);
        if text.len() >= STATEMENT_BYTES_MAX {
            text.push(']');
            tx.execute(sql.to_owned(), super::args![std::mem::take(&mut text)])
                .await?;
        }
    }
    if text.is_empty() {
        return Ok(());
    }
    text.push(']');
    tx.execute(sql.to_owned(), super::args![text]).await
}

/// A row as JSON. PostgreSQL's texts cannot hold the character NUL, so neither database's do.
fn encoded<R: Serialize>(row: &R) -> serde_json::Result<String> {
    let text = serde_json::to_string(row)?;
    if !text.contains("\\u0000") {
        return Ok(text);
    }
    let mut values: Vec<Value> = serde_json::from_str(&text)?;
    for value in &mut values {
        if let Value::String(text) = value {
            *text = without_nul(text);
        }
    }
    serde_json::to_string(&values)
}

/// The text as it is stored: each NUL becomes U+FFFD.
pub(crate) fn without_nul(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

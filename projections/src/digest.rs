//! Comparing read models: a hash for each table, and where two tables differ.
//!
//! Rows are read in the order of their keys and compared by value, so that a model in SQLite and
//! one in PostgreSQL made from the same log are equal. What presence writes is left out.

use serde_json::Value;

use crate::database::{Arg, Db, Table};
use crate::{Fault, Projection, ReadModels};

/// Rows read at once.
const CHUNK: usize = 10_000;

/// What a table holds, in short.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableDigest {
    /// The table.
    pub table: &'static str,
    /// How many rows it has.
    pub rows: u64,
    /// BLAKE3 over all rows in the order of their keys, as 64 hex digits.
    pub hash: String,
}

/// A table that is not the same in two read models.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The table.
    pub table: &'static str,
    /// How many rows it has here and there.
    pub rows: [u64; 2],
    /// The key of the first row that is not the same on both sides, as a JSON array.
    pub first_key: String,
}

type Row = Vec<Value>;

impl ReadModels {
    /// The digests of a projection's tables.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn digest(&self, projection: Projection) -> Result<Vec<TableDigest>, Fault> {
        let db = self.db();
        let mut digests = Vec::new();
        for table in projection.tables() {
            digests.push(digest(&db, table).await?);
        }
        Ok(digests)
    }

    /// The tables that differ from another read model's, which stands at the same position.
    ///
    /// # Errors
    /// When one of the databases cannot be read.
    pub async fn differences(&self, other: &Self) -> Result<Vec<Difference>, Fault> {
        let (here, there) = (self.db(), other.db());
        let mut differences = Vec::new();
        for table in Projection::ALL.into_iter().flat_map(Projection::tables) {
            let digests = [digest(&here, table).await?, digest(&there, table).await?];
            if digests[0] != digests[1] {
                differences.push(Difference {
                    table: table.name,
                    rows: [digests[0].rows, digests[1].rows],
                    first_key: first_difference(&here, &there, table).await?,
                });
            }
        }
        Ok(differences)
    }
}

async fn digest(db: &Db, table: &'static Table) -> Result<TableDigest, Fault> {
    let mut rows = Rows::of(db, table);
    let mut hasher = blake3::Hasher::new();
    let mut count = 0;
    while let Some(row) = rows.next().await? {
        hasher.update(&serde_json::to_vec(&row).map_err(Fault::Row)?);
        hasher.update(b"\n");
        count += 1;
    }
    Ok(TableDigest {
        table: table.name,
        rows: count,
        hash: hasher.finalize().to_hex().to_string(),
    })
}

async fn first_difference(here: &Db, there: &Db, table: &'static Table) -> Result<String, Fault> {
    let (mut here, mut there) = (Rows::of(here, table), Rows::of(there, table));
    loop {
        let (one, other) = (here.next().await?, there.next().await?);
        if one == other && one.is_some() {
            continue;
        }
        // The side that lacks a row is further on: the smaller key is the one that is alone.
        let keys = [one, other].map(|row| row.map(|row| row[..table.key_columns].to_vec()));
        let first = keys
            .into_iter()
            .flatten()
            .min_by(|one, other| compare(one, other));
        return serde_json::to_string(&first).map_err(Fault::Row);
    }
}

/// The order of the databases: numbers by value, texts by bytes.
fn compare(one: &[Value], other: &[Value]) -> std::cmp::Ordering {
    let of = |value: &Value| (value.as_i64(), value.as_str().map(str::to_owned));
    one.iter().map(of).cmp(other.iter().map(of))
}

/// The rows of a table in the order of their keys, read in steps.
struct Rows<'a> {
    db: &'a Db,
    table: &'static Table,
    columns: Vec<&'static str>,
    chunk: std::vec::IntoIter<Row>,
    last_key: Option<Row>,
    complete: bool,
}

impl<'a> Rows<'a> {
    fn of(db: &'a Db, table: &'static Table) -> Self {
        let names = table.columns.0.iter().map(|(name, _)| *name);
        let columns = names.filter(|name| Some(*name) != table.volatile).collect();
        Self {
            db,
            table,
            columns,
            chunk: Vec::new().into_iter(),
            last_key: None,
            complete: false,
        }
    }

    async fn next(&mut self) -> Result<Option<Row>, Fault> {
        if self.chunk.len() == 0 && !self.complete {
            let chunk = self.read().await?;
            self.complete = chunk.len() < CHUNK;
            self.last_key = chunk
                .last()
                .map(|row| row[..self.table.key_columns].to_vec());
            self.chunk = chunk.into_iter();
        }
        Ok(self.chunk.next())
    }

    async fn read(&self) -> Result<Vec<Row>, Fault> {
        let key = self.table.key();
        let after: Vec<Arg> = self.last_key.iter().flatten().map(arg).collect();
        let condition = if after.is_empty() {
            "true".to_owned()
        } else {
            let parameters: Vec<_> = (1..=after.len())
                .map(|number| format!("${number}"))
                .collect();
            format!("({key}) > ({})", parameters.join(", "))
        };
        let from = format!(
            "FROM {} WHERE {condition} ORDER BY {key} LIMIT {CHUNK}",
            self.table.name
        );
        self.db.read(&self.columns, &from, after).await
    }
}

fn arg(value: &Value) -> Arg {
    match value.as_i64() {
        Some(number) => number.into(),
        None => value.as_str().unwrap_or_default().into(),
    }
}

//! The tables, as numbered scripts for each database (the folder `migrations/`), and who has run
//! which of them.
//!
//! A script has up to three parts: what new rows need; after a line `-- deletions`, the indexes by
//! which deletions find what they take along; after a line `-- indexes`, what only queries need.
//! A rebuild runs the second part when it comes to a deletion, the third when all rows are there.

use crate::database::{Dialect, Tx, args};
use crate::{Fault, Projection};

/// One step from no tables to today's, written for both databases.
struct Migration {
    sqlite: &'static str,
    postgres: &'static str,
}

macro_rules! migrations {
    ($($name:literal),* $(,)?) => {
        &[$(Migration {
            sqlite: include_str!(concat!("../../migrations/sqlite/", $name, ".sql")),
            postgres: include_str!(concat!("../../migrations/postgres/", $name, ".sql")),
        }),*]
    };
}

/// In the order they are run; only ever added to.
const MIGRATIONS: &[Migration] = migrations![
    "0001_model",
    "0002_users",
    "0003_conversations",
    "0004_search",
    "0005_reports",
    "0006_deliveries",
    "0007_articles",
    "0008_notes"
];

/// A part of a script.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Part {
    /// Tables.
    Rows,
    /// Indexes that deletions need.
    Deletions,
    /// Indexes, and all else that queries need.
    Queries,
}

impl Part {
    pub(crate) const ALL: [Self; 3] = [Self::Rows, Self::Deletions, Self::Queries];
}

impl Migration {
    fn part(&self, part: Part, dialect: Dialect) -> &'static str {
        let script = match dialect {
            Dialect::Sqlite => self.sqlite,
            Dialect::Postgres => self.postgres,
        };
        let (before, queries) = script.split_once("-- indexes\n").unwrap_or((script, ""));
        let (rows, deletions) = before.split_once("-- deletions\n").unwrap_or((before, ""));
        match part {
            Part::Rows => rows,
            Part::Deletions => deletions,
            Part::Queries => queries,
        }
    }
}

/// How many migrations this release knows.
pub(crate) fn known() -> u64 {
    MIGRATIONS.len() as u64
}

/// Runs a part of all scripts in a new generation.
pub(crate) async fn create(part: Part, tx: &mut Tx) -> Result<(), Fault> {
    for migration in MIGRATIONS {
        tx.script(migration.part(part, tx.dialect())).await?;
    }
    Ok(())
}

/// Notes which log a new generation is made from.
pub(crate) async fn sign(tx: &mut Tx, log_id: &str) -> Result<(), Fault> {
    let sql = "INSERT INTO model (log_id, migrations) VALUES ($1, $2)";
    tx.execute(sql.to_owned(), args![log_id, known()]).await
}

/// Tells PostgreSQL's planner at once what it would find out in a while: until then it reads
/// whole tables. SQLite plans by the indexes alone.
pub(crate) async fn gather_statistics(tx: &mut Tx) -> Result<(), Fault> {
    if tx.dialect() == Dialect::Postgres {
        for table in Projection::ALL.into_iter().flat_map(Projection::tables) {
            tx.execute(format!("ANALYZE {}", table.name), args![])
                .await?;
        }
    }
    Ok(())
}

/// Runs what a generation does not have yet, where `run` is how many it has.
pub(crate) async fn catch_up(tx: &mut Tx, run: u64) -> Result<(), Fault> {
    let run = usize::try_from(run).unwrap_or(usize::MAX);
    for migration in MIGRATIONS.iter().skip(run) {
        for part in Part::ALL {
            tx.script(migration.part(part, tx.dialect())).await?;
        }
    }
    let sql = "UPDATE model SET migrations = $1";
    tx.execute(sql.to_owned(), args![known()]).await
}

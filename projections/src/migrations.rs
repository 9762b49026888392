//! The tables, as numbered scripts for each database (the folder `migrations/`), and who has run
//! which of them.
//!
//! A script has two parts: what rows need, and, after a line `-- indexes`, what only queries
//! need. A rebuild runs the second part when all rows are there.

use crate::Fault;
use crate::database::{Dialect, Tx, args};

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
    "0004_search"
];

/// The line between the two parts of a script.
const INDEXES: &str = "-- indexes\n";

impl Migration {
    /// What rows need, and what queries need.
    fn parts(&self, dialect: Dialect) -> (&'static str, &'static str) {
        let script = match dialect {
            Dialect::Sqlite => self.sqlite,
            Dialect::Postgres => self.postgres,
        };
        script.split_once(INDEXES).unwrap_or((script, ""))
    }
}

/// How many migrations this release knows.
pub(crate) fn known() -> u64 {
    MIGRATIONS.len() as u64
}

/// Makes all tables of a new generation, without indexes, and notes which log it is made from.
pub(crate) async fn create_tables(tx: &mut Tx, log_id: &str) -> Result<(), Fault> {
    for migration in MIGRATIONS {
        tx.script(migration.parts(tx.dialect()).0).await?;
    }
    tx.execute(
        "INSERT INTO model (log_id, migrations) VALUES ($1, $2)".to_owned(),
        args![log_id, known()],
    )
    .await?;
    Ok(())
}

/// Makes the indexes of a generation whose tables are new.
pub(crate) async fn create_indexes(tx: &mut Tx) -> Result<(), Fault> {
    for migration in MIGRATIONS {
        tx.script(migration.parts(tx.dialect()).1).await?;
    }
    Ok(())
}

/// Runs what a generation does not have yet, where `run` is how many it has.
pub(crate) async fn catch_up(tx: &mut Tx, run: u64) -> Result<(), Fault> {
    let run = usize::try_from(run).unwrap_or(usize::MAX);
    for migration in MIGRATIONS.iter().skip(run) {
        let (tables, indexes) = migration.parts(tx.dialect());
        tx.script(tables).await?;
        tx.script(indexes).await?;
    }
    tx.execute(
        "UPDATE model SET migrations = $1".to_owned(),
        args![known()],
    )
    .await?;
    Ok(())
}

//! Generations in a database: a schema `hf_<generation>` each, and the table `havefunnels.control`
//! with the number of the one that counts. Whoever uses a generation holds an advisory lock on
//! its number.

use std::str::FromStr;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};

use super::Db;
use crate::Fault;

/// Connections at the same time, the projector's included.
const CONNECTIONS: u32 = 8;
/// The class of our advisory locks: "hf".
const LOCK_CLASS: i32 = 0x6866;

/// The database that holds the generations.
pub(crate) struct Schemas<'a>(pub(crate) &'a str);

impl Schemas<'_> {
    /// The generation that counts; none in a new database.
    pub(crate) async fn current(&self) -> Result<Option<u64>, Fault> {
        let mut connection = self.alone().await?;
        let found: Option<i64> = sqlx::query_scalar("SELECT generation FROM havefunnels.control")
            .fetch_optional(&mut connection)
            .await
            .map_err(Fault::Open)?;
        connection.close().await.map_err(Fault::Open)?;
        Ok(found.map(i64::cast_unsigned))
    }

    /// All generations of which there is a schema, wanted or left over.
    pub(crate) async fn generations(&self) -> Result<Vec<u64>, Fault> {
        let mut connection = self.alone().await?;
        let names: Vec<String> = sqlx::query_scalar(
            r"SELECT CAST(nspname AS TEXT) FROM pg_namespace WHERE nspname LIKE 'hf\_%'",
        )
        .fetch_all(&mut connection)
        .await
        .map_err(Fault::Open)?;
        connection.close().await.map_err(Fault::Open)?;
        let mut found: Vec<u64> = names
            .iter()
            .filter_map(|name| name[3..].parse().ok())
            .collect();
        found.sort_unstable();
        Ok(found)
    }

    /// Lets the control row name this generation.
    pub(crate) async fn point_to(&self, generation: u64) -> Result<(), Fault> {
        let mut connection = self.alone().await?;
        let mut tx = connection.begin().await.map_err(Fault::Write)?;
        sqlx::query("DELETE FROM havefunnels.control")
            .execute(&mut *tx)
            .await
            .map_err(Fault::Write)?;
        sqlx::query("INSERT INTO havefunnels.control (generation) VALUES ($1)")
            .bind(generation.cast_signed())
            .execute(&mut *tx)
            .await
            .map_err(Fault::Write)?;
        tx.commit().await.map_err(Fault::Write)?;
        connection.close().await.map_err(Fault::Open)
    }

    /// Holds on to a generation: shared by those who use it, alone by who makes or removes it.
    /// The connection returned is the hold.
    pub(crate) async fn claim(
        &self,
        generation: u64,
        alone: bool,
    ) -> Result<Option<PgConnection>, Fault> {
        let mut connection = self.alone().await?;
        let function = if alone {
            "pg_try_advisory_lock"
        } else {
            "pg_try_advisory_lock_shared"
        };
        let held: bool = sqlx::query_scalar(AssertSqlSafe(format!("SELECT {function}($1, $2)")))
            .bind(LOCK_CLASS)
            .bind(i32::try_from(generation).unwrap_or(i32::MAX))
            .fetch_one(&mut connection)
            .await
            .map_err(Fault::Open)?;
        Ok(held.then_some(connection))
    }

    /// Ends a hold, and returns when the server has ended it: a closed session's locks live on
    /// until its server process has gone.
    pub(crate) async fn release(mut session: PgConnection) {
        let unlocked = sqlx::query("SELECT pg_advisory_unlock_all()")
            .execute(&mut session)
            .await;
        if let Err(error) = unlocked.and(session.close().await) {
            let error: &dyn std::error::Error = &error;
            tracing::debug!(error, "a generation's session was gone already");
        }
    }

    /// Removes a generation's schema; whoever calls holds it alone.
    pub(crate) async fn remove(&self, generation: u64) -> Result<(), Fault> {
        let mut connection = self.alone().await?;
        sqlx::query(AssertSqlSafe(format!(
            "DROP SCHEMA IF EXISTS hf_{generation} CASCADE"
        )))
        .execute(&mut connection)
        .await
        .map_err(Fault::Migrate)?;
        connection.close().await.map_err(Fault::Open)
    }

    /// Opens a generation, making an empty schema where there is none. One that is being filled
    /// need not be safe before it is pointed to.
    pub(crate) async fn connect(&self, generation: u64, bulk: bool) -> Result<Db, Fault> {
        let mut connection = self.alone().await?;
        sqlx::query(AssertSqlSafe(format!(
            "CREATE SCHEMA IF NOT EXISTS hf_{generation}"
        )))
        .execute(&mut connection)
        .await
        .map_err(Fault::Migrate)?;
        connection.close().await.map_err(Fault::Open)?;
        let commit = if bulk { "off" } else { "on" };
        let options = self.options()?.options([
            ("search_path", format!("hf_{generation}").as_str()),
            ("synchronous_commit", commit),
            // Compiling a query that takes a millisecond takes longer than the query.
            ("jit", "off"),
        ]);
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .test_before_acquire(false)
            .connect_with(options)
            .await
            .map_err(Fault::Open)?;
        Ok(Db::Postgres(pool))
    }

    fn options(&self) -> Result<PgConnectOptions, Fault> {
        PgConnectOptions::from_str(self.0).map_err(Fault::Open)
    }

    /// A connection of its own, with the control table made.
    async fn alone(&self) -> Result<PgConnection, Fault> {
        let mut connection = self.options()?.connect().await.map_err(Fault::Open)?;
        sqlx::raw_sql(
            "SET client_min_messages = warning;
             CREATE SCHEMA IF NOT EXISTS havefunnels;
             CREATE TABLE IF NOT EXISTS havefunnels.control (generation BIGINT NOT NULL)",
        )
        .execute(&mut connection)
        .await
        .map_err(Fault::Open)?;
        Ok(connection)
    }
}

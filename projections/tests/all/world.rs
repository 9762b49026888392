//! What a test has: a log in memory, a place for a read model, and the read model.

use std::sync::atomic::{AtomicU32, Ordering};

use events::ConversationId;
use projections::{Conversation, Location, ReadModels};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, postgres::PgConnectOptions};
use tempfile::TempDir;

use crate::history::History;

/// The id of every test's log.
pub const LOG_ID: [u8; 16] = [7; 16];

/// A read model of its own, made from a history.
pub struct World {
    pub history: History,
    pub models: ReadModels,
    pub location: Location,
    place: Place,
}

/// What has to go when the test is over.
enum Place {
    Folder { _folder: TempDir },
    Database { name: String },
}

impl World {
    pub async fn in_sqlite(history: History) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::Sqlite(folder.path().join("models"));
        Self::at(history, location, Place::Folder { _folder: folder }).await
    }

    pub async fn in_postgres(history: History) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "hf_test_{}_{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        server_does(&format!("CREATE DATABASE {name}")).await;
        let url = server().database(&name).to_url_lossy().to_string();
        Self::at(history, Location::Postgres(url), Place::Database { name }).await
    }

    async fn at(history: History, location: Location, place: Place) -> Self {
        let models = ReadModels::open(&location, LOG_ID, history.head())
            .await
            .unwrap();
        models.apply(&history.events()).await.unwrap();
        Self {
            history,
            models,
            location,
            place,
        }
    }

    /// Opens the read model once more, as a restarted service would.
    pub async fn reopen(&mut self) {
        self.models.close().await;
        self.models = ReadModels::open(&self.location, LOG_ID, self.history.head())
            .await
            .unwrap();
    }

    /// Applies what the history has and the read model has not.
    pub async fn catch_up(&self) {
        self.models.apply(&self.history.events()).await.unwrap();
    }

    /// The conversation with this number, which is there.
    pub async fn conversation(&self, id: u64) -> Conversation {
        let found = self.models.conversation(ConversationId(id)).await;
        found.unwrap().unwrap()
    }

    /// Waits until the server has noticed that whoever held a generation is gone. A file's lock
    /// goes with its holder at once.
    pub async fn wait_until_free(&self, generation: i32) {
        if let Location::Postgres(url) = &self.location {
            let options: PgConnectOptions = url.parse().unwrap();
            let mut connection = options.connect().await.unwrap();
            for function in ["pg_advisory_lock", "pg_advisory_unlock"] {
                sqlx::query(AssertSqlSafe(format!("SELECT {function}(26726, $1)")))
                    .bind(generation)
                    .execute(&mut connection)
                    .await
                    .unwrap();
            }
            connection.close().await.unwrap();
        }
    }

    /// Ends all connections to this world's database but the one that does so.
    pub async fn end_connections(&self) {
        if let Place::Database { name } = &self.place {
            let theirs = format!(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
            );
            server_does(&theirs).await;
        }
    }

    /// Removes everything.
    pub async fn end(self) {
        self.models.close().await;
        if let Place::Database { name } = self.place {
            server_does(&format!("DROP DATABASE {name} WITH (FORCE)")).await;
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the address of the test server is no configuration of the product"
)]
fn server() -> PgConnectOptions {
    std::env::var("HAVEFUNNELS_TEST_POSTGRES")
        .expect("HAVEFUNNELS_TEST_POSTGRES names the PostgreSQL server to test with")
        .parse()
        .expect("HAVEFUNNELS_TEST_POSTGRES is a postgres:// URL")
}

async fn server_does(sql: &str) {
    let mut connection: PgConnection = server()
        .connect()
        .await
        .expect("the PostgreSQL server answers");
    sqlx::query(AssertSqlSafe(sql))
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
}

/// Runs a test on both databases: the function that makes the history, then the test.
macro_rules! on_both {
    ($name:ident, $history:expr, |$world:ident| $test:expr) => {
        mod $name {
            #[allow(unused_imports)]
            use super::*;
            use crate::world::World;

            async fn test($world: &mut World) {
                $test
            }

            #[tokio::test]
            async fn sqlite() {
                let mut world = World::in_sqlite($history).await;
                test(&mut world).await;
                world.end().await;
            }

            #[tokio::test]
            async fn postgres() {
                let mut world = World::in_postgres($history).await;
                test(&mut world).await;
                world.end().await;
            }
        }
    };
}
pub(crate) use on_both;

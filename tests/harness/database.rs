//! A PostgreSQL database for one test alone, dropped with it.

use sqlx::{Connection, PgConnection};

use super::setting;

/// An empty database on the test server.
pub struct Database {
    /// Where the program finds it.
    pub url: String,
    server: String,
    name: String,
}

impl Database {
    /// Makes one. Fails, rather than skips, where there is no server.
    pub async fn create() -> Self {
        let server = setting::postgres();
        let name = format!("test_{}", uuid::Uuid::new_v4().simple());
        execute(&server, format!("CREATE DATABASE {name}")).await;
        let (base, _) = server
            .rsplit_once('/')
            .expect("a PostgreSQL URL ends in /database");
        Self {
            url: format!("{base}/{name}"),
            server,
            name,
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let drop = execute(
            &self.server,
            format!("DROP DATABASE {} WITH (FORCE)", self.name),
        );
        // The test's own runtime may not be blocked from within; a thread has none.
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build();
                runtime.expect("a small runtime").block_on(drop);
            });
        });
    }
}

async fn execute(server: &str, statement: String) {
    let mut connection = PgConnection::connect(server)
        .await
        .unwrap_or_else(|error| panic!("no PostgreSQL at {server}: {error}"));
    sqlx::raw_sql(sqlx::AssertSqlSafe(statement))
        .execute(&mut connection)
        .await
        .expect("the statement succeeds");
}

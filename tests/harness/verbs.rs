//! The program's other verbs on a test's data, and the read models changed behind its back.

use std::process::Output;

use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};

use super::server::Server;

impl Server {
    /// Where its read models live.
    pub fn engine(&self) -> super::server::Engine {
        if self.database.is_some() {
            super::server::Engine::Postgres
        } else {
            super::server::Engine::Sqlite
        }
    }

    /// The client that this test's calls are made with.
    pub fn client(&self) -> reqwest::Client {
        self.client.clone()
    }

    /// Runs a verb on this server's data, to its end.
    pub fn verb(&self, verb: &str, arguments: &[&str]) -> Output {
        let folder = self.data_dir();
        let mut line = vec![verb, "--data-dir", folder.to_str().expect("a plain path")];
        if let Some(database) = &self.database {
            line.extend(["--database", &database.url]);
        }
        line.extend(arguments);
        self.run(&line)
    }

    /// The log's events, as the verb `events` tells them.
    pub fn events(&self, arguments: &[&str]) -> Vec<Value> {
        let lines = self.told("events", arguments);
        let event = |line| serde_json::from_str(line).expect("one JSON object a line");
        lines.lines().map(event).collect()
    }

    /// All events in the log, as they leave it: a line each.
    pub fn events_told(&self) -> String {
        self.told("events", &[])
    }

    /// Holds the log and the read models to be sound; answers what the verb `verify` tells of them.
    #[track_caller]
    pub fn assert_sound(&self) -> String {
        self.told("verify", &[])
    }

    /// What a verb that must succeed tells.
    #[track_caller]
    pub fn told(&self, verb: &str, arguments: &[&str]) -> String {
        let output = self.verb(verb, arguments);
        let told = String::from_utf8(output.stdout).expect("UTF-8");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{verb} failed: {told}{said}");
        told
    }

    /// Changes the read models behind the stopped program's back.
    pub async fn sql(&self, statement: &str) {
        let statement = statement.to_owned();
        if let Some(database) = &self.database {
            let mut connection = PgConnection::connect(&database.url)
                .await
                .expect("PostgreSQL answers");
            let schema: String = sqlx::query_scalar(
                "SELECT schema_name FROM information_schema.schemata WHERE schema_name LIKE 'hf\\_%' ORDER BY length(schema_name) DESC, schema_name DESC LIMIT 1",
            )
            .fetch_one(&mut connection)
            .await
            .expect("the read models have a schema");
            let statement = format!("SET search_path TO {schema}; {statement}");
            sqlx::raw_sql(AssertSqlSafe(statement))
                .execute(&mut connection)
                .await
                .expect("it succeeds");
        } else {
            let models = self.data_dir().join("models");
            let generation =
                std::fs::read_to_string(models.join("CURRENT")).expect("a generation is in use");
            let file = models.join(format!("{}.db", generation.trim()));
            let url = format!("sqlite://{}", file.display());
            let mut connection = SqliteConnection::connect(&url)
                .await
                .expect("the read models open");
            sqlx::raw_sql(AssertSqlSafe(statement))
                .execute(&mut connection)
                .await
                .expect("it succeeds");
            connection.close().await.expect("the read models close");
        }
    }
}

//! That searches use their indexes, as the databases themselves explain it.

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Row};

use super::Index;
use super::find::{MESSAGES, Stage};
use crate::database::{Db, Dialect};
use crate::{Location, generation};

/// Articles in Spanish.
const SPANISH: Index<'static> = Index {
    only: "article_search.language = 'es'",
    ..crate::articles::SEARCH
};

/// The plan of a search, a line a step. The texts searched for are part of it.
async fn plan(db: &Db, stage: &Stage, wanted: &str) -> String {
    plan_of(db, "message_search", stage, wanted).await
}

async fn plan_of(db: &Db, table: &str, stage: &Stage, wanted: &str) -> String {
    let select = format!("SELECT {table}.id {}", stage.from);
    let key = stage.key.clone().unwrap_or_default();
    let steps: Vec<String> = match db {
        Db::Sqlite { read, .. } => {
            let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {select}"));
            let rows = sqlx::query(explain).fetch_all(read).await.unwrap();
            rows.iter().map(|row| row.get("detail")).collect()
        }
        Db::Postgres(pool) => {
            let explain = AssertSqlSafe(format!("EXPLAIN {select}"));
            let query = sqlx::query(explain).bind(wanted).bind(key);
            let rows = query.fetch_all(pool).await.unwrap();
            rows.iter().map(|row| row.get(0)).collect()
        }
    };
    steps.join("\n")
}

#[tokio::test]
async fn sqlite_reads_no_table_from_end_to_end() {
    let folder = tempfile::tempdir().unwrap();
    let location = Location::Sqlite(folder.path().to_owned());
    generation::create(&location, 1, "log").await.unwrap();
    let db = location.connect(1).await.unwrap();

    for stage in MESSAGES.stages(Dialect::Sqlite, "three") {
        let plan = plan(&db, &stage, "three").await;
        assert!(
            plan.contains("SCAN message_index VIRTUAL TABLE INDEX"),
            "{plan}"
        );
        // Each row found is looked up, and those that wait are a range.
        for by in ["rowid=?", "rowid>?"] {
            let step = format!("SEARCH message_search USING INTEGER PRIMARY KEY ({by})");
            assert!(plan.contains(&step), "{plan}");
        }
        assert!(!plan.contains("SCAN message_search"), "{plan}");
    }

    let [newest, rare] = MESSAGES.stages(Dialect::Sqlite, "2");
    assert!(newest.from.contains("ORDER BY id DESC LIMIT 20000"));
    let plan = plan(&db, &rare, "2").await;
    assert!(
        plan.contains("SCAN message_trigrams VIRTUAL TABLE INDEX"),
        "{plan}"
    );
    assert!(
        plan.contains("SEARCH message_search USING INTEGER PRIMARY KEY"),
        "{plan}"
    );
    assert!(!plan.contains("SCAN message_search"), "{plan}");

    // Articles of one language alone.
    for (wanted, at) in [("three", 0), ("three", 1), ("2", 1)] {
        let stage = &SPANISH.stages(Dialect::Sqlite, wanted)[at];
        let plan = plan_of(&db, "article_search", stage, wanted).await;
        assert!(plan.contains("VIRTUAL TABLE INDEX"), "{plan}");
        assert!(plan.contains("SEARCH article_search USING"), "{plan}");
        assert!(!plan.contains("SCAN article_search"), "{plan}");
    }
    db.close().await;
}

#[tokio::test]
#[expect(
    clippy::disallowed_methods,
    reason = "the address of the test server is no configuration of the product"
)]
async fn postgres_reads_no_table_from_end_to_end() {
    let server: PgConnectOptions = std::env::var("HAVEFUNNELS_TEST_POSTGRES")
        .expect("HAVEFUNNELS_TEST_POSTGRES names the PostgreSQL server to test with")
        .parse()
        .unwrap();
    let name = format!("hf_test_plans_{}", std::process::id());
    let mut connection = server.connect().await.unwrap();
    let create = AssertSqlSafe(format!("CREATE DATABASE {name}"));
    sqlx::query(create).execute(&mut connection).await.unwrap();

    let location = Location::Postgres(server.database(&name).to_url_lossy().to_string());
    generation::create(&location, 1, "log").await.unwrap();
    let db = location.connect(1).await.unwrap();
    let mut tx = db.begin().await.unwrap();
    tx.script(
        "INSERT INTO message_search SELECT id, 'text ' || md5(CAST(id AS TEXT)), ''
             FROM generate_series(1, 5000) AS ids(id);
         INSERT INTO article_search SELECT id * 1024, id, 'es', 'text ' || md5(CAST(id AS TEXT))
             FROM generate_series(1, 5000) AS ids(id);
         ANALYZE message_search;
         ANALYZE article_search",
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    for wanted in ["three", "2"] {
        let [newest, rest] = MESSAGES.stages(Dialect::Postgres, wanted);
        assert!(newest.from.contains("ORDER BY id DESC LIMIT 20000"));
        let plan = plan(&db, &rest, wanted).await;
        assert!(
            plan.contains("Bitmap Index Scan on message_index"),
            "{plan}"
        );
        assert!(!plan.contains("Seq Scan"), "{plan}");
        let stage = &SPANISH.stages(Dialect::Postgres, wanted)[1];
        let plan = plan_of(&db, "article_search", stage, wanted).await;
        assert!(plan.contains("Index Scan on article_index"), "{plan}");
        assert!(!plan.contains("Seq Scan"), "{plan}");
    }

    db.close().await;
    let drop = AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"));
    sqlx::query(drop).execute(&mut connection).await.unwrap();
}

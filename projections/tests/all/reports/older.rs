//! A read model that a release without reports left.

use projections::{Location, Projection, ReadModels, Standing};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor};

use super::talk;
use crate::world::{LOG_ID, World, on_both};

/// Makes of a read model what a release without reports left.
async fn as_before_reports(world: &World) {
    let drops =
        "DROP TABLE report_buckets; DROP TABLE report_users; DROP TABLE report_conversations;
        DROP TABLE report_authors; DROP TABLE report_messages; DROP TABLE report_ratings;
        DROP TABLE deliveries; DROP TABLE articles; DROP TABLE article_contents;
        DROP TABLE article_places; DROP TABLE article_ratings; DROP TABLE article_search;
        DROP TABLE IF EXISTS article_trigrams; DROP TABLE IF EXISTS article_index;
        DROP TABLE notes;
        DELETE FROM checkpoints WHERE projection IN ('reports', 'deliveries', 'articles'); UPDATE model SET migrations = 4";
    match &world.location {
        Location::Sqlite(folder) => {
            let options = sqlx::sqlite::SqliteConnectOptions::new().filename(folder.join("1.db"));
            let mut connection = options.connect().await.unwrap();
            connection.execute(drops).await.unwrap();
            connection.close().await.unwrap();
        }
        Location::Postgres(url) => {
            let options: sqlx::postgres::PgConnectOptions = url.parse().unwrap();
            let mut connection = options.connect().await.unwrap();
            let schema: String = sqlx::query_scalar(
                "SELECT schemaname FROM pg_tables WHERE tablename = 'report_buckets'",
            )
            .fetch_one(&mut connection)
            .await
            .unwrap();
            let path = AssertSqlSafe(format!("SET search_path TO {schema}"));
            sqlx::raw_sql(path).execute(&mut connection).await.unwrap();
            connection.execute(drops).await.unwrap();
            connection.close().await.unwrap();
        }
    }
}

on_both!(an_older_read_model_catches_up, talk(), |world| {
    let before = world.models.digest(Projection::Reports).await.unwrap();
    world.models.close().await;
    as_before_reports(world).await;
    world.models = ReadModels::open(&world.location, LOG_ID, world.history.head())
        .await
        .unwrap();
    assert_eq!(
        world.models.position(),
        0,
        "there is something to catch up with"
    );
    let standing = Standing::at(&world.location).await.unwrap().unwrap();
    let position = |name: &str| {
        let mut positions = standing.positions.iter();
        positions
            .find(|(of, _)| of == name)
            .map(|(_, position)| *position)
    };
    assert_eq!(
        (position("reports"), position("users")),
        (Some(0), Some(11))
    );
    world.catch_up().await;
    assert_eq!(world.models.position(), 11);
    assert_eq!(
        world.models.digest(Projection::Reports).await.unwrap(),
        before
    );
});

//! What reports count: a story told event by event, periods, what deletions take away, and a read
//! model that an older release made.

use events::report::Name;
use events::user::UserType;
use projections::{Location, Projection, QUARTER_MS, ReadModels, Standing, Sum};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor};

use crate::history::{History, START};
use crate::world::{LOG_ID, World, on_both};

/// From long before the first event to long after the last.
const EVER: (i64, i64) = (0, 4_000_000);

fn sum(entries: i64, total: i64) -> Sum {
    Sum { entries, total }
}

async fn all(models: &ReadModels, report: Name) -> Sum {
    models.report_over(report, &[EVER]).await.unwrap()[0]
}

async fn count(models: &ReadModels, report: Name) -> i64 {
    all(models, report).await.entries
}

async fn items(models: &ReadModels, report: Name) -> Vec<(String, Sum)> {
    models.report_by_item(report, EVER, 100).await.unwrap()
}

fn of(items: &[(&str, i64, i64)]) -> Vec<(String, Sum)> {
    let item =
        |(item, entries, total): &(&str, i64, i64)| ((*item).to_owned(), sum(*entries, *total));
    items.iter().map(item).collect()
}

/// Una (1), who came as a visitor and wrote; Ann (2), who answered half an hour later; Udo (3),
/// a lead whom nobody answered.
fn talk() -> History {
    let history = History::new();
    let una = [("country_code", "gb"), ("browser", " Chrome "), ("os", "")];
    let udo = [("language", "ES"), ("browser_language", "en-US")];
    history
        .user_with(1, UserType::Visitor, "Una", "One", None, &una)
        .user(2, UserType::Agent, "Ann", "Agent")
        .user_with(3, UserType::Lead, "Udo", "Two", None, &udo)
        .conversation(1, 1, "")
        .user_type(1, UserType::Visitor, UserType::Lead)
        .sent(1, 1, 1, "Hello?")
        .sent(1, 2, 1, "Anybody there?")
        .pass(30)
        .sent(1, 3, 2, "Good day")
        .conversation(2, 3, "")
        .rated(1, true, Some(2))
        .sent(2, 4, 3, "Hello?");
    history
}

on_both!(a_story_is_counted, talk(), |world| {
    let models = &world.models;
    let counts = [
        (Name::Conversations, 2),
        (Name::MissedConversations, 1),
        (Name::Visitors, 1),
        (Name::Leads, 2),
        (Name::Users, 0),
        (Name::Registrations, 0),
    ];
    for (name, expected) in counts {
        assert_eq!(count(models, name).await, expected, "{name:?}");
    }
    // The first unanswered message came at the sixth second, the answer at the eighth.
    let waited = 1_802_000;
    assert_eq!(all(models, Name::ConversationsTime).await, sum(1, waited));
    let by_item = [
        (Name::AgentsResponseTime, of(&[("2", 1, waited)])),
        (Name::AgentsConversations, of(&[("2", 1, 0)])),
        (Name::AgentsConversationsTime, of(&[("2", 1, waited)])),
        (Name::AgentsRatings, of(&[("2", 1, 1)])),
        (Name::Countries, of(&[("GB", 1, 0)])),
        (Name::Languages, of(&[("es", 1, 0)])),
        (Name::Browsers, of(&[("Chrome", 1, 0)])),
        (Name::Os, of(&[])),
    ];
    for (name, expected) in by_item {
        assert_eq!(items(models, name).await, expected, "{name:?}");
    }
});

on_both!(what_changes_is_counted_anew, talk(), |world| {
    world
        .history
        .rated(1, false, Some(2))
        .user_type(3, UserType::Lead, UserType::User)
        .details(3, &[("browser_language", "fr")], &["language"])
        .details(1, &[("browser", "Firefox")], &[]);
    world.catch_up().await;
    let models = &world.models;
    assert_eq!(items(models, Name::AgentsRatings).await, of(&[("2", 1, 0)]));
    assert_eq!(items(models, Name::Languages).await, of(&[("fr", 1, 0)]));
    assert_eq!(
        items(models, Name::Browsers).await,
        of(&[("Firefox", 1, 0)])
    );
    for (name, expected) in [(Name::Leads, 1), (Name::Users, 1), (Name::Registrations, 1)] {
        assert_eq!(count(models, name).await, expected, "{name:?}");
    }
    // A rating credited to nobody takes the place of the one before as well.
    world.history.rated(1, true, None);
    // An agent does not count among the users.
    world.history.user_type(1, UserType::Lead, UserType::Agent);
    world.catch_up().await;
    assert_eq!(items(models, Name::AgentsRatings).await, []);
    assert_eq!(items(models, Name::Browsers).await, []);
    assert_eq!(count(models, Name::Leads).await, 0);
});

on_both!(an_answer_ends_the_waiting, talk(), |world| {
    let history = &world.history;
    history
        .pass(10)
        .sent(2, 5, 2, "Good day")
        .sent(2, 6, 2, "Still there?");
    world.catch_up().await;
    let models = &world.models;
    assert_eq!(count(models, Name::MissedConversations).await, 0);
    let answers = items(models, Name::AgentsResponseTime).await;
    assert_eq!(answers, of(&[("2", 2, 1_802_000 + 601_000)]));
    assert_eq!(
        items(models, Name::AgentsConversations).await,
        of(&[("2", 2, 0)])
    );
    // A second agent, and the bot, whom nobody waits for.
    history
        .user(4, UserType::Admin, "Ada", "Admin")
        .user(5, UserType::Bot, "Bot", "")
        .sent(2, 7, 3, "Yes")
        .sent(2, 8, 5, "An agent will be with you")
        .sent(2, 9, 4, "Ada here");
    world.catch_up().await;
    let answers = items(models, Name::AgentsResponseTime).await;
    assert_eq!(answers[1], ("4".to_owned(), sum(1, 2_000)));
    let times = items(models, Name::AgentsConversationsTime).await;
    let lasted = 600_000 + 7_000;
    assert_eq!(times, of(&[("2", 2, 1_802_000 + lasted), ("4", 1, lasted)]));
});

on_both!(what_is_deleted_was_never_there, talk(), |world| {
    world.history.message_deleted(1, 3);
    world.catch_up().await;
    let models = &world.models;
    assert_eq!(
        count(models, Name::MissedConversations).await,
        2,
        "unanswered again"
    );
    assert_eq!(all(models, Name::ConversationsTime).await, sum(1, 1_000));
    assert_eq!(items(models, Name::AgentsResponseTime).await, []);
    assert_eq!(items(models, Name::AgentsConversations).await, []);

    world.history.user_deleted(1, UserType::Lead, &[1]);
    world.catch_up().await;
    let counts = [
        (Name::Conversations, 1),
        (Name::MissedConversations, 1),
        (Name::ConversationsTime, 0),
        (Name::Visitors, 0),
        (Name::Leads, 1),
        (Name::AgentsRatings, 0),
        (Name::Countries, 0),
        (Name::Browsers, 0),
    ];
    for (name, expected) in counts {
        assert_eq!(count(models, name).await, expected, "{name:?}");
    }
    // Nothing tells that there was something.
    world
        .history
        .user_deleted(3, UserType::Lead, &[2])
        .user_deleted(2, UserType::Agent, &[]);
    world.catch_up().await;
    for digest in models.digest(Projection::Reports).await.unwrap() {
        assert_eq!(digest.rows, 0, "{}", digest.table);
    }
});

on_both!(an_agent_leaves_unanswered_conversations, talk(), |world| {
    world
        .history
        .sent(1, 5, 1, "Thanks")
        .user_deleted(2, UserType::Agent, &[]);
    world.catch_up().await;
    let models = &world.models;
    assert_eq!(count(models, Name::MissedConversations).await, 2);
    for name in [
        Name::AgentsResponseTime,
        Name::AgentsConversations,
        Name::AgentsRatings,
    ] {
        assert_eq!(items(models, name).await, [], "{name:?}");
    }
    assert_eq!(
        all(models, Name::ConversationsTime).await,
        sum(1, 1_806_000)
    );
});

on_both!(visitors_stay_counted, History::new(), |world| {
    let seen = [("browser", "Chrome")];
    world
        .history
        .user_with(1, UserType::Visitor, "", "", None, &seen)
        .user(2, UserType::Visitor, "", "");
    world.catch_up().await;
    world.history.user_deleted(1, UserType::Visitor, &[]);
    world.catch_up().await;
    assert_eq!(count(&world.models, Name::Visitors).await, 2);
    assert_eq!(items(&world.models, Name::Browsers).await, []);
    // And when the log was made to forget them.
    world.history.user_deleted(2, UserType::Visitor, &[]);
    world.catch_up().await;
    world.history.erase_the_deleted();
    let erased = World::in_sqlite(world.history.clone()).await;
    assert_eq!(count(&erased.models, Name::Visitors).await, 2);
    assert_eq!(world.models.differences(&erased.models).await.unwrap(), []);
    erased.end().await;
});

on_both!(rows_are_recorded, History::new(), |world| {
    world
        .history
        .report(Name::Subscribe, Some("una@example.com"), None)
        .report(Name::Subscribe, None, None)
        .report(Name::DirectMessages, Some("12"), None)
        .report(Name::ArticlesViewsSingle, None, Some("6P2Oq"))
        .report(Name::ArticlesViewsSingle, None, Some("6P2Oq"))
        .report(Name::ArticlesRatings, Some("1"), Some("6P2Oq"))
        .report(Name::ArticlesRatings, Some("-1"), Some("6P2Oq"))
        .report(Name::AgentsResponseTime, Some("90"), Some("4"))
        .report(Name::Countries, Some("fr"), None)
        .report(Name::Countries, None, None);
    world.catch_up().await;
    let models = &world.models;
    assert_eq!(count(models, Name::Subscribe).await, 2);
    assert_eq!(count(models, Name::DirectMessages).await, 12);
    let views = items(models, Name::ArticlesViewsSingle).await;
    assert_eq!(views, of(&[("6P2Oq", 2, 0)]));
    let ratings = items(models, Name::ArticlesRatings).await;
    assert_eq!(ratings, of(&[("6P2Oq", 2, 1)]));
    let times = items(models, Name::AgentsResponseTime).await;
    assert_eq!(times, of(&[("4", 1, 90_000)]));
    assert_eq!(items(models, Name::Countries).await, of(&[("FR", 1, 0)]));
});

on_both!(periods_are_cut_to_the_quarter, History::new(), |world| {
    for hours in 0..200 {
        world
            .history
            .report(Name::FollowUp, None, None)
            .pass(hours % 7 * 11 + 5);
    }
    world.catch_up().await;
    let begin = START.div_euclid(QUARTER_MS) - 3;
    let quarters: Vec<(i64, i64)> = (begin..begin + 600).map(|q| (q, q + 1)).collect();
    let single = world
        .models
        .report_over(Name::FollowUp, &quarters)
        .await
        .unwrap();
    assert_eq!(single.iter().map(|sum| sum.entries).sum::<i64>(), 200);
    let periods: [(i64, i64); 6] = [(0, 600), (1, 599), (7, 8), (50, 200), (90, 290), (300, 300)];
    let asked = periods.map(|(first, until)| (begin + first, begin + until));
    let sums = world
        .models
        .report_over(Name::FollowUp, &asked)
        .await
        .unwrap();
    for ((first, until), found) in periods.into_iter().zip(sums) {
        let within = single
            .iter()
            .zip(0..)
            .filter(|(_, at)| (first..until).contains(at));
        let expected: i64 = within.map(|(sum, _)| sum.entries).sum();
        assert_eq!(found.entries, expected, "{first} to {until}");
        let period = (begin + first, begin + until);
        let items = world
            .models
            .report_by_item(Name::FollowUp, period, 9)
            .await
            .unwrap();
        let by_item: i64 = items.iter().map(|(_, sum)| sum.entries).sum();
        assert_eq!(by_item, expected);
    }
});

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

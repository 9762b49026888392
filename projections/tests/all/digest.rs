//! Digests and differences, on one database and across both.

use events::user::UserType;
use projections::Projection;

use crate::history::History;
use crate::world::{World, on_both};

fn talk(last: &str) -> History {
    let history = History::new();
    history
        .user_with(
            1,
            UserType::User,
            "Una",
            "Ωne",
            Some("una@example.com"),
            &[("phone", "555"), ("Zip", "1"), ("ä", "2")],
        )
        .user(2, UserType::Agent, "Ann", "Agent")
        .conversation(1, 1, "Title")
        .sent(1, 1, 1, "hello 猫 \u{1F600}")
        .sent(1, 2, 2, last);
    history
}

on_both!(presence_is_left_out, talk("x"), |world| {
    let before = world.models.digest(Projection::Users).await.unwrap();
    assert_eq!(
        (before[0].table, before[0].rows, before[1].rows),
        ("users", 2, 3)
    );
    world
        .models
        .touch(&[(events::UserId(1), History::time(99))])
        .await
        .unwrap();
    assert_eq!(
        world.models.digest(Projection::Users).await.unwrap(),
        before
    );
});

#[tokio::test]
async fn equal_across_databases() {
    let (one, other) = (
        World::in_sqlite(talk("x")).await,
        World::in_postgres(talk("x")).await,
    );
    assert_eq!(one.models.differences(&other.models).await.unwrap(), []);
    for projection in Projection::ALL {
        let digests = [&one, &other].map(|world| world.models.digest(projection));
        let [one, other] = digests;
        assert_eq!(one.await.unwrap(), other.await.unwrap());
    }
    one.end().await;
    other.end().await;
}

#[tokio::test]
async fn a_difference_is_named() {
    let (one, other) = (
        World::in_sqlite(talk("x")).await,
        World::in_postgres(talk("y")).await,
    );
    one.history.details(1, &[("b", "c")], &[]);
    one.catch_up().await;
    let differences = one.models.differences(&other.models).await.unwrap();
    let named: Vec<_> = differences
        .iter()
        .map(|one| (one.table, one.rows, one.first_key.as_str()))
        .collect();
    assert_eq!(
        named,
        [
            ("user_details", [4, 3], "[1,\"b\"]"),
            ("message_search", [2, 2], "[2]"),
            ("user_search", [2, 2], "[1]"),
            ("messages", [2, 2], "[2]"),
        ]
    );
    one.end().await;
    other.end().await;
}

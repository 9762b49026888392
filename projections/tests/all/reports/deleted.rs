//! What is deleted was never there; visitors were.

use events::report::Name;
use events::user::UserType;
use projections::Projection;

use super::{all, count, items, sum, talk};
use crate::history::History;
use crate::world::on_both;

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

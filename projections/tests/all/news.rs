//! Conversations by what is new, and by who took part.

use events::conversation::Status;
use events::{ConversationId, UserId};
use projections::{AgentFilter, Since};

use crate::conversations::{desk, ids};
use crate::history::History;
use crate::world::on_both;

on_both!(what_is_new, desk(), |world| {
    let new = async |since| {
        ids(&world
            .models
            .new_conversations(since, AgentFilter::Any)
            .await
            .unwrap())
    };
    assert_eq!(new(Since::Time(0)).await, [1, 2, 3, 4]);
    assert_eq!(new(Since::Time(History::time(10))).await, [1, 2]);
    assert_eq!(new(Since::Time(History::time(13))).await, Vec::<u64>::new());
    assert_eq!(new(Since::Id(ConversationId(2))).await, [1, 3, 4]);
    assert_eq!(new(Since::Id(ConversationId(4))).await, [1, 2, 3]);
    assert_eq!(new(Since::Id(ConversationId(99))).await, Vec::<u64>::new());
    let mine = AgentFilter::Only {
        agent: UserId(3),
        with_unassigned: false,
    };
    assert_eq!(
        ids(&world
            .models
            .new_conversations(Since::Time(0), mine)
            .await
            .unwrap()),
        [1]
    );
    let of_user = async |since| {
        ids(&world
            .models
            .new_user_conversations(UserId(1), since)
            .await
            .unwrap())
    };
    assert_eq!(of_user(Since::Time(0)).await, [1, 3]);
    assert_eq!(of_user(Since::Id(ConversationId(1))).await, [3]);
    assert_eq!(of_user(Since::Time(History::time(10))).await, [1]);
});

on_both!(conversations_of_a_user_and_of_an_agent, desk(), |world| {
    world
        .history
        .status(3, Status::Live, Status::Trashed)
        .status(4, Status::Live, Status::Archived)
        .sent(2, 5, 3, "Ann too");
    world.catch_up().await;
    let of = async |user, exclude: Option<u64>, as_agent| {
        let rows =
            world
                .models
                .user_conversations(UserId(user), exclude.map(ConversationId), as_agent);
        ids(&rows.await.unwrap())
    };
    assert_eq!(of(1, None, false).await, [1]);
    assert_eq!(of(2, None, false).await, [2, 4]);
    assert_eq!(of(2, Some(2), false).await, [4]);
    assert_eq!(of(3, None, true).await, [2, 1]);
    assert_eq!(of(3, None, false).await, Vec::<u64>::new());
    assert_eq!(of(77, None, true).await, Vec::<u64>::new());
});

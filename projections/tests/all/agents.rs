//! Agents: what is assigned to them, how they are rated, where they wrote.

use events::{ConversationId, DepartmentId, UserId};

use crate::conversations::desk;
use crate::world::on_both;

on_both!(assignments, desk(), |world| {
    let asked = [4, 1, 2, 99].map(ConversationId);
    let assigned = async |agent: Option<u64>, department: Option<u64>| {
        let found = world
            .models
            .assigned(&asked, agent.map(UserId), department.map(DepartmentId))
            .await
            .unwrap();
        found.into_iter().map(|id| id.0).collect::<Vec<_>>()
    };
    assert_eq!(assigned(Some(3), None).await, [1]);
    assert_eq!(assigned(Some(3), Some(7)).await, [1]);
    assert_eq!(assigned(Some(3), Some(8)).await, Vec::<u64>::new());
    assert_eq!(assigned(None, Some(7)).await, [1]);
    assert_eq!(assigned(None, None).await, [4, 1, 2]);
});

on_both!(one_rating_a_conversation, desk(), |world| {
    let of = async |agent| world.models.ratings_of_agent(UserId(agent)).await.unwrap();
    assert_eq!(of(3).await, [0, 0]);
    world
        .history
        .rated(1, true, Some(3))
        .rated(2, true, Some(3))
        .rated(3, false, Some(3))
        .rated(4, false, None);
    world.catch_up().await;
    assert_eq!(of(3).await, [2, 1]);
    world.history.rated(1, false, Some(4));
    world.catch_up().await;
    assert_eq!((of(3).await, of(4).await), ([1, 1], [0, 1]));
});

on_both!(agents_are_those_who_wrote, desk(), |world| {
    world
        .history
        .sent(2, 5, 4, "x")
        .sent(2, 6, 3, "x")
        .sent(2, 7, 4, "x")
        .sent(3, 8, 5, "bot");
    world.catch_up().await;
    let found = world
        .models
        .agents_in_conversations(&[1, 2, 3, 4].map(ConversationId))
        .await
        .unwrap();
    let found: Vec<_> = found
        .iter()
        .map(|one| (one.conversation_id.0, one.id.0, one.first_name.as_str()))
        .collect();
    assert_eq!(found, [(1, 3, "Ann"), (2, 3, "Ann"), (2, 4, "Adi")]);
});

//! What is asked of users besides their rows: details, counts, who is behind a conversation.

use events::{ConversationId, UserId};
use projections::Scope;

use crate::users::everybody;
use crate::world::on_both;

on_both!(who_has_a_detail, everybody(), |world| {
    let names = ["email", "phone", "city", "shoe size"].map(str::to_owned);
    let with = async |scope| {
        let found = world
            .models
            .users_with_details(&names, &scope)
            .await
            .unwrap();
        let flat = |values: Vec<projections::DetailValue>| {
            values
                .into_iter()
                .map(|one| (one.id.0, one.value))
                .collect()
        };
        found
            .into_iter()
            .map(|(_, values)| flat(values))
            .collect::<Vec<Vec<_>>>()
    };
    let of = |id, value: &str| (id, value.to_owned());
    let emails = vec![
        of(2, "ada@example.com"),
        of(3, "bea@example.com"),
        of(6, "dora@example.com"),
    ];
    let phones = vec![of(3, "555"), of(5, "666")];
    assert_eq!(
        with(Scope::Everybody).await,
        [emails, phones, vec![of(5, "Rome")], vec![]]
    );
    let emails = vec![of(2, "ada@example.com"), of(3, "bea@example.com")];
    assert_eq!(
        with(Scope::Staff).await,
        [emails, vec![of(3, "555")], vec![], vec![]]
    );
    assert_eq!(
        with(Scope::Ids(vec![UserId(5)])).await,
        [vec![], vec![of(5, "666")], vec![of(5, "Rome")], vec![]]
    );
});

on_both!(counts_and_agents, everybody(), |world| {
    let counts = world.models.count_users().await.unwrap();
    assert_eq!(
        (counts.all, counts.lead, counts.user, counts.visitor),
        (5, 1, 1, 1)
    );
    assert_eq!(
        world.models.agent_ids(true).await.unwrap(),
        [UserId(2), UserId(3)]
    );
    assert_eq!(world.models.agent_ids(false).await.unwrap(), [UserId(3)]);
});

on_both!(who_is_behind_a_conversation, everybody(), |world| {
    let conversation = ConversationId(1);
    assert_eq!(
        world.models.conversation_user(conversation).await.unwrap(),
        None
    );
    world
        .history
        .conversation(1, 5, "")
        .sent(1, 1, 5, "hello")
        .sent(1, 2, 1, "a bot");
    world.catch_up().await;
    assert_eq!(
        world
            .models
            .conversation_user(conversation)
            .await
            .unwrap()
            .unwrap()
            .id,
        UserId(5)
    );
    assert_eq!(
        world.models.last_agent_of(conversation).await.unwrap(),
        None
    );
    world
        .history
        .sent(1, 3, 3, "agent")
        .sent(1, 4, 2, "admin")
        .sent(1, 5, 1, "bot")
        .sent(1, 6, 5, "user");
    world.catch_up().await;
    let agent = world
        .models
        .last_agent_of(conversation)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (agent.id, agent.email.as_deref()),
        (UserId(2), Some("ada@example.com"))
    );
});

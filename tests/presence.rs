//! Who is online and who is typing: at once when it begins, and no longer after its window.

use serde_json::{Value, json};

use crate::harness::{Engine, Server, Setup, column, eventually, on_both_engines, sorted, texts};

on_both_engines!(scenario_14_presence_and_typing, touches);

async fn scenario_14_presence_and_typing(server: Server) {
    let (john, ada) = (
        server.user("John", "Doe", "john@example.com").await,
        server.agent("Ada").await,
    );
    let conversation = server.conversation(john).await;
    let of = |user: u64| json!({"user_id": user, "conversation_id": conversation});
    let agent_typing = || server.ok("is-agent-typing", json!({"conversation_id": conversation}));

    assert_eq!(server.ok("is-typing", of(john)).await, false);
    assert_eq!(server.ok("set-typing", of(john)).await, true);
    assert_eq!(server.ok("is-typing", of(john)).await, true);
    assert_eq!(agent_typing().await, false);
    assert_eq!(server.ok("set-typing", of(ada)).await, true);
    let expected = json!({"id": ada.to_string(), "first_name": "Ada", "last_name": "Agent"});
    assert_eq!(agent_typing().await, expected);
    let elsewhere = server.conversation(john).await;
    let elsewhere = json!({"user_id": ada, "conversation_id": elsewhere});
    assert_eq!(server.ok("is-typing", elsewhere).await, false);
    server.say(john, conversation, "done typing").await;
    assert_eq!(
        server.ok("is-typing", of(john)).await,
        false,
        "the message ends it"
    );
    assert_eq!(
        server.ok("is-typing", of(ada)).await,
        true,
        "but nobody else's"
    );

    assert_eq!(server.ok("is-online", json!({"user_id": john})).await, true);
    assert_eq!(server.ok("agents-online", json!({})).await, true);
    let online =
        async |arguments: Value| column(&server.ok("get-online-users", arguments).await, "id");
    assert_eq!(sorted(online(json!({})).await), sorted(texts(&[john, ada])));
    assert_eq!(online(json!({"exclude_id": [john]})).await, texts(&[ada]));
    assert_eq!(online(json!({"exclude_id": ada})).await, texts(&[john]));
    assert_eq!(online(json!({"agents": true})).await, texts(&[ada]));
    assert_eq!(online(json!({"sorting": "first_name"})).await.len(), 2);
}

async fn touches(server: Server) {
    let online = |user: u64| server.ok("is-online", json!({"user_id": user}));
    let mut conversations = Vec::new();
    for number in 0..6 {
        let user = server
            .user("User", "Doe", &format!("user{number}@example.com"))
            .await;
        conversations.push((user, server.conversation(user).await));
        assert_eq!(online(user).await, false, "not by being added");
    }
    let calls = [
        ("current-url", json!({"url": "https://example.com/"})),
        ("send-message", json!({"message": "hello"})),
        ("get-new-messages", json!({"datetime": 0})),
        ("get-user-conversations", json!({})),
        ("get-new-user-conversations", json!({"datetime": 0})),
        ("set-typing", json!({})),
    ];
    for ((function, arguments), (user, conversation)) in calls.into_iter().zip(conversations) {
        let mut arguments = arguments;
        arguments["user_id"] = json!(user);
        arguments["conversation_id"] = json!(conversation);
        server.ok(function, arguments).await;
        assert_eq!(
            online(user).await,
            true,
            "{function} shows that the user is there"
        );
    }
}

#[tokio::test]
async fn windows_end() {
    let setup = Setup::on(Engine::Sqlite);
    let setup = setup.env("HAVEFUNNELS_ONLINE_WINDOW_SECONDS", "2");
    let server = setup
        .env("HAVEFUNNELS_TYPING_WINDOW_SECONDS", "1")
        .start()
        .await;
    they_end(&server).await;
}

#[tokio::test]
async fn windows_are_configured_by_file() {
    let config = "online_window_seconds = 2\ntyping_window_seconds = 1\n";
    let server = Setup::on(Engine::Postgres).config(config).start().await;
    they_end(&server).await;
}

async fn they_end(server: &Server) {
    let ada = server.agent("Ada").await;
    let john = server.user("John", "Doe", "john@example.com").await;
    let conversation = server.conversation(john).await;
    let typing = json!({"user_id": ada, "conversation_id": conversation});
    server.ok("set-typing", typing.clone()).await;
    eventually("typing ends", async || {
        server.ok("is-typing", typing.clone()).await == false
    })
    .await;
    let agent_typing = json!({"conversation_id": conversation});
    assert_eq!(server.ok("is-agent-typing", agent_typing).await, false);
    let online = json!({"user_id": ada});
    eventually("the agent goes", async || {
        server.ok("is-online", online.clone()).await == false
    })
    .await;
    assert_eq!(server.ok("agents-online", json!({})).await, false);
    assert_eq!(server.ok("get-online-users", json!({})).await, json!([]));
}

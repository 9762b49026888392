//! The lists of conversations: the inbox, a user's own, and what is assigned to whom.

use serde_json::json;

use crate::harness::{Body, Server, column, on_both_engines, texts};

on_both_engines!(
    scenario_07_inbox,
    scenario_10_assignment,
    whose_rows_the_lists_show,
);

async fn scenario_07_inbox(server: Server) {
    let john = server.user("John", "Doe", "john@example.com").await;
    let mut ids = Vec::new();
    for text in ["stays", "archived", "trashed"] {
        let conversation = server.conversation(john).await;
        server.say(john, conversation, text).await;
        ids.push(conversation);
    }
    let (stays, archived, trashed) = (ids[0], ids[1], ids[2]);
    for (conversation, status) in [(archived, 3), (trashed, 4)] {
        let update = json!({"conversation_id": conversation, "status_code": status});
        assert_eq!(server.ok("update-conversation-status", update).await, true);
    }
    let list = async |arguments| {
        column(
            &server.ok("get-conversations", arguments).await,
            "conversation_id",
        )
    };
    assert_eq!(list(json!({})).await, texts(&[stays]));
    assert_eq!(list(json!({"status_code": 3})).await, texts(&[archived]));
    assert_eq!(list(json!({"status_code": 4})).await, texts(&[trashed]));
    assert_eq!(
        list(json!({"status_code": 0})).await,
        texts(&[]),
        "0 is a status, not nothing"
    );
    assert_eq!(
        server
            .ok("count-conversations", json!({"status_code": 3}))
            .await,
        1
    );
    assert_eq!(
        server
            .ok("count-conversations", json!({"status_code": 0}))
            .await,
        0
    );
    assert_eq!(server.ok("count-conversations", json!({})).await, 3);
    let all = server
        .call(
            Body::Jquery,
            "count-conversations",
            json!({"status_code": false}),
        )
        .await;
    assert_eq!(all.response(), 3, "the word false means not given");

    let mine = server
        .ok("get-user-conversations", json!({"user_id": john}))
        .await;
    assert_eq!(
        column(&mine, "conversation_id"),
        texts(&[archived, stays]),
        "all but the trash"
    );
    for conversation in [archived, trashed] {
        server.say(john, conversation, "are you there?").await;
        assert_eq!(server.status(conversation).await, "2");
    }
    assert_eq!(list(json!({})).await, texts(&[trashed, archived, stays]));
}

async fn scenario_10_assignment(server: Server) {
    let john = server.user("John", "Doe", "john@example.com").await;
    let (ada, bob) = (server.agent("Ada").await, server.agent("Bob").await);
    let (a, b) = (
        server.conversation(john).await,
        server.conversation(john).await,
    );
    let assign = |agent: serde_json::Value| json!({"conversation_id": a, "agent_id": agent});
    let check = async |whose: serde_json::Value| {
        let mut arguments = whose;
        arguments["conversation_ids"] = json!([a, b]);
        server.ok("check-conversations-assignment", arguments).await
    };
    assert_eq!(
        server
            .ok("update-conversation-agent", assign(json!(ada)))
            .await,
        true
    );
    assert_eq!(check(json!({"agent_id": ada})).await, json!([a]));
    assert_eq!(check(json!({"agent_id": bob})).await, json!([]));
    for nobody in ["0", "false"] {
        server
            .ok("update-conversation-agent", assign(json!(nobody)))
            .await;
        assert_eq!(
            check(json!({"agent_id": ada})).await,
            json!([]),
            "removed by {nobody}"
        );
        server
            .ok("update-conversation-agent", assign(json!(ada)))
            .await;
    }

    let department = |id: &str| json!({"conversation_id": b, "department": id});
    assert_eq!(
        server
            .ok("update-conversation-department", department("1"))
            .await,
        true
    );
    assert_eq!(check(json!({"department_id": 1})).await, json!([b]));
    assert_eq!(
        check(json!({"department_id": 1, "agent_id": ada})).await,
        json!([]),
        "both must hold"
    );
    let list = server
        .ok("get-conversations", json!({"department": 1}))
        .await;
    assert_eq!(column(&list, "conversation_id"), texts(&[b]));
    let details = server
        .ok("get-conversation", json!({"conversation_id": b}))
        .await["details"]
        .clone();
    assert_eq!(details["department"], "1");
    server
        .ok("update-conversation-department", department("false"))
        .await;
    assert_eq!(
        server
            .ok("get-conversations", json!({"department": 1}))
            .await,
        json!([])
    );
    let details = server
        .ok("get-conversation", json!({"conversation_id": b}))
        .await["details"]
        .clone();
    assert!(details["department"].is_null());
}

async fn whose_rows_the_lists_show(server: Server) {
    let (john, ada) = (
        server.user("John", "Doe", "john@example.com").await,
        server.agent("Ada").await,
    );
    let (first, second) = (
        server.conversation(john).await,
        server.conversation(john).await,
    );
    server.say(john, first, "a question").await;
    server.say(ada, first, "an answer").await;
    server.say(john, second, "another question").await;

    let row = server.ok("get-conversations", json!({})).await[1].clone();
    assert_eq!(
        (&row["message"], &row["user_id"]),
        (&json!("an answer"), &json!(john.to_string()))
    );
    assert_eq!(
        (&row["user_type"], &row["message_user_type"]),
        (&json!("user"), &json!("agent"))
    );
    let row = server
        .ok("search-conversations", json!({"search": "an answer"}))
        .await[0]
        .clone();
    assert_eq!(
        (&row["user_type"], &row["message_user_type"]),
        (&json!("user"), &json!("agent"))
    );

    let mine = server
        .ok("get-user-conversations", json!({"user_id": john}))
        .await;
    assert_eq!(
        column(&mine, "user_id"),
        texts(&[john, ada]),
        "the author of the last message"
    );
    assert_eq!(column(&mine, "user_type"), ["user", "agent"]);
    let rest = json!({"user_id": john, "exclude_id": second});
    let rest = server.ok("get-user-conversations", rest).await;
    assert_eq!(column(&rest, "conversation_id"), texts(&[first]));
    let took_part = server
        .ok(
            "get-user-conversations",
            json!({"user_id": ada, "agents": true}),
        )
        .await;
    assert_eq!(column(&took_part, "conversation_id"), texts(&[first]));
}

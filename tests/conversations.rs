//! A conversation: starting one, talking in it, and its status.

use serde_json::json;

use crate::harness::{Server, column, on_both_engines, texts};

on_both_engines!(
    scenario_05_chat,
    scenario_06_skip_and_invalid,
    a_new_conversation_is_as_asked,
    unknown_conversations,
);

async fn scenario_05_chat(server: Server) {
    let (john, ada) = (
        server.user("John", "Doe", "john@example.com").await,
        server.agent("Ada").await,
    );
    let new = server
        .ok("new-conversation", json!({"user_id": john}))
        .await;
    assert_eq!(new["messages"], json!([]));
    assert_eq!(new["details"]["conversation_status_code"], "0");
    assert_eq!(new["details"]["user_id"], john.to_string());
    let conversation: u64 = new["details"]["id"]
        .as_str()
        .expect("a text")
        .parse()
        .expect("a decimal");

    server.say(john, conversation, "Hello?").await;
    assert_eq!(server.status(conversation).await, "2");
    server.say(ada, conversation, "How can I help?").await;
    assert_eq!(server.status(conversation).await, "1");

    let whole = server
        .ok("get-conversation", json!({"conversation_id": conversation}))
        .await;
    assert_eq!(
        column(&whole["messages"], "message"),
        ["Hello?", "How can I help?"]
    );
    assert_eq!(column(&whole["messages"], "user_type"), ["user", "agent"]);
    assert_eq!(column(&whole["messages"], "user_id"), texts(&[john, ada]));
    assert_eq!(column(&whole["messages"], "first_name"), ["John", "Ada"]);
    assert_eq!(whole["details"]["first_name"], "John");

    let bot = server
        .ok("get-bot-id", json!({}))
        .await
        .as_u64()
        .expect("an integer");
    server.say(bot, conversation, "I am a bot.").await;
    assert_eq!(
        server.status(conversation).await,
        "1",
        "a bot's message leaves the status"
    );
}

async fn scenario_06_skip_and_invalid(server: Server) {
    let john = server.user("John", "Doe", "john@example.com").await;
    let conversation = server.conversation(john).await;
    server.say(john, conversation, "first").await;
    let send = |status: &str| {
        json!({
            "user_id": john, "conversation_id": conversation, "message": "more",
            "conversation_status_code": status,
        })
    };
    server
        .ok(
            "update-conversation-status",
            json!({"conversation_id": conversation, "status_code": 1}),
        )
        .await;
    server.ok("send-message", send("skip")).await;
    assert_eq!(server.status(conversation).await, "1");
    server.ok("send-message", send("0")).await;
    assert_eq!(
        server.status(conversation).await,
        "0",
        "0 is a status, not nothing"
    );

    let before = server.everything().await;
    for status in ["9", "-2", "5"] {
        assert_eq!(
            server.refused("send-message", send(status)).await,
            "invalid-status-code"
        );
        let update = json!({"conversation_id": conversation, "status_code": status});
        assert_eq!(
            server.refused("update-conversation-status", update).await,
            "invalid-status-code"
        );
    }
    let new = json!({"user_id": john, "status_code": 9});
    assert_eq!(
        server.refused("new-conversation", new).await,
        "invalid-status-code"
    );
    assert_eq!(
        server.everything().await,
        before,
        "no message and no conversation stored"
    );
}

async fn a_new_conversation_is_as_asked(server: Server) {
    let (john, ada) = (
        server.user("John", "Doe", "john@example.com").await,
        server.agent("Ada").await,
    );
    let arguments = json!({
        "user_id": john, "status_code": 2, "title": "About my order", "department": 7,
        "agent_id": ada, "source": "em", "extra": "order 12",
    });
    let new = server.ok("new-conversation", arguments).await;
    let details = &new["details"];
    assert_eq!(
        (&details["title"], &details["department"]),
        (&json!("About my order"), &json!("7"))
    );
    assert_eq!(details["conversation_status_code"], "2");
    let ids = json!([details["id"]]);
    let check = json!({"conversation_ids": ids, "agent_id": ada, "department_id": 7});
    let found = server.ok("check-conversations-assignment", check).await;
    assert_eq!(found.as_array().map(Vec::len), Some(1));
    let from_email = server
        .ok("get-conversations", json!({"source": "em"}))
        .await;
    assert_eq!(
        column(&from_email, "message"),
        [""],
        "without messages it appears with an empty one"
    );
    assert_eq!(
        server
            .ok("get-conversations", json!({"source": "wa"}))
            .await,
        json!([])
    );
    let unassigned = server
        .conversation_with(json!({"user_id": john, "department": -1, "agent_id": -1}))
        .await;
    let check = json!({"conversation_ids": [unassigned], "agent_id": ada});
    assert_eq!(
        server.ok("check-conversations-assignment", check).await,
        json!([])
    );
}

async fn unknown_conversations(server: Server) {
    let john = server.user("John", "Doe", "john@example.com").await;
    let jane = server.user("Jane", "Doe", "jane@example.com").await;
    let nothing = json!({"messages": [], "details": ""});
    assert_eq!(
        server
            .ok("get-conversation", json!({"conversation_id": 99}))
            .await,
        nothing
    );
    let conversation = server.conversation(john).await;
    let not_hers = json!({"conversation_id": conversation, "user_id": jane});
    assert_eq!(server.ok("get-conversation", not_hers).await, nothing);
    let his = json!({"conversation_id": conversation, "user_id": john});
    assert_eq!(
        server.ok("get-conversation", his).await["details"]["id"],
        conversation.to_string()
    );

    let writes = [
        (
            "update-conversation-status",
            json!({"conversation_id": 99, "status_code": 1}),
        ),
        (
            "update-conversation-agent",
            json!({"conversation_id": 99, "agent_id": john}),
        ),
        (
            "update-conversation-department",
            json!({"conversation_id": 99, "department": 1}),
        ),
        (
            "send-message",
            json!({"conversation_id": 99, "user_id": john, "message": "hello"}),
        ),
        (
            "set-rating",
            json!({"settings": {"conversation_id": "99", "rating": "1"}}),
        ),
    ];
    for (function, arguments) in writes {
        assert_eq!(
            server.refused(function, arguments).await,
            "conversation-not-found",
            "{function}"
        );
    }
    let stranger = json!({"conversation_id": conversation, "user_id": 4711, "message": "hello"});
    assert_eq!(
        server.refused("send-message", stranger).await,
        "user-not-found"
    );
}

//! Messages: what is stored, changing and deleting them, read marks, and direct messages.

use serde_json::{Value, json};

use crate::harness::{Server, column, on_both_engines};

on_both_engines!(
    scenario_11_message_edits,
    attachments_and_payload_are_texts,
    an_empty_message_is_refused,
    direct_messages,
);

async fn scenario_11_message_edits(server: Server) {
    let (john, ada) = (
        server.user("John", "Doe", "john@example.com").await,
        server.agent("Ada").await,
    );
    let conversation = server.conversation(john).await;
    let send = json!({
        "user_id": john, "conversation_id": conversation, "message": "draft",
        "attachments": [["invoice.pdf", "https://example.com/invoice.pdf"]],
    });
    let stored = server.ok("send-message", send).await;
    let first = stored["message-id"].as_u64().expect("an integer");
    let second = server.say(ada, conversation, "second").await;

    let update = json!({"message_id": first, "message": "final", "payload": {"step": 2}});
    assert_eq!(server.ok("update-message", update).await, true);
    let message = server.messages(conversation).await[0].clone();
    assert_eq!(message["message"], "final");
    assert_eq!(
        parsed(&message["attachments"]),
        json!([["invoice.pdf", "https://example.com/invoice.pdf"]])
    );
    assert_eq!(
        parsed(&message["payload"])["step"]
            .to_string()
            .trim_matches('"'),
        "2"
    );

    assert_eq!(
        column(&server.messages(conversation).await, "status_code"),
        ["0", "0"]
    );
    let both = format!("[{first},{second}]");
    assert_eq!(
        server
            .ok("update-messages-status", json!({"message_ids": both}))
            .await,
        true
    );
    assert_eq!(
        column(&server.messages(conversation).await, "status_code"),
        ["2", "2"]
    );

    assert_eq!(
        server
            .ok("delete-message", json!({"message_id": first}))
            .await,
        true
    );
    assert_eq!(
        column(&server.messages(conversation).await, "message"),
        ["second"]
    );
    let found = server
        .ok("search-conversations", json!({"search": "invoice"}))
        .await;
    assert_eq!(found, json!([]), "a deleted message is not found");
    for (function, arguments) in [
        ("delete-message", json!({"message_id": first})),
        (
            "update-message",
            json!({"message_id": first, "message": "again"}),
        ),
    ] {
        assert_eq!(
            server.refused(function, arguments).await,
            "message-not-found",
            "{function}"
        );
    }
}

fn parsed(text: &Value) -> Value {
    let text = text
        .as_str()
        .unwrap_or_else(|| panic!("a text, not {text}"));
    serde_json::from_str(text).unwrap_or_else(|_| panic!("JSON text, not {text}"))
}

async fn attachments_and_payload_are_texts(server: Server) {
    let john = server.user("John", "Doe", "john@example.com").await;
    let conversation = server.conversation(john).await;
    server.say(john, conversation, "plain").await;
    let files = json!([
        ["a.png", "https://example.com/a.png"],
        ["b.png", "https://example.com/b.png"]
    ]);
    let only_files = json!({
        "user_id": john, "conversation_id": conversation, "attachments": files.to_string(),
        "payload": "{\"form\":{\"answer\":true}}",
    });
    let sent = server.ok("send-message", only_files).await;
    assert_eq!(sent["queue"], false);
    assert_eq!(sent["notifications"], json!([]));
    let messages = server.messages(conversation).await;
    assert_eq!(
        (&messages[0]["attachments"], &messages[0]["payload"]),
        (&json!(""), &json!(""))
    );
    assert_eq!(messages[1]["message"], "");
    assert_eq!(parsed(&messages[1]["attachments"]), files);
    assert_eq!(
        parsed(&messages[1]["payload"]),
        json!({"form": {"answer": true}})
    );
}

async fn an_empty_message_is_refused(server: Server) {
    let john = server.user("John", "Doe", "john@example.com").await;
    let conversation = server.conversation(john).await;
    let before = server.everything().await;
    for empty in [
        json!({}),
        json!({"message": ""}),
        json!({"attachments": "[]"}),
    ] {
        let mut arguments = empty;
        arguments["user_id"] = json!(john);
        arguments["conversation_id"] = json!(conversation);
        server.refused("send-message", arguments).await;
    }
    assert_eq!(server.everything().await, before);
}

async fn direct_messages(server: Server) {
    let john = server.user("John", "Doe", "john@example.com").await;
    let jane = server.user("Jane", "Doe", "jane@example.com").await;
    let older = server.conversation(john).await;
    let newest = server.conversation(john).await;
    let send =
        json!({"user_ids": [john, jane], "message": "Hello {user_name}, news at {user_email}"});
    assert_eq!(server.ok("direct-message", send).await, true);
    assert_eq!(server.messages(older).await, json!([]));
    let message = server.messages(newest).await[0].clone();
    assert_eq!(
        message["message"],
        "Hello John Doe, news at john@example.com"
    );
    assert_eq!(message["user_type"], "admin", "sent by the active user");
    let hers = server
        .ok("get-user-conversations", json!({"user_id": jane}))
        .await;
    assert_eq!(
        column(&hers, "message"),
        ["Hello Jane Doe, news at jane@example.com"]
    );

    let all = json!({"user_ids": "all", "message": "to all"});
    assert_eq!(server.ok("direct-message", all).await, true);
    for user in [john, jane] {
        let list = server
            .ok("get-user-conversations", json!({"user_id": user}))
            .await;
        assert_eq!(column(&list, "message")[0], "to all");
    }
    let before = server.everything().await;
    server.raw("direct-message", "message=nobody").await.code();
    server
        .raw("direct-message", "message=nobody&user_ids=")
        .await;
    assert_eq!(server.everything().await, before, "no ids mean nobody");
}

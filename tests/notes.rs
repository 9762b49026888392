//! Internal notes of conversations.

use serde_json::{Value, json};

use crate::harness::{Engine, Server, on_both_engines};

on_both_engines!(scenario_19_notes, notes_go_with_what_they_hang_on);

fn note(conversation: u64, agent: u64, name: &str, message: &str) -> Value {
    json!({"conversation_id": conversation, "user_id": agent, "name": name, "message": message})
}

async fn notes(server: &Server, conversation: u64) -> Value {
    let arguments = json!({"conversation_id": conversation});
    server.ok("get-notes", arguments).await
}

async fn scenario_19_notes(server: Server) {
    let (john, ada) = (
        server.user("John", "Doe", "john@example.com").await,
        server.agent("Ada").await,
    );
    let conversation = server.conversation(john).await;
    let other = server.conversation(john).await;
    assert_eq!(notes(&server, conversation).await, json!([]));
    let said = "Says \"hello\" & <b>pays</b>\r\nمرحبا 👋";
    let first = note(conversation, ada, "Ava", said);
    let first = server.ok("add-note", first).await;
    let second = server
        .ok("add-note", note(conversation, ada, "", "Later"))
        .await;
    assert!(first.is_u64() && second.is_u64() && first != second);
    let both = json!([
        {"id": first, "user_id": ada.to_string(), "name": "Ava", "message": said},
        {"id": second, "user_id": ada.to_string(), "name": "", "message": "Later"},
    ]);
    assert_eq!(notes(&server, conversation).await, both);
    assert_eq!(notes(&server, other).await, json!([]));
    assert_eq!(notes(&server, 999).await, json!([]));

    let elsewhere = json!({"conversation_id": other, "note_id": first});
    assert_eq!(
        server.refused("delete-note", elsewhere).await,
        "invalid-argument"
    );
    assert_eq!(notes(&server, conversation).await, both, "nothing went");
    let here = json!({"conversation_id": conversation, "note_id": first});
    assert_eq!(server.ok("delete-note", here.clone()).await, true);
    assert_eq!(notes(&server, conversation).await, json!([both[1]]));
    assert_eq!(
        server.refused("delete-note", here).await,
        "invalid-argument"
    );
}

async fn notes_go_with_what_they_hang_on(server: Server) {
    let (john, ada) = (
        server.user("John", "Doe", "john@example.com").await,
        server.agent("Ada").await,
    );
    let bob = server.agent("Bob").await;
    let conversation = server.conversation(john).await;
    for agent in [ada, bob] {
        server
            .ok("add-note", note(conversation, agent, "", "Hm"))
            .await;
    }
    server.ok("delete-user", json!({"user_id": ada})).await;
    let left = notes(&server, conversation).await;
    assert_eq!(left.as_array().map(Vec::len), Some(1));
    assert_eq!(left[0]["user_id"], bob.to_string());
    server.ok("delete-user", json!({"user_id": john})).await;
    assert_eq!(notes(&server, conversation).await, json!([]));
}

#[tokio::test]
async fn refusals_and_retries() {
    let server = Server::start(Engine::Sqlite).await;
    let (john, ada) = (
        server.user("John", "Doe", "john@example.com").await,
        server.agent("Ada").await,
    );
    let conversation = server.conversation(john).await;
    for (wrong, code) in [
        (note(99, ada, "", "x"), "conversation-not-found"),
        (note(conversation, 99, "", "x"), "user-not-found"),
        (note(conversation, john, "", "x"), "invalid-argument"),
        (note(conversation, ada, "", ""), "missing-argument"),
        (
            json!({"conversation_id": conversation, "user_id": ada, "name": ""}),
            "missing-argument",
        ),
    ] {
        assert_eq!(server.refused("add-note", wrong).await, code);
    }
    let unknown = json!({"conversation_id": 99, "note_id": 1});
    assert_eq!(
        server.refused("delete-note", unknown).await,
        "conversation-not-found"
    );
    let mut once = note(conversation, ada, "", "once");
    once["idempotency_key"] = json!("note-1");
    let id = server.ok("add-note", once.clone()).await;
    assert_eq!(server.ok("add-note", once).await, id);
    assert_eq!(
        notes(&server, conversation).await.as_array().map(Vec::len),
        Some(1)
    );
}

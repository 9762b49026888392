//! The same write sent twice under one key is done once and answered the same.

use serde_json::json;

use crate::harness::{Body, Engine, Server, on_both_engines};

on_both_engines!(a_key_makes_one_write_of_two);

async fn a_key_makes_one_write_of_two(server: Server) {
    let add = |name: &str| {
        let request = server.post("/v1/add-user").bearer_auth(&server.token);
        request
            .header("idempotency-key", "sign-up-1")
            .json(&json!({"first_name": name, "user_type": "user"}))
    };
    let first = server.send(add("John")).await;
    assert_eq!(first.status, 200, "{first}");
    let again = server.send(add("John")).await;
    assert_eq!((again.status, again.json()), (200, first.json()));
    assert_eq!(
        again.header("x-event-position"),
        first.header("x-event-position")
    );
    assert_eq!(
        server.ok("count-users", json!({})).await["user"],
        "1",
        "one user, not two"
    );

    let other = server.send(add("Jane")).await;
    assert_eq!(
        (other.problem().as_str(), other.status),
        ("idempotency-key-reused", 422)
    );
    assert_eq!(server.ok("count-users", json!({})).await["user"], "1");
}

#[tokio::test]
async fn the_compatible_door_takes_the_key_as_an_argument() {
    let server = Server::start(Engine::Sqlite).await;
    let john = server.user("John", "Doe", "john@example.com").await;
    let conversation = server.conversation(john).await;
    let send = |text: &str| {
        json!({
            "user_id": john, "conversation_id": conversation, "message": text,
            "idempotency_key": "message-1",
        })
    };
    let first = server.ok("send-message", send("once")).await;
    assert_eq!(server.ok("send-message", send("once")).await, first);
    let form = server
        .call(Body::Jquery, "send-message", send("once"))
        .await;
    assert_eq!(form.response(), first);
    assert_eq!(
        server.refused("send-message", send("other")).await,
        "idempotency-key-reused"
    );
    assert_eq!(
        server.messages(conversation).await.as_array().map(Vec::len),
        Some(1)
    );
}

#[tokio::test]
async fn a_key_outlives_a_kill() {
    let mut server = Server::start(Engine::Sqlite).await;
    let add = json!({"first_name": "John", "user_type": "user", "idempotency_key": "k"});
    let first = server.ok("add-user", add.clone()).await;
    server.kill9();
    server.start_again();
    assert_eq!(server.ok("add-user", add).await, first);
    assert_eq!(server.ok("count-users", json!({})).await["user"], "1");
}

#[tokio::test]
async fn many_at_once_are_one() {
    let server = Server::start(Engine::Sqlite).await;
    let add = json!({"first_name": "John", "user_type": "user", "idempotency_key": "k"});
    let calls = (0..20).map(|_| server.ok("add-user", add.clone()));
    let answers = futures::future::join_all(calls).await;
    assert!(
        answers.iter().all(|answer| *answer == answers[0]),
        "{answers:?}"
    );
    assert_eq!(server.ok("count-users", json!({})).await["user"], "1");
}

#[tokio::test]
async fn a_refused_call_does_not_use_up_its_key() {
    let server = Server::start(Engine::Sqlite).await;
    let john = server.user("John", "Doe", "john@example.com").await;
    let add = json!({"email": "john@example.com", "idempotency_key": "k"});
    assert_eq!(
        server.refused("add-user", add.clone()).await,
        "duplicate-email"
    );
    server.ok("delete-user", json!({"user_id": john})).await;
    assert!(server.ok("add-user", add).await.is_u64());
}

#[tokio::test]
async fn a_key_belongs_to_one_function() {
    let server = Server::start(Engine::Sqlite).await;
    let john = server
        .add_user(json!({"first_name": "John", "idempotency_key": "k"}))
        .await;
    let other = json!({"user_id": john, "idempotency_key": "k"});
    let answer = server.call(Body::Php, "new-conversation", other).await;
    let conversations = server.ok("count-conversations", json!({})).await;
    if answer.json()["success"] == true {
        assert_eq!(conversations, 1, "a key of its own for each function");
    } else {
        assert_eq!(
            (answer.code().as_str(), conversations),
            ("idempotency-key-reused", json!(0))
        );
    }
}

//! The user types, how one becomes another, and who can't be made, changed or deleted.

use serde_json::{Value, json};

use crate::harness::{Engine, Server, column, on_both_engines};

on_both_engines!(types_follow_what_is_known, counts_are_texts_by_type);

async fn user_type(server: &Server, user: u64) -> Value {
    server.row(user).await["user_type"].clone()
}

async fn types_follow_what_is_known(server: Server) {
    let user = server.add_user(json!({"email": "user@example.com"})).await;
    assert_eq!(user_type(&server, user).await, "user", "with an email");
    let lead = server.add_user(json!({})).await;
    assert_eq!(user_type(&server, lead).await, "lead", "without");
    let row = server.row(lead).await;
    assert_eq!(row["first_name"], "User");
    let number = row["last_name"]
        .as_str()
        .and_then(|name| name.strip_prefix('#'));
    assert!(
        number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit())),
        "{row}"
    );

    let visitor = server.add_user(json!({"user_type": "visitor"})).await;
    assert_eq!(user_type(&server, visitor).await, "visitor");
    server.conversation(visitor).await;
    assert_eq!(
        user_type(&server, visitor).await,
        "lead",
        "after its first conversation"
    );
    server
        .ok(
            "update-user",
            json!({"user_id": visitor, "email": "known@example.com"}),
        )
        .await;
    assert_eq!(user_type(&server, visitor).await, "user", "given an email");
    assert_eq!(
        server
            .ok("update-user-to-lead", json!({"user_id": visitor}))
            .await,
        true
    );
    assert_eq!(user_type(&server, visitor).await, "lead");
}

async fn counts_are_texts_by_type(server: Server) {
    server.add_user(json!({"user_type": "visitor"})).await;
    server.add_user(json!({"user_type": "lead"})).await;
    server.add_user(json!({"user_type": "lead"})).await;
    server.user("John", "Doe", "john@example.com").await;
    let counts = server.ok("count-users", json!({})).await;
    let count = |of: &str| {
        counts[of]
            .as_str()
            .and_then(|number| number.parse::<u64>().ok())
    };
    assert_eq!(
        (count("visitor"), count("lead"), count("user")),
        (Some(1), Some(2), Some(1))
    );
    assert!(count("all").is_some_and(|all| all >= 4), "{counts}");
}

#[tokio::test]
async fn the_bot_and_the_last_admin_stay() {
    let server = Server::start(Engine::Sqlite).await;
    let bot = server.ok("get-bot-id", json!({})).await;
    let admins = server
        .ok("get-users", json!({"user_types": ["admin"]}))
        .await;
    let admin = column(&admins, "id").remove(0);
    let before = server.everything().await;

    server.refused("delete-user", json!({"user_id": bot})).await;
    server
        .refused("update-user-to-lead", json!({"user_id": bot}))
        .await;
    server
        .refused("delete-user", json!({"user_id": admin}))
        .await;
    server
        .refused("delete-users", json!({"user_ids": [admin, bot]}))
        .await;
    server
        .refused("update-user-to-lead", json!({"user_id": admin}))
        .await;
    let bot_type = json!({"first_name": "R2", "user_type": "bot"});
    assert_eq!(
        server.refused("add-user", bot_type).await,
        "invalid-user-type"
    );
    assert_eq!(server.everything().await, before);

    let agent = server.agent("Ada").await;
    server
        .refused("update-user-to-lead", json!({"user_id": agent}))
        .await;
    assert_eq!(user_type(&server, agent).await, "agent");
    let second =
        json!({"first_name": "Second", "email": "second@example.com", "user_type": "admin"});
    let second = server.add_user(second).await;
    assert_eq!(
        server.ok("delete-user", json!({"user_id": second})).await,
        true
    );
}

#[tokio::test]
async fn the_bot_is_in_no_list_of_users() {
    let server = Server::start(Engine::Sqlite).await;
    let bot = server.ok("get-bot-id", json!({})).await;
    let bot = bot.as_u64().expect("an integer").to_string();
    let users = server.ok("get-users", json!({})).await;
    assert!(!column(&users, "id").contains(&bot), "{users}");
    assert!(
        !server
            .ok("get-agents-ids", json!({}))
            .await
            .to_string()
            .contains(&bot)
    );
}

#[tokio::test]
async fn unknown_users_are_refused() {
    let server = Server::start(Engine::Sqlite).await;
    for function in [
        "update-user",
        "delete-user",
        "update-user-to-lead",
        "new-conversation",
    ] {
        let code = server
            .refused(function, json!({"user_id": 4711, "first_name": "X"}))
            .await;
        assert_eq!(code, "user-not-found", "{function}");
    }
}

//! What is there before the functions are called.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::harness::Server;

/// What the fixture's `$names` stand for.
pub async fn given(server: &Server) -> HashMap<&'static str, Value> {
    let john = json!({
        "first_name": "John", "last_name": "Doe", "email": "john@example.com", "password": "correct horse",
        "user_type": "user", "settings_extra": {
            "phone": ["+441234", "Phone"], "language": ["es", "Language"], "browser": ["Chrome", "Browser"],
        },
    });
    let john = server.add_user(john).await;
    server
        .ok(
            "current-url",
            json!({"user_id": john, "url": "https://example.com/"}),
        )
        .await;
    let ada = server.agent("Ada").await;
    let detail = json!({"user_id": ada, "settings_extra": {"location": ["New York", "Location"]}});
    server.ok("update-user", detail).await;
    let kettle = json!({"user_id": john, "title": "Broken kettle", "agent_id": ada});
    let conversation = server.conversation_with(kettle).await;
    let message = server.say(john, conversation, "My kettle is broken").await;
    let spare_message = server.say(ada, conversation, "Kettle?").await;
    server.say(ada, conversation, "How can I help?").await;
    server
        .ok(
            "set-typing",
            json!({"user_id": ada, "conversation_id": conversation}),
        )
        .await;
    let lea = json!({"email": "lea@example.com", "password": "correct horse"});
    let lea = server.add_user(lea).await;
    let login = server
        .ok(
            "login",
            json!({"email": "lea@example.com", "password": "correct horse"}),
        )
        .await;
    HashMap::from([
        ("$user", json!(john)),
        ("$agent", json!(ada)),
        ("$conversation", json!(conversation)),
        ("$message", json!(message)),
        ("$spare_message", json!(spare_message)),
        (
            "$spare_user",
            json!(server.user("Spare", "User", "spare@example.com").await),
        ),
        (
            "$other_spare_user",
            json!(server.user("Other", "Spare", "other@example.com").await),
        ),
        (
            "$lead",
            json!(server.add_user(json!({"email": "lead@example.com"})).await),
        ),
        (
            "$settings_file",
            server.ok("export-settings", json!({})).await,
        ),
        ("$cookie", {
            assert_eq!(login[0]["id"], lea.to_string());
            login[1].clone()
        }),
    ])
}

/// The arguments with what their `$names` stand for.
pub fn filled(arguments: &Value, given: &HashMap<&str, Value>) -> Value {
    match arguments {
        Value::String(name) if name.starts_with('$') => given[name.as_str()].clone(),
        Value::Array(items) => items.iter().map(|item| filled(item, given)).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (name.clone(), filled(value, given)))
            .collect(),
        other => other.clone(),
    }
}

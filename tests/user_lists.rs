//! Finding and listing users, and what is known of them.

use serde_json::json;

use crate::harness::{Server, column, on_both_engines, texts};

on_both_engines!(
    searching_users,
    new_users_since,
    details_of_many,
    agents_are_found_by_their_own_functions,
    current_url_and_language,
);

async fn searching_users(server: Server) {
    let john = server
        .add_user(json!({
            "first_name": "Jürgen", "last_name": "Straße", "email": "jay@example.com",
            "settings_extra": {"city": ["Zürich", "City"]},
        }))
        .await;
    server.user("Someone", "Else", "else@example.org").await;
    for word in [
        "JÜRGEN",
        "raße",
        "jay@EXAMPLE",
        "zürich",
        "Jürgen Str",
        "ürg",
    ] {
        let found = server.ok("search-users", json!({"search": word})).await;
        assert_eq!(column(&found, "id"), texts(&[john]), "by {word}");
        let found = server.ok("get-users", json!({"search": word})).await;
        assert_eq!(column(&found, "id"), texts(&[john]), "get-users by {word}");
    }
    assert_eq!(
        server
            .ok("search-users", json!({"search": "no such word"}))
            .await,
        json!([])
    );
    assert_eq!(
        server
            .ok("search-users", json!({"search": "100%_\\'\""}))
            .await,
        json!([])
    );
}

async fn new_users_since(server: Server) {
    let john = server.user("John", "Doe", "john@example.com").await;
    let jane = server.user("Jane", "Doe", "jane@example.com").await;
    let since = |moment: String| server.ok("get-new-users", json!({"datetime": moment}));
    assert_eq!(column(&since(john.to_string()).await, "id"), texts(&[jane]));
    assert_eq!(since(jane.to_string()).await, json!([]));
    let row = server.row(jane).await;
    let created = row["creation_time"].as_str().expect("a time");
    assert!(!column(&since(created.to_owned()).await, "id").contains(&jane.to_string()));
    let today = created[..10].to_owned();
    let found = column(&since(today).await, "id");
    assert!(
        texts(&[jane, john]).iter().all(|id| found.contains(id)),
        "today's: {found:?}"
    );
    assert_eq!(since("2999-01-01".to_owned()).await, json!([]));
}

async fn details_of_many(server: Server) {
    let john = server
        .add_user(
            json!({"email": "john@example.com", "settings_extra": {"phone": ["+1", "Phone"]}}),
        )
        .await;
    let ada = server.agent("Ada").await;
    let ask = json!({"details": ["email", "phone", "fax"], "user_ids": [john, ada]});
    let found = server.ok("get-users-with-details", ask).await;
    assert_eq!(found["phone"], json!([{"id": john, "value": "+1"}]));
    assert_eq!(found["fax"], json!([]));
    assert_eq!(found["email"].as_array().map(Vec::len), Some(2), "{found}");
    let ask = json!({"details": "[\"email\"]", "user_ids": format!("{john}")});
    let found = server.ok("get-users-with-details", ask).await;
    assert_eq!(
        found,
        json!({"email": [{"id": john, "value": "john@example.com"}]})
    );
    let ask = json!({"details": ["phone"], "user_ids": "agents"});
    assert_eq!(
        server.ok("get-users-with-details", ask).await,
        json!({"phone": []})
    );
    for everybody in [json!("all"), json!("false"), json!(false)] {
        let ask = json!({"details": ["phone"], "user_ids": everybody});
        let found = server.ok("get-users-with-details", ask).await;
        assert_eq!(
            found["phone"].as_array().map(Vec::len),
            Some(1),
            "{everybody}: {found}"
        );
    }
}

async fn agents_are_found_by_their_own_functions(server: Server) {
    let (ada, john) = (
        server.agent("Ada").await,
        server.user("John", "Doe", "j@example.com").await,
    );
    let agent = server.ok("get-agent", json!({"agent_id": ada})).await;
    assert_eq!(
        (&agent["first_name"], &agent["password"]),
        (&json!("Ada"), &json!(""))
    );
    assert_eq!(
        server.ok("get-agent", json!({"agent_id": john})).await,
        false
    );
    assert_eq!(
        server
            .ok("get-agents-ids", json!({"admins": "false"}))
            .await,
        json!([ada])
    );
    let all = server.ok("get-agents-ids", json!({})).await;
    assert_eq!(
        all.as_array().map(Vec::len),
        Some(2),
        "with the first admin: {all}"
    );

    let conversation = server.conversation(john).await;
    let ask = json!({"conversation_id": conversation});
    let found = server.ok("get-user-from-conversation", ask).await;
    assert_eq!(
        found,
        json!({"id": john.to_string(), "email": "j@example.com"})
    );
    server.say(ada, conversation, "Hello").await;
    let ask = json!({"conversation_id": conversation, "agent": true});
    let found = server.ok("get-user-from-conversation", ask).await;
    assert_eq!(
        found,
        json!({"id": ada.to_string(), "email": "ada@agents.example.com"})
    );
    let found = server
        .ok(
            "get-agents-in-conversation",
            json!({"conversation_id": conversation}),
        )
        .await;
    let agents = &found[conversation.to_string()];
    assert_eq!(
        (&agents[0]["id"], &agents[0]["conversation_id"]),
        (&json!(ada), &json!(conversation))
    );
}

async fn current_url_and_language(server: Server) {
    let john = server.user("John", "Doe", "john@example.com").await;
    assert_eq!(
        server.ok("current-url", json!({"user_id": john})).await,
        false
    );
    let page = "https://example.com/a?b=c&d=é";
    assert_eq!(
        server
            .ok("current-url", json!({"user_id": john, "url": page}))
            .await,
        true
    );
    assert_eq!(
        server.ok("current-url", json!({"user_id": john})).await,
        page
    );

    let language = || server.ok("get-user-language", json!({"user_id": john}));
    assert_eq!(language().await, false);
    let set = |slug: &str, code: &str| {
        let extra = json!({slug: [code, "Language"]});
        server.ok(
            "update-user",
            json!({"user_id": john, "settings_extra": extra}),
        )
    };
    set("browser_language", "it").await;
    assert_eq!(language().await, "it");
    set("language", "es").await;
    assert_eq!(language().await, "es");
    set("language", "en").await;
    assert_eq!(language().await, false);
}

//! Adding, reading, changing and deleting users.

use serde_json::json;

use crate::harness::{Body, Server, column, on_both_engines, sorted};

on_both_engines!(
    scenario_02_register,
    scenario_03_update,
    scenario_17_bulk_delete,
    deleting_a_user_takes_what_hangs_on_it,
);

async fn scenario_02_register(server: Server) {
    let john = json!({
        "first_name": "John", "last_name": "Doe", "email": "john@example.com", "user_type": "user",
        "password": "secret-1", "settings_extra": {"phone": ["+4412345", "Phone"]},
    });
    let id = server.add_user(john.clone()).await;

    let user = server
        .ok("get-user", json!({"user_id": id, "extra": true}))
        .await;
    assert_eq!(user["email"], "john@example.com");
    assert_eq!(user["first_name"], "John");
    assert_eq!(user["user_type"], "user");
    assert_eq!(user["password"], "");
    assert_eq!(
        user["details"],
        json!([{"slug": "phone", "name": "Phone", "value": "+4412345"}])
    );
    let plain = server.row(id).await;
    assert!(
        plain.get("details").is_none(),
        "details only with extra: {plain}"
    );

    assert_eq!(server.refused("add-user", john).await, "duplicate-email");
    let shouting = json!({"email": "JOHN@Example.com"});
    assert_eq!(
        server.refused("add-user", shouting).await,
        "duplicate-email"
    );
    let boss = json!({"first_name": "B", "user_type": "boss"});
    assert_eq!(server.refused("add-user", boss).await, "invalid-user-type");
    assert_eq!(server.ok("count-users", json!({})).await["user"], "1");
    assert_eq!(
        server.ok("get-user", json!({"user_id": id + 1_000})).await,
        false
    );
}

async fn scenario_03_update(server: Server) {
    let john = server.user("John", "Doe", "john@example.com").await;
    let update = json!({"user_id": john, "last_name": "Smith"});
    assert_eq!(server.ok("update-user", update).await, true);
    let row = server.row(john).await;
    assert_eq!(
        (&row["first_name"], &row["last_name"]),
        (&json!("John"), &json!("Smith"))
    );
    assert_eq!(row["email"], "john@example.com");

    server
        .ok("update-user", json!({"user_id": john, "email": "NULL"}))
        .await;
    assert!(server.row(john).await["email"].is_null());
    let jane = server.user("Jane", "Doe", "john@example.com").await;
    let taken = json!({"user_id": john, "email": "john@example.com"});
    assert_eq!(
        server.refused("update-user", taken).await,
        "duplicate-email"
    );
    let own = json!({"user_id": jane, "email": "john@example.com"});
    assert_eq!(
        server.ok("update-user", own).await,
        true,
        "one's own email is no duplicate"
    );
    let boss = json!({"user_id": jane, "user_type": "boss"});
    assert_eq!(
        server.refused("update-user", boss).await,
        "invalid-user-type"
    );

    let extra = json!({"phone": ["+1", "Phone"], "city": ["Rome", "City"]});
    server
        .ok(
            "update-user",
            json!({"user_id": john, "settings_extra": extra}),
        )
        .await;
    let extra = json!({"phone": ["+2", "Phone"], "city": ["", "City"], "os": ["Linux", "OS"]});
    server
        .ok(
            "update-user",
            json!({"user_id": john, "settings_extra": extra}),
        )
        .await;
    let detail = |slug: &str| server.ok("get-user-extra", json!({"user_id": john, "slug": slug}));
    assert_eq!(detail("phone").await, "+2");
    assert_eq!(detail("os").await, "Linux");
    assert_eq!(
        detail("city").await,
        false,
        "an empty value removes a detail"
    );
    let ask = json!({"user_id": john, "slug": "city", "default": "nowhere"});
    assert_eq!(server.ok("get-user-extra", ask).await, "nowhere");
    let details = server.ok("get-user-extra", json!({"user_id": john})).await;
    assert_eq!(sorted(column(&details, "slug")), ["os", "phone"]);
    assert_eq!(
        server
            .ok("get-user-extra", json!({"user_id": john + 1_000}))
            .await,
        json!([])
    );
}

async fn scenario_17_bulk_delete(server: Server) {
    let mut users = Vec::new();
    for number in 0..6 {
        users.push(
            server
                .user("User", "Doe", &format!("user{number}@example.com"))
                .await,
        );
    }
    let conversation = server.conversation(users[0]).await;
    server.say(users[0], conversation, "soon gone").await;
    let kept = server.conversation(users[5]).await;
    let lead = server.add_user(json!({"user_type": "lead"})).await;

    let before = server.everything().await;
    server
        .call(Body::Php, "delete-users", json!({"user_ids": []}))
        .await;
    server
        .call(Body::Jquery, "delete-users", json!({"user_ids": []}))
        .await;
    server
        .call(Body::Json, "delete-users", json!({"user_ids": []}))
        .await;
    server.raw("delete-users", "user_ids=").await;
    server.raw("delete-users", "user_ids=false").await;
    assert_eq!(server.everything().await, before, "no ids delete nobody");

    let list = format!("[{},{}]", users[0], users[1]);
    assert_eq!(
        server.ok("delete-users", json!({"user_ids": list})).await,
        true
    );
    let gone = server
        .ok("get-conversation", json!({"conversation_id": conversation}))
        .await;
    assert_eq!(gone, json!({"messages": [], "details": ""}));
    assert_eq!(server.ok("count-users", json!({})).await["user"], "4");
    let brackets = json!({"user_ids": [users[2], users[3]]});
    assert_eq!(server.ok("delete-users", brackets).await, true);
    assert_eq!(server.ok("count-users", json!({})).await["user"], "2");

    assert_eq!(server.ok("delete-leads", json!({})).await, true);
    let counts = server.ok("count-users", json!({})).await;
    assert_eq!(
        (&counts["lead"], &counts["user"]),
        (&json!("0"), &json!("2"))
    );
    assert_eq!(server.ok("get-user", json!({"user_id": lead})).await, false);
    assert_eq!(server.status(kept).await, "0");
}

async fn deleting_a_user_takes_what_hangs_on_it(server: Server) {
    let (john, ada) = (
        server.user("John", "Doe", "john@example.com").await,
        server.agent("Ada").await,
    );
    let conversation = server.conversation(john).await;
    server.say(john, conversation, "a word of mine").await;
    server.say(ada, conversation, "an answer").await;
    assert_eq!(
        server.ok("delete-user", json!({"user_id": john})).await,
        true
    );
    assert_eq!(server.ok("get-user", json!({"user_id": john})).await, false);
    assert_eq!(
        server
            .ok("search-conversations", json!({"search": "answer"}))
            .await,
        json!([])
    );
    assert_eq!(server.ok("count-conversations", json!({})).await, 0);
    let again = server.user("John", "Doe", "john@example.com").await;
    assert!(again > john, "the email is free again, the id is not");
}

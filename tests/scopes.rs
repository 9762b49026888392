//! How far an API token reaches by its scope, and that nobody becomes more by one.

use serde_json::{Value, json};

use crate::catalogue::world;
use crate::every_function::{Described, described};
use crate::harness::{Engine, Server, column, on_both_engines};

/// What configures the workspace, hands out secrets, or works with a vendor's account as such.
const ADMINS_ALONE: [&str; 16] = [
    "app-activation",
    "app-get-key",
    "archive-slack-channels",
    "automations-save",
    "dialogflow-create-intent",
    "dialogflow-curl",
    "dialogflow-entity",
    "dialogflow-get-token",
    "dialogflow-update-intent",
    "export-settings",
    "import-settings",
    "open-ai-curl",
    "save-settings",
    "save-translations",
    "update",
    "wp-synch",
];

/// What both doors answer to a token whose scope does not reach as far as is asked.
const TOO_SHORT: &str = "403 security-error";

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

on_both_engines!(each_scope_has_those_below_it);

async fn each_scope_has_those_below_it(server: Server) {
    let add = json!({"first_name": "John", "user_type": "user"});
    let save = json!({"settings": {"rtl": [true, "checkbox"]}});
    let [read, write, admin] = [
        server.api_token("read").await,
        server.api_token("write").await,
        server.api_token("admin").await,
    ];
    for token in [&read, &write, &admin] {
        let plain = server.v1_by(token, "get-users", json!({})).await.json();
        let compatible = server.call_by(token, "get-users", json!({})).await;
        assert_eq!(compatible.response(), plain);
        assert_eq!(column(&plain, "first_name"), ["Admin"]);
    }
    assert_eq!(
        server.refused_by(&read, "add-user", add.clone()).await,
        TOO_SHORT
    );
    for token in [&read, &write] {
        assert_eq!(
            server
                .refused_by(token, "save-settings", save.clone())
                .await,
            TOO_SHORT
        );
        for operation in [
            "tokens/create",
            "tokens/list",
            "tokens/revoke",
            "webhooks/replay",
        ] {
            let answer = server.v1_by(token, operation, json!({})).await;
            let told = (answer.status, answer.problem());
            assert_eq!(told, (403, "security-error".to_owned()), "{operation}");
        }
    }
    assert_eq!(
        server.v1_by(&write, "add-user", add.clone()).await.json(),
        3
    );
    assert_eq!(server.call_by(&admin, "add-user", add).await.response(), 4);
    assert_eq!(
        server
            .call_by(&admin, "save-settings", save)
            .await
            .response(),
        true
    );
    let another = json!({"name": "x", "scope": "admin"});
    let made = server.v1_by(&admin, "tokens/create", another).await;
    assert_eq!(made.json()["id"], 4, "{made}");
    let chart = server.get("/v1/reports/users.svg").bearer_auth(&read);
    assert_eq!(server.send(chart).await.status, 200);
}

#[tokio::test]
async fn the_reference_names_each_functions_scope_and_the_doors_hold_to_it() {
    let server = Server::start(Engine::Sqlite).await;
    world(&server).await;
    let (functions, _) = described(&server).await;
    let document = server.send(server.get("/openapi.json")).await.json();
    let scope = |name: &str| {
        let operation = &document["paths"][format!("/v1/{name}")]["post"];
        let scope = text(&operation["x-required-scope"]);
        let said = format!("needs the scope `{scope}`");
        assert!(text(&operation["description"]).contains(&said), "{name}");
        scope
    };
    let mut admins_alone: Vec<&str> = functions.iter().map(|one| one.name.as_str()).collect();
    admins_alone.retain(|name| scope(name) == "admin");
    admins_alone.sort_unstable();
    assert_eq!(admins_alone, ADMINS_ALONE);
    let tokens = [
        server.api_token("read").await,
        server.api_token("write").await,
    ];
    let before = server.everything().await;
    let mut faults = Vec::new();
    for Described { name, example, .. } in &functions {
        let short = match scope(name).as_str() {
            "read" => &tokens[..0],
            "write" => &tokens[..1],
            _ => &tokens[..],
        };
        for token in short {
            if server.refused_by(token, name, example.clone()).await != TOO_SHORT {
                faults.push(name.clone());
            }
        }
    }
    assert_eq!(server.everything().await, before, "nothing of it was done");
    // What a token reaches as far as is not held up by it, whatever else may be in the way.
    for Described { name, example, .. } in functions {
        let token = match scope(&name).as_str() {
            "read" => &tokens[0],
            "write" => &tokens[1],
            _ => continue,
        };
        let answer = server.v1_by(token, &name, example).await;
        if answer.status == 403 && answer.problem() == "security-error" {
            faults.push(format!("{answer}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What the holder of a token of the scope write tries so as to be more: John is a user, Jane an agent
/// with this email and password, whose cookie was found somewhere.
fn tries(john: u64, jane: u64, login: Value, cookie: &Value) -> Vec<(&'static str, Value)> {
    let wrong = json!({"email": login["email"], "password": "wrong"});
    vec![
        (
            "add-user",
            json!({"first_name": "Eve", "user_type": "agent"}),
        ),
        (
            "add-user",
            json!({"first_name": "Eve", "user_type": "admin"}),
        ),
        (
            "update-user",
            json!({"user_id": john, "user_type": "agent"}),
        ),
        (
            "update-user",
            json!({"user_id": john, "user_type": "admin", "first_name": "Eve"}),
        ),
        ("update-user", json!({"user_id": jane, "user_type": "user"})),
        ("update-user", json!({"user_id": jane, "first_name": "Eve"})),
        (
            "update-user",
            json!({"user_id": jane, "email": "eve@example.com"}),
        ),
        (
            "update-user",
            json!({"user_id": jane, "password": "secret-e"}),
        ),
        (
            "update-user",
            json!({"user_id": jane, "settings_extra": {"phone": ["+1", "Phone"]}}),
        ),
        ("update-user", json!({"user_id": 2, "password": "secret-e"})),
        ("update-user", json!({"user_id": 1, "first_name": "Eve"})),
        (
            "update-login",
            json!({"login-cookie": cookie, "first_name": "Eve"}),
        ),
        (
            "current-url",
            json!({"user_id": jane, "url": "https://example.com/"}),
        ),
        ("delete-user", json!({"user_id": jane})),
        ("delete-user", json!({"user_id": 2})),
        ("delete-users", json!({"user_ids": [john, jane]})),
        ("login", login),
        // Not even whether the password was right is said.
        ("login", wrong),
    ]
}

#[tokio::test]
async fn a_write_token_makes_nobody_an_agent_and_is_nobodys_key() {
    let server = Server::start(Engine::Sqlite).await;
    let person = |name: &str, user_type: &str| {
        json!({
            "first_name": name, "email": format!("{name}@example.com"), "password": "secret",
            "user_type": user_type,
        })
    };
    let john = server.add_user(person("john", "user")).await;
    let jane = server.add_user(person("jane", "agent")).await;
    let login = |name: &str| json!({"email": format!("{name}@example.com"), "password": "secret"});
    let of_jane = server.ok("login", login("jane")).await;
    let write = server.api_token("write").await;
    let before = server.everything().await;
    for (function, arguments) in tries(john, jane, login("jane"), &of_jane[1]) {
        let answer = server.refused_by(&write, function, arguments.clone()).await;
        assert_eq!(answer, TOO_SHORT, "{function} {arguments}");
    }
    let own = json!({"user_id": jane, "token": of_jane[0]["token"]});
    let beside = server.v1_by(&write, "login", own.clone()).await;
    assert_eq!(beside.problem(), "security-error");
    assert_eq!(server.everything().await, before, "nothing of it was done");
    let alone = server.send(server.post("/v1/login").json(&own)).await;
    assert_eq!(alone.status, 200, "by her own token she is: {alone}");
    // A customer is logged in, and the customer's token not said.
    let of_john = server.v1_by(&write, "login", login("john")).await.json();
    let expected = (&json!(john.to_string()), &json!(""));
    assert_eq!((&of_john[0]["id"], &of_john[0]["token"]), expected);
    let rename = json!({"login-cookie": of_john[1], "first_name": "Johnny"});
    let renamed = server.call_by(&write, "update-login", rename).await;
    assert!(renamed.response().is_string(), "{renamed}");
}

#[tokio::test]
async fn users_tokens_are_seen_by_admins_alone() {
    let server = Server::start(Engine::Sqlite).await;
    world(&server).await;
    let rows = [
        ("get-users", json!({})),
        ("get-new-users", json!({"datetime": "2020-01-01"})),
        ("get-online-users", json!({"agents": true})),
        ("search-users", json!({"search": "j"})),
        ("get-user", json!({"user_id": 2})),
        ("get-agent", json!({"agent_id": 4})),
    ];
    let queries: Vec<_> = described(&server).await.0;
    let [read, write] = [
        server.api_token("read").await,
        server.api_token("write").await,
    ];
    server
        .ok("set-typing", json!({"user_id": 4, "conversation_id": 1}))
        .await;
    let users = server.ok("get-users", json!({})).await;
    let secrets = column(&users, "token");
    assert_eq!(secrets.len(), 5);
    for (function, arguments) in rows {
        let seen = server.ok(function, arguments.clone()).await.to_string();
        assert!(
            secrets.iter().any(|secret| seen.contains(secret)),
            "{function}: {seen}"
        );
        for token in [&read, &write] {
            let seen = server.v1_by(token, function, arguments.clone()).await;
            assert!(seen.text().contains(r#""token":"""#), "{seen}");
        }
    }
    // Nor by any other way of asking.
    for Described { name, example, .. } in queries {
        for token in [&read, &write] {
            let answer = server.v1_by(token, &name, example.clone()).await;
            let said = String::from_utf8_lossy(&answer.bytes);
            assert!(
                !secrets.iter().any(|secret| said.contains(secret)),
                "{answer}"
            );
        }
    }
}

#[tokio::test]
async fn who_may_only_read_leaves_no_sign_of_life_of_others() {
    let server = Server::start(Engine::Sqlite).await;
    let john = server.user("John", "Doe", "john@example.com").await;
    let poll = json!({"user_id": john});
    let is_online = async || server.ok("is-online", json!({"user_id": john})).await;
    let read = server.api_token("read").await;
    server
        .v1_by(&read, "get-user-conversations", poll.clone())
        .await;
    assert_eq!(is_online().await, false);
    let write = server.api_token("write").await;
    server.v1_by(&write, "get-user-conversations", poll).await;
    assert_eq!(is_online().await, true);
}

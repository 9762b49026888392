//! Logging in, the cookie, and the active user it stands for.

use reqwest::header::{CONTENT_TYPE, COOKIE};
use serde_json::{Value, json};

use crate::harness::{API, Answer, Client, Engine, Receiver, Server, Setup, form, on_both_engines};

on_both_engines!(scenario_15_login);

async fn given_john(server: &Server) -> u64 {
    let john = json!({
        "first_name": "John", "last_name": "Doe", "email": "john@example.com",
        "password": "correct horse", "settings_extra": {"phone": ["+1", "Phone"]},
    });
    server.add_user(john).await
}

/// A call as a browser makes it for its user: the admin's token and the cookie.
async fn with_cookie(server: &Server, cookie: &str, function: &str, arguments: Value) -> Answer {
    let mut all = json!({"token": server.token, "function": function});
    all.as_object_mut()
        .expect("an object")
        .extend(arguments.as_object().expect("an object").clone());
    let request = server
        .post(API)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    server
        .send(
            request
                .header(COOKIE, format!("sb-login={cookie}"))
                .body(form(Client::Php, &all)),
        )
        .await
}

async fn scenario_15_login(server: Server) {
    let john = given_john(&server).await;
    let jane = server.user("Jane", "Doe", "jane@example.com").await;
    let admin = server
        .ok("get-users", json!({"user_types": ["admin"]}))
        .await;

    let password = json!({"email": "john@example.com", "password": "correct horse"});
    let answer = server.ok("login", password).await;
    assert_eq!(
        answer.as_array().map(Vec::len),
        Some(2),
        "[user, cookie]: {answer}"
    );
    assert_eq!(
        (&answer[0]["id"], &answer[0]["first_name"]),
        (&json!(john.to_string()), &json!("John"))
    );
    assert!(answer[0].get("password").is_none(), "{answer}");
    let cookie = answer[1].as_str().expect("a text").to_owned();
    assert!(
        !cookie.contains(answer[0]["token"].as_str().expect("a text")),
        "the cookie hides the token"
    );

    for (email, password) in [
        ("john@example.com", "wrong"),
        ("nobody@example.com", "correct horse"),
    ] {
        let wrong = json!({"email": email, "password": password});
        assert_eq!(server.ok("login", wrong).await, false);
    }
    let without = json!({"email": "jane@example.com", "password": ""});
    assert_eq!(
        server.ok("login", without).await,
        false,
        "no password opens nothing"
    );

    let own = json!({"token": answer[0]["token"], "user_id": john});
    let again = server.ok("login", own).await;
    assert_eq!(again[0], answer[0], "by the user's own id and token");
    let others = json!({"token": answer[0]["token"], "user_id": jane});
    assert_eq!(server.refused("login", others).await, "invalid-token");

    let update = json!({"first_name": "Johnny"});
    let changed = with_cookie(&server, &cookie, "update-login", update)
        .await
        .response();
    assert!(changed.is_string(), "the new cookie: {changed}");
    let row = server.row(john).await;
    assert_eq!(
        (&row["first_name"], &row["last_name"]),
        (&json!("Johnny"), &json!(""))
    );
    assert!(
        row["email"].is_null() && row["department"].is_null(),
        "what is not given is erased: {row}"
    );
    assert_eq!(server.row(jane).await["email"], "jane@example.com");
    let admin_now = server
        .ok("get-users", json!({"user_types": ["admin"]}))
        .await;
    assert_eq!(admin_now[0]["email"], admin[0]["email"]);
    assert_eq!(admin_now[0]["first_name"], admin[0]["first_name"]);

    let cookie = changed.as_str().expect("a text");
    assert_eq!(
        with_cookie(&server, cookie, "logout", json!({}))
            .await
            .response(),
        true
    );
    assert_eq!(
        server.ok("logout", json!({})).await,
        true,
        "without a cookie too"
    );
}

#[tokio::test]
async fn the_cookie_may_come_as_an_argument() {
    let server = Server::start(Engine::Sqlite).await;
    let john = given_john(&server).await;
    let login = json!({"email": "john@example.com", "password": "correct horse"});
    let cookie = server.ok("login", login).await[1].clone();
    let update = json!({"login-cookie": cookie, "first_name": "Johnny", "last_name": "D"});
    assert!(server.ok("update-login", update).await.is_string());
    assert_eq!(server.row(john).await["last_name"], "D");
}

#[tokio::test]
async fn the_webhook_of_a_login_tells_a_users_token_and_no_agents() {
    let config = "allow_private_targets = [\"127.0.0.0/8\"]\n";
    let server = Setup::on(Engine::Sqlite).config(config).start().await;
    let receiver = Receiver::start().await;
    let hooks = json!({
        "webhooks-enabled": true, "webhooks-url": receiver.url, "webhooks-active": "login",
    });
    server.ok("save-settings", json!({"settings": hooks})).await;
    for user_type in ["user", "agent", "admin"] {
        let email = format!("{user_type}@example.com");
        let somebody = json!({"user_type": user_type, "email": email, "password": "secret-3"});
        server.add_user(somebody).await;
        let login = json!({"email": email, "password": "secret-3"});
        let token = server.ok("login", login).await[0]["token"].clone();
        let told = receiver.data("login").await["details"].clone();
        assert_eq!(told["user_type"], user_type);
        let expected = match user_type {
            "user" => token,
            _ => json!("********"),
        };
        assert_eq!(told["token"], expected, "{told}");
        receiver.forget();
    }
}

#[tokio::test]
async fn update_login_needs_a_true_cookie() {
    let server = Server::start(Engine::Sqlite).await;
    given_john(&server).await;
    let login = json!({"email": "john@example.com", "password": "correct horse"});
    let cookie = server.ok("login", login).await[1]
        .as_str()
        .expect("a text")
        .to_owned();
    let before = server.everything().await;

    assert_eq!(
        server
            .refused("update-login", json!({"first_name": "X"}))
            .await,
        "not-logged-in"
    );
    let mut forged = cookie.clone().into_bytes();
    let middle = forged.len() / 2;
    forged[middle] = if forged[middle] == b'A' { b'B' } else { b'A' };
    let forged = String::from_utf8(forged).expect("still a text");
    for wrong in [forged.as_str(), &cookie[..cookie.len() - 4], "", "x"] {
        let answer = with_cookie(&server, wrong, "update-login", json!({"first_name": "X"})).await;
        assert_eq!(answer.code(), "not-logged-in");
    }
    assert_eq!(server.everything().await, before);
}

#[tokio::test]
async fn a_cookie_survives_a_restart_but_not_its_user() {
    let mut server = Server::start(Engine::Sqlite).await;
    let john = given_john(&server).await;
    let login = json!({"email": "john@example.com", "password": "correct horse"});
    let cookie = server.ok("login", login).await[1]
        .as_str()
        .expect("a text")
        .to_owned();
    server.restart();
    let update = json!({"first_name": "Johnny"});
    let cookie = with_cookie(&server, &cookie, "update-login", update.clone())
        .await
        .response();
    server.ok("delete-user", json!({"user_id": john})).await;
    let cookie = cookie.as_str().expect("a text");
    assert_eq!(
        with_cookie(&server, cookie, "update-login", update)
            .await
            .code(),
        "not-logged-in"
    );
}

#[tokio::test]
async fn a_changed_password_takes_the_old_ones_place() {
    let server = Server::start(Engine::Sqlite).await;
    let john = given_john(&server).await;
    server
        .ok(
            "update-user",
            json!({"user_id": john, "password": "new one"}),
        )
        .await;
    let login = |password: &str| {
        server.ok(
            "login",
            json!({"email": "JOHN@example.com", "password": password}),
        )
    };
    assert_eq!(login("correct horse").await, false);
    assert_eq!(login("new one").await[0]["id"], john.to_string());
}

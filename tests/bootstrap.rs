//! The first start, the token, and who may call at all.

use std::os::unix::fs::PermissionsExt;

use reqwest::header::CONTENT_TYPE;
use serde_json::json;

use crate::harness::{API, Body, Engine, Server, Setup, on_both_engines};

on_both_engines!(scenario_01_bootstrap, data_survives_a_restart_and_a_kill);

async fn scenario_01_bootstrap(server: Server) {
    let answer = server.call(Body::Php, "agents-online", json!({})).await;
    assert!(answer.response().is_boolean(), "{answer}");
    let answer = server
        .call(Body::Multipart, "agents-online", json!({}))
        .await;
    assert!(answer.response().is_boolean(), "{answer}");

    let form = server
        .post(API)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    let answer = server.send(form.body("function=agents-online")).await;
    assert_eq!(answer.code(), "invalid-token");

    let agent = server.agent("Ada").await;
    let token = server.row(agent).await["token"].clone();
    assert_eq!(
        server
            .refused("agents-online", json!({"token": token}))
            .await,
        "invalid-token"
    );
    let user = server.user("John", "Doe", "john@example.com").await;
    let token = server.row(user).await["token"].clone();
    assert_eq!(
        server
            .refused("agents-online", json!({"token": token}))
            .await,
        "invalid-token"
    );
}

async fn data_survives_a_restart_and_a_kill(mut server: Server) {
    let john = server.user("John", "Doe", "john@example.com").await;
    server.restart();
    assert_eq!(server.row(john).await["email"], "john@example.com");
    let conversation = server.conversation(john).await;
    server.say(john, conversation, "before the kill").await;
    server.kill9();
    server.start_again();
    assert_eq!(
        server.messages(conversation).await[0]["message"],
        "before the kill"
    );
    let jane = server.user("Jane", "Doe", "jane@example.com").await;
    assert!(jane > john, "ids go on after a kill");
}

#[tokio::test]
async fn the_first_start_alone_prints_the_token() {
    let mut server = Server::start(Engine::Sqlite).await;
    assert!(server.token.len() == 40 && server.token.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let mode = |path| {
        let found = std::fs::metadata(path).expect("it was made");
        found.permissions().mode() & 0o777
    };
    assert_eq!(mode(server.data_dir().join("admin-token")), 0o600);
    assert_eq!(mode(server.data_dir()), 0o700, "the log holds secrets too");

    let output = server.stop();
    assert_eq!(
        output.matches(&server.token).count(),
        1,
        "printed once:\n{output}"
    );
    server.start_again();
    server.ok("agents-online", json!({})).await;
    let output = server.stop();
    assert!(!output.contains(&server.token), "printed again:\n{output}");
}

#[tokio::test]
async fn the_token_can_be_preset() {
    let token = "0123456789abcdef0123456789abcdef01234567";
    let server = Setup::on(Engine::Sqlite)
        .env("HAVEFUNNELS_ADMIN_TOKEN", token)
        .start()
        .await;
    assert_eq!(server.token, token);
    server.ok("agents-online", json!({})).await;
}

#[tokio::test]
async fn the_token_may_come_as_a_bearer() {
    let server = Server::start(Engine::Sqlite).await;
    let call = || {
        let form = server
            .post(API)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        form.body("function=count-users")
    };
    server
        .send(call().bearer_auth(&server.token))
        .await
        .response();
    let wrong = server.token.chars().rev().collect::<String>();
    assert_eq!(
        server.send(call().bearer_auth(wrong)).await.code(),
        "invalid-token"
    );
}

#[tokio::test]
async fn the_compatible_door_has_three_addresses() {
    let server = Server::start(Engine::Sqlite).await;
    for path in [
        "/include/api.php",
        "/script/include/api.php",
        "/supportboard/include/api.php",
    ] {
        let form = server
            .post(path)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        let body = format!("token={}&function=get-bot-id", server.token);
        assert!(
            server.send(form.body(body)).await.response().is_u64(),
            "{path}"
        );
    }
}

#[tokio::test]
async fn it_says_that_it_lives_and_is_ready() {
    let server = Server::start(Engine::Sqlite).await;
    for path in ["/healthz", "/readyz"] {
        assert_eq!(server.send(server.get(path)).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn a_data_directory_in_use_is_refused() {
    let server = Server::start(Engine::Sqlite).await;
    let directory = server.data_dir();
    let directory = directory.to_str().expect("a plain path");
    let second = server.run(&["serve", "--listen", "127.0.0.1:0", "--data-dir", directory]);
    assert!(
        !second.status.success(),
        "a second program opened the same data"
    );
    let said = String::from_utf8_lossy(&second.stderr);
    assert!(
        said.contains(directory),
        "the error names the directory:\n{said}"
    );
    server.ok("count-users", json!({})).await;
}

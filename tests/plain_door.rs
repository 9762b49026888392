//! The plain door: bare values, real statuses, problem documents, positions; and other origins.

use reqwest::header::{CONTENT_TYPE, ORIGIN};
use serde_json::json;

use crate::harness::{API, Body, Engine, Server, Setup, on_both_engines};

on_both_engines!(positions_are_waited_for);

#[tokio::test]
async fn an_answer_is_the_bare_value() {
    let server = Server::start(Engine::Sqlite).await;
    let added = server
        .v1(
            "add-user",
            json!({"first_name": "John", "email": "john@example.com"}),
        )
        .await;
    assert_eq!(
        (added.status, added.header("content-type")),
        (200, Some("application/json")),
        "{added}"
    );
    let john = added.json().as_u64().expect("the bare id");
    assert!(added.header("x-event-position").is_some(), "{added}");
    let row = server.v1("get-user", json!({"user_id": john})).await;
    assert_eq!(
        row.json(),
        server.row(john).await,
        "the same value at both doors"
    );
    assert_eq!(
        server.v1("count-users", json!({})).await.json()["user"],
        "1"
    );
}

#[tokio::test]
async fn a_refusal_has_its_status_and_code() {
    let server = Server::start(Engine::Sqlite).await;
    server.user("John", "Doe", "john@example.com").await;
    let cases = [
        ("get-user", json!({}), 400, "missing-argument"),
        ("get-user", json!({"user_id": "x"}), 400, "invalid-argument"),
        ("no-such-function", json!({}), 404, "function-not-found"),
        (
            "update-user",
            json!({"user_id": 4711, "first_name": "X"}),
            404,
            "user-not-found",
        ),
        (
            "delete-message",
            json!({"message_id": 4711}),
            404,
            "message-not-found",
        ),
        (
            "add-user",
            json!({"email": "john@example.com"}),
            409,
            "duplicate-email",
        ),
        (
            "add-user",
            json!({"user_type": "boss"}),
            400,
            "invalid-user-type",
        ),
    ];
    for (function, arguments, status, code) in cases {
        let answer = server.v1(function, arguments).await;
        assert_eq!(
            (answer.problem().as_str(), answer.status),
            (code, status),
            "{answer}"
        );
    }
    let agent = server.agent("Ada").await;
    let token = server.row(agent).await["token"]
        .as_str()
        .expect("a token")
        .to_owned();
    for bearer in [None, Some(token), Some("x".to_owned())] {
        let request = server.post("/v1/count-users").json(&json!({}));
        let request = match bearer {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        let answer = server.send(request).await;
        assert_eq!(answer.problem(), "invalid-token");
        assert!([401, 403].contains(&answer.status), "{answer}");
    }
    let garbled = server
        .post("/v1/count-users")
        .bearer_auth(&server.token)
        .header(CONTENT_TYPE, "application/json");
    let answer = server.send(garbled.body("{\"a\":")).await;
    assert_eq!(
        (answer.problem().as_str(), answer.status),
        ("invalid-argument", 400)
    );
    assert_eq!(server.send(server.get("/v1/count-users")).await.status, 405);
    assert_eq!(server.send(server.get("/no/such/place")).await.status, 404);
}

async fn positions_are_waited_for(server: Server) {
    let position = |answer: &crate::harness::Answer| -> u64 {
        let header = answer
            .header("x-event-position")
            .unwrap_or_else(|| panic!("no position: {answer}"));
        header.parse().expect("a decimal position")
    };
    let john = server.v1("add-user", json!({"first_name": "John"})).await;
    let first = position(&john);
    let form = server
        .call(
            Body::Php,
            "update-user",
            json!({"user_id": john.json(), "last_name": "Doe"}),
        )
        .await;
    let second = position(&form);
    assert!(second > first, "{second} comes after {first}");

    let read = |at: u64| {
        let request = server.post("/v1/get-user").bearer_auth(&server.token);
        request
            .header("x-min-position", at.to_string())
            .json(&json!({"user_id": john.json()}))
    };
    assert_eq!(server.send(read(second)).await.json()["last_name"], "Doe");
    let never = server.send(read(second + 1_000_000)).await;
    assert_eq!(
        (never.problem().as_str(), never.status),
        ("unavailable", 503)
    );
}

#[tokio::test]
async fn other_origins_are_shut_out_unless_allowed() {
    let server = Server::start(Engine::Sqlite).await;
    let allowed = |answer: &crate::harness::Answer| {
        answer
            .header("access-control-allow-origin")
            .map(ToOwned::to_owned)
    };
    let call = |server: &Server, origin: &str| {
        let body = format!("token={}&function=get-bot-id", server.token);
        let request = server
            .post(API)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        request.header(ORIGIN, origin.to_owned()).body(body)
    };
    let answer = server.send(call(&server, "https://shop.example.com")).await;
    assert_eq!(allowed(&answer), None, "off by default");

    let config = "cors_allowed_origins = [\"https://shop.example.com\"]\n";
    let server = Setup::on(Engine::Sqlite).config(config).start().await;
    let answer = server.send(call(&server, "https://shop.example.com")).await;
    assert_eq!(
        allowed(&answer).as_deref(),
        Some("https://shop.example.com")
    );
    for stranger in [
        "https://evil.example.com",
        "null",
        "https://shop.example.com.evil.example",
    ] {
        let answer = server.send(call(&server, stranger)).await;
        assert_eq!(allowed(&answer), None, "{stranger}");
    }
}

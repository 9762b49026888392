//! How the compatible door writes its answers: content types and the envelope of a failure.

use reqwest::header::{ACCEPT, CONTENT_TYPE};
use serde_json::json;

use crate::harness::{API, Body, Engine, Server};

const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test]
async fn the_content_type_is_text_unless_json_is_spoken() {
    let server = Server::start(Engine::Sqlite).await;
    let call = format!("token={}&function=get-bot-id", server.token);
    let form = || {
        server
            .post(API)
            .header(CONTENT_TYPE, FORM)
            .body(call.clone())
    };
    let wrong = || {
        server
            .post(API)
            .header(CONTENT_TYPE, FORM)
            .body("function=no-such")
    };
    for request in [form(), wrong(), form().header(ACCEPT, "*/*")] {
        let answer = server.send(request).await;
        assert_eq!(
            answer.header("content-type"),
            Some("text/plain; charset=utf-8")
        );
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.status, 200);
    }
    let accepting = form().header(ACCEPT, "application/json, text/javascript, */*; q=0.01");
    assert_eq!(
        server.send(accepting).await.header("content-type"),
        Some("application/json")
    );
    let json = server.call(Body::Json, "get-bot-id", json!({})).await;
    assert_eq!(json.header("content-type"), Some("application/json"));
    let multipart = server.call(Body::Multipart, "get-bot-id", json!({})).await;
    assert_eq!(
        multipart.header("content-type"),
        Some("text/plain; charset=utf-8")
    );
}

#[tokio::test]
async fn a_failure_names_function_code_and_reason() {
    let server = Server::start(Engine::Sqlite).await;
    let answer = server
        .call(Body::Php, "get-user", json!({"user_id": "1 OR 1=1"}))
        .await;
    assert_eq!(answer.code(), "invalid-argument");
    let body = answer.json();
    assert_eq!(body["function"], "get-user");
    assert!(
        body["message"]
            .as_str()
            .is_some_and(|sentence| sentence.contains("user_id")),
        "{body}"
    );
    assert_eq!(
        server.refused("get-user", json!({})).await,
        "missing-argument"
    );
    assert_eq!(
        server.refused("no-such-function", json!({})).await,
        "function-not-found"
    );
    let nameless = server
        .post(API)
        .header(CONTENT_TYPE, FORM)
        .body(format!("token={}", server.token));
    let code = server.send(nameless).await.code();
    assert!(
        ["missing-argument", "function-not-found"].contains(&code.as_str()),
        "{code}"
    );
}

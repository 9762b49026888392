//! Dialogflow that is not configured, is down or does not answer: the documented code, and nothing stored.

use serde_json::json;

use super::with_google;
use crate::harness::{
    CLIENT_ID, CLIENT_SECRET, Engine, Google, LOOPBACK, REFRESH_TOKEN, Server, Setup,
};

const TEN: [(&str, &str); 10] = [
    (
        "dialogflow-message",
        r#"{"conversation_id": 1, "message": "Hello"}"#,
    ),
    ("dialogflow-get-intents", "{}"),
    (
        "dialogflow-create-intent",
        r#"{"expressions": ["a"], "response": "b"}"#,
    ),
    (
        "dialogflow-update-intent",
        r#"{"intent_name": "2", "expressions": ["a"]}"#,
    ),
    (
        "dialogflow-entity",
        r#"{"entity_name": "a", "synonyms": [{"value": "b"}]}"#,
    ),
    ("dialogflow-get-entity", "{}"),
    ("dialogflow-get-agent", "{}"),
    (
        "dialogflow-set-active-context",
        r#"{"context_name": "a", "user_id": 3}"#,
    ),
    (
        "dialogflow-curl",
        r#"{"query": {"queryInput": {"text": {"text": "Hello"}}}}"#,
    ),
    ("dialogflow-smart-reply", r#"{"message": "Hello"}"#),
];

/// Every function that asks Google is refused with this code, and nothing is stored.
async fn all_are_refused_with(server: &Server, code: &str) {
    let before = server.everything().await;
    let token = ("dialogflow-get-token", "{}");
    for (function, arguments) in TEN.into_iter().chain([token]) {
        let arguments = serde_json::from_str(arguments).expect("JSON");
        assert_eq!(
            server.refused(function, arguments).await,
            code,
            "{function}"
        );
    }
    assert_eq!(server.everything().await, before);
}

#[tokio::test]
async fn what_is_not_configured_is_not_active() {
    let google = Google::start().await;
    let config = format!("{LOOPBACK}{}", google.config());
    let server = Setup::on(Engine::Sqlite).config(&config).start().await;
    server.user("John", "Doe", "john@example.com").await;
    server.conversation(3).await;
    all_are_refused_with(&server, "dialogflow-not-active").await;
    // People can take over from whatever bot there is.
    let taken = server.ok("dialogflow-human-takeover", json!({"conversation_id": 1}));
    assert_eq!(taken.await, json!([true, true]));
    server.save(json!({"dialogflow-enabled": true})).await;
    all_are_refused_with(&server, "dialogflow-not-active").await;
    // A consent says nothing of the project.
    server
        .save(json!({
            "dialogflow-client-id": CLIENT_ID, "dialogflow-client-secret": CLIENT_SECRET,
            "dialogflow-refresh-token": REFRESH_TOKEN,
        }))
        .await;
    all_are_refused_with(&server, "dialogflow-not-active").await;
    assert_eq!((google.asked().len(), google.tokens_given()), (0, 0));
    server.save(json!({"dialogflow-project": "example"})).await;
    let agent = server.ok("dialogflow-get-agent", json!({})).await;
    assert_eq!(agent["parent"], "projects/example");
    let wrong = json!({"settings": {"dialogflow-service-account": "{}"}});
    assert_eq!(
        server.refused("save-settings", wrong).await,
        "invalid-argument"
    );
    let shown = server.ok("get-settings", json!({})).await;
    for secret in ["dialogflow-client-secret", "dialogflow-refresh-token"] {
        assert_eq!(shown[secret], json!(["********", "password"]));
    }
}

#[tokio::test]
async fn a_peer_that_is_down_or_silent_is_told_soon() {
    let more = "vendor_timeout_seconds = 1\n";
    let (server, google) = with_google(Engine::Sqlite, more).await;
    google.stall();
    let started = std::time::Instant::now();
    all_are_refused_with(&server, "dialogflow-error").await;
    // Five wait for their second; then the breaker knows, and nobody waits.
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());

    let (server, google) = with_google(Engine::Sqlite, "").await;
    drop(google);
    let started = std::time::Instant::now();
    all_are_refused_with(&server, "dialogflow-error").await;
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}

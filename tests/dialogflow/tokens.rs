//! Google's tokens: kept, renewed, or brought along.

use serde_json::json;

use super::{ask, with_google};
use crate::harness::Engine;

#[tokio::test]
async fn tokens_are_kept_and_renewed_when_they_are_refused() {
    let (server, google) = with_google(Engine::Sqlite, "").await;
    ask(&server, "Hello").await;
    server.ok("dialogflow-get-agent", json!({})).await;
    assert_eq!(google.tokens_given(), 1);
    google.revoke();
    ask(&server, "Hello").await;
    assert_eq!(google.tokens_given(), 2);
    let token = server.ok("dialogflow-get-token", json!({})).await;
    assert_eq!(token, "ya29.t0ken-3");
    server.ok("dialogflow-get-agent", json!({})).await;
    assert_eq!(
        google.asked().last().expect("a request").token,
        "ya29.t0ken-3"
    );
    // A caller may bring a token along, in either of its places; a stale one does no harm.
    let own = json!({"conversation_id": 1, "message": "Hello", "dialogflow_token": "ya29.stale"});
    server.ok("dialogflow-message", own).await;
    let tokens: Vec<String> = google
        .asked()
        .into_iter()
        .map(|asked| asked.token)
        .collect();
    assert_eq!(tokens[tokens.len() - 2..], ["ya29.stale", "ya29.t0ken-3"]);
    let theirs = json!({"conversation_id": 1, "message": "Hello", "token": "ya29.stale"});
    let answer = server.v1("dialogflow-message", theirs.clone()).await;
    assert_eq!(answer.status, 200, "{answer}");
    let refused = server.refused("dialogflow-message", theirs).await;
    assert_eq!(
        refused, "invalid-token",
        "beside no Bearer it is the admin's"
    );
}

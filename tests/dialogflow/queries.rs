//! Contexts, and queries of one's own.

use serde_json::{Value, json};

use super::{ask, with_google};
use crate::harness::{Body, Engine};

#[tokio::test]
async fn contexts_are_set_and_listed_page_by_page() {
    let (server, google) = with_google(Engine::Sqlite, "").await;
    for name in ["products", "colours", "sizes"] {
        let context = json!({
            "context_name": name, "user_id": 3, "parameters": {"opencart-products": "Shoes"},
            "idempotency_key": name,
        });
        let first = server
            .ok("dialogflow-set-active-context", context.clone())
            .await;
        let result = &first["queryResult"];
        assert_eq!(result["queryText"], "sb-trigger-context");
        let contexts = result["outputContexts"].as_array().expect("contexts");
        let last = contexts.last().expect("a context");
        assert_eq!(
            *last,
            json!({
                "name": format!("projects/example/agent/sessions/3/contexts/{name}"),
                "lifespanCount": 4, "parameters": {"opencart-products": "Shoes"},
            })
        );
        let again = server.ok("dialogflow-set-active-context", context).await;
        assert_eq!(again, first, "again with its key");
    }
    assert_eq!(google.asked().len(), 3);
    let list = |query: Value| {
        let arguments = json!({
            "type": "GET", "url_part": "/agent/sessions/3/contexts", "query": query,
        });
        server.call(Body::Php, "dialogflow-curl", arguments)
    };
    let first = list(json!({"pageSize": 2})).await.response();
    let token = first["nextPageToken"].as_str().expect("another page");
    let second = list(json!({"pageSize": 2, "pageToken": token}))
        .await
        .response();
    assert_eq!(second["contexts"].as_array().map(Vec::len), Some(1));
    for (arguments, code) in [
        (
            json!({"context_name": "a", "user_id": 99}),
            "user-not-found",
        ),
        (
            json!({"context_name": "a/../b", "user_id": 3}),
            "invalid-argument",
        ),
        (
            json!({"context_name": "a", "user_id": 3, "life_span": -1}),
            "invalid-argument",
        ),
        (json!({"user_id": 3}), "missing-argument"),
    ] {
        let refused = server.refused("dialogflow-set-active-context", arguments);
        assert_eq!(refused.await, code);
    }
    // The bot's answers hear of the contexts: the session is the user's.
    let answer = ask(&server, "Hello").await;
    let contexts = &answer["response"]["queryResult"]["outputContexts"];
    assert_eq!(contexts.as_array().map(Vec::len), Some(3));
}

#[tokio::test]
async fn queries_of_ones_own_stay_in_the_project() {
    let (server, google) = with_google(Engine::Sqlite, "").await;
    let curl = |arguments: Value| server.call(Body::Json, "dialogflow-curl", arguments);
    let hello = json!({"queryInput": {"text": {"text": "Hello"}}});
    let answer =
        curl(json!({"query": hello.to_string(), "language": "es", "idempotency_key": "k"}));
    let answer = answer.await.response();
    assert_eq!(
        answer["queryResult"]["intent"]["displayName"],
        "Default Welcome Intent"
    );
    let again = json!({"query": hello.to_string(), "language": "es", "idempotency_key": "k"});
    assert_eq!(curl(again).await.response(), answer, "again with its key");
    let asked = google.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!(
        asked[0].what,
        "POST /v2/projects/example/agent/sessions/2:detectIntent"
    );
    assert_eq!(asked[0].body["queryInput"]["text"]["languageCode"], "es");
    let agent = curl(json!({"type": "GET"})).await.response();
    assert_eq!(agent["displayName"], "ABCDE");
    let renamed = json!({
        "type": "PATCH", "url_part": "agent/intents/2?updateMask=displayName", "language": "en",
        "query": {"displayName": "Renamed"},
    });
    assert_eq!(curl(renamed).await.response()["displayName"], "Renamed");
    assert_eq!(
        google.asked().last().expect("a request").what,
        "PATCH /v2/projects/example/agent/intents/2?updateMask=displayName&languageCode=en"
    );
    let made = json!({"url_part": "/agent/entityTypes", "query": {
        "displayName": "sizes", "kind": "KIND_LIST",
    }});
    assert_eq!(curl(made).await.response()["displayName"], "sizes");

    let count = google.asked().len();
    for wrong in [
        "//evil.example/x",
        "https://evil.example/x",
        "http:/evil.example",
        "/../../other/agent",
        "/agent/../../other",
        "@evil.example",
        "/agent@evil.example",
        ":8080/x//y",
        "/agent/%2e%2e/x",
        "/agent#x",
        "\\evil.example",
        "/agent/intents//",
        ".",
        "..",
    ] {
        let refused = curl(json!({"query": hello, "url_part": wrong})).await;
        assert_eq!(refused.code(), "invalid-argument", "{wrong}");
    }
    for (arguments, code) in [
        (json!({}), "missing-argument"),
        (
            json!({"type": "PATCH", "query": {"a": 1}}),
            "missing-argument",
        ),
        (
            json!({"type": "DELETE", "query": {"a": 1}}),
            "invalid-argument",
        ),
        (json!({"query": "no JSON"}), "invalid-argument"),
        (
            json!({"type": "GET", "query": {"a": {"b": 1}}}),
            "invalid-argument",
        ),
    ] {
        let refused = curl(arguments.clone()).await;
        assert_eq!(refused.code(), code, "{arguments}");
    }
    assert_eq!(google.asked().len(), count);
}

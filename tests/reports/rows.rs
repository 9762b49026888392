//! Rows that callers add.

use serde_json::json;

use crate::harness::{Body, Engine, Server, on_both_engines};

on_both_engines!(callers_add_rows);

async fn callers_add_rows(server: Server) {
    let before = server.total("articles-views").await;
    let row =
        json!({"name": "articles-views", "value": "false", "external_id": "6P2Oq", "extra": "en"});
    assert_eq!(server.ok("reports-update", row.clone()).await, true);
    assert_eq!(
        server
            .call(Body::Jquery, "reports-update", row)
            .await
            .response(),
        true
    );
    assert_eq!(server.total("articles-views").await, before + 2);
    // The same key does it once.
    for _ in 0..3 {
        let row = json!({"name": "articles-views", "idempotency_key": "once"});
        assert_eq!(server.ok("reports-update", row).await, true);
    }
    assert_eq!(server.total("articles-views").await, before + 3);

    let ada = server.agent("Ada").await;
    for seconds in ["60", "0"] {
        let row = json!({"name": "agents-response-time", "value": seconds, "external_id": ada});
        server.ok("reports-update", row).await;
    }
    server
        .ok(
            "reports-update",
            json!({"name": "agents-conversations", "external_id": "99"}),
        )
        .await;
    server
        .ok("reports-update", json!({"name": "agents-conversations"}))
        .await;
    let times = server.report("agents-response-time").await;
    assert_eq!(times, json!({"Ada Agent": [30]}));
    let conversations = server.report("agents-conversations").await;
    assert_eq!(conversations, json!({"Unknown": [1], "#99": [1]}));
    for rating in ["1", "-1", "0"] {
        let row = json!({"name": "articles-ratings", "value": rating, "external_id": "6P2Oq"});
        server.ok("reports-update", row).await;
    }
    let ratings = server.report("articles-ratings").await;
    assert_eq!(ratings, json!({"6P2Oq": [1, 2]}));
    server
        .ok(
            "reports-update",
            json!({"name": "direct-emails", "value": "7"}),
        )
        .await;
    assert_eq!(server.total("direct-emails").await, 7);

    let wrong = [
        json!({"name": "weather"}),
        json!({"name": "agents-response-time", "value": "soon"}),
        json!({"name": "agents-ratings", "value": "5"}),
        json!({"name": "agents-conversations", "external_id": "Ada"}),
        json!({"name": "subscribe", "value": "x".repeat(1_001)}),
    ];
    for row in wrong {
        assert_eq!(
            server.refused("reports-update", row).await,
            "invalid-argument"
        );
    }
    assert_eq!(
        server.refused("reports-update", json!({})).await,
        "missing-argument"
    );
    assert_eq!(server.total("subscribe").await, 0);
}

#[tokio::test]
async fn two_agents_of_one_name_have_a_row_each() {
    let server = Server::start(Engine::Sqlite).await;
    let mut ids = Vec::new();
    for email in ["a@example.com", "b@example.com"] {
        let ada =
            json!({"first_name": "Ada", "last_name": "", "email": email, "user_type": "agent"});
        ids.push(server.add_user(ada).await);
    }
    for id in &ids {
        let row = json!({"name": "agents-conversations", "external_id": id});
        server.ok("reports-update", row).await;
    }
    let data = server.report("agents-conversations").await;
    assert_eq!(
        data.as_object().map(serde_json::Map::len),
        Some(2),
        "{data}"
    );
    assert_eq!(data["Ada"], json!([1]));
}

//! A story, and what the reports make of it.

use serde_json::json;

use super::{REPORTS, story};
use crate::harness::{Server, on_both_engines};

on_both_engines!(a_story_is_reported, a_rebuild_reports_the_same);

async fn a_story_is_reported(server: Server) {
    let (john, lead, _) = story(&server).await;
    let totals = [
        ("conversations", 2),
        ("missed-conversations", 0), // the direct message answered the lead
        ("visitors", 1),
        ("leads", 1),
        ("users", 1),
        ("registrations", 1),
        ("direct-messages", 2),
        ("subscribe", 0),
    ];
    for (name, expected) in totals {
        assert_eq!(server.total(name).await, expected, "{name}");
    }
    let rows = [
        ("agents-ratings", json!({"Ada Agent": [1, 0]})),
        ("countries", json!({"GB": [1]})),
        ("languages", json!({"de": [1]})),
        ("browsers", json!({"Firefox": [1]})),
        ("os", json!({"Debian": [1]})),
    ];
    for (name, expected) in rows {
        assert_eq!(server.report(name).await, expected, "{name}");
    }
    let conversations = server.report("agents-conversations").await;
    assert_eq!(conversations["Ada Agent"], json!([1]));
    let times = server.report("agents-response-time").await;
    assert!(
        times["Ada Agent"][0]
            .as_u64()
            .is_some_and(|seconds| seconds < 60),
        "{times}"
    );
    assert_eq!(
        times.as_object().map(serde_json::Map::len),
        Some(2),
        "{times}"
    );

    let email = json!({"user_id": lead, "email": "lead@example.com"});
    server.ok("update-user", email).await;
    for (name, expected) in [("leads", 0), ("users", 2), ("registrations", 2)] {
        assert_eq!(server.total(name).await, expected, "{name}");
    }
    let rating = json!({"settings": {"conversation_id": 1, "rating": 0}});
    server.ok("set-rating", rating).await;
    let ratings = server.report("agents-ratings").await;
    // It is credited to who wrote last: by now that is the admin, with the direct message.
    assert_eq!(ratings, json!({"Admin": [0, 1]}));

    server.ok("delete-user", json!({"user_id": john})).await;
    for (name, expected) in [("conversations", 1), ("users", 1), ("visitors", 1)] {
        assert_eq!(server.total(name).await, expected, "{name}");
    }
    assert_eq!(server.report("countries").await, json!({}));
    assert_eq!(server.report("agents-ratings").await, json!({}));
}

async fn a_rebuild_reports_the_same(mut server: Server) {
    let (john, ..) = story(&server).await;
    server
        .ok(
            "reports-update",
            json!({"name": "subscribe", "value": "a@example.com"}),
        )
        .await;
    server.ok("delete-user", json!({"user_id": john})).await;
    let mut before = Vec::new();
    for (name, ..) in REPORTS {
        before.push(server.ok("reports", json!({"name": name})).await);
    }
    server.stop();
    server.told("rebuild", &[]);
    server.told("rebuild", &["--projection", "reports"]);
    server.assert_sound();
    server.start_again();
    for ((name, ..), before) in REPORTS.into_iter().zip(before) {
        assert_eq!(
            server.ok("reports", json!({"name": name})).await,
            before,
            "{name}"
        );
    }
}

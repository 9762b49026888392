//! What Slack, or the service, refuses.

use std::time::{Duration, Instant};

use serde_json::json;

use super::World;
use crate::harness::{Engine, Server, slack::TOKEN};

const CALLS: [&str; 5] = [
    "send-slack-message",
    "archive-slack-channels",
    "slack-users",
    "slack-presence",
    "slack-channels",
];

#[tokio::test]
async fn refusals_leave_no_trace_and_nobody_waiting() {
    let world = World::start(Engine::Sqlite).await;
    let World { server, .. } = &world;
    let jane = server.user("Jane", "Doe", "jane@example.com").await;
    for (arguments, code) in [
        (json!({"user_id": 3}), "missing-argument"),
        (json!({"message": "Hi"}), "missing-argument"),
        (json!({"user_id": 4, "message": "Hi"}), "missing-argument"),
        (json!({"user_id": 99, "message": "Hi"}), "user-not-found"),
        (
            json!({"user_id": 3, "message": "Hi", "conversation_id": 99}),
            "conversation-not-found",
        ),
        (
            json!({"user_id": jane, "message": "Hi", "conversation_id": 1}),
            "invalid-argument",
        ),
        (
            json!({"user_id": 3, "attachments": [["a", "javascript:alert(1)"]]}),
            "invalid-argument",
        ),
        (
            json!({"user_id": 3, "message": "Hi", "channel": "CNOWHERE"}),
            "slack-error",
        ),
    ] {
        let refused = server
            .refused("send-slack-message", arguments.clone())
            .await;
        assert_eq!(refused, code, "{arguments}");
    }
    let head = head_of(server);
    let call = |name: &'static str| server.v1(name, json!({"user_id": 3, "message": "Hi"}));
    world
        .server
        .save(json!({"slack-token": "xoxb-wrong"}))
        .await;
    for name in CALLS {
        let answer = call(name).await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (503, "slack-error"),
            "{name}"
        );
        assert_eq!(answer.json()["detail"], "Slack refused: invalid_auth.");
    }
    for off in [
        json!({"slack-token": ""}),
        json!({"slack-token": TOKEN, "slack-enabled": false}),
    ] {
        world.server.save(off).await;
        for name in CALLS {
            let code = server
                .refused(name, json!({"user_id": 3, "message": "Hi"}))
                .await;
            assert_eq!(code, "slack-not-active", "{name}");
        }
    }
    world.server.save(json!({"slack-enabled": true})).await;
    let settings_saved = head_of(server);
    assert_eq!(settings_saved, head + 4, "nothing but settings");
    let World { mut server, slack } = world;
    drop(slack);
    // Without the connections that it still has to where nobody is any more.
    server.restart();
    for name in CALLS {
        let started = Instant::now();
        let answer = server
            .v1(name, json!({"user_id": 3, "message": "Hi"}))
            .await;
        assert_eq!(answer.problem(), "slack-error", "{name}");
        assert!(started.elapsed() < Duration::from_secs(3), "{name}");
        assert!(!answer.text().contains(TOKEN));
    }
    assert_eq!(head_of(&server), settings_saved);
    assert!(!server.log().contains(TOKEN));
}

/// The number of events in the log, those apart in which reactions note how far they have come.
fn head_of(server: &Server) -> usize {
    let told = server.events_told();
    told.lines()
        .filter(|line| !line.contains("delivery.planned"))
        .count()
}

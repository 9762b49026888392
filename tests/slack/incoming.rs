//! What agents write in a user's channel is theirs in the conversation.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{CHANNEL, SECRET, World, now};
use crate::harness::{Engine, on_both_engines};

on_both_engines!(World::start =>
    what_an_agent_writes_in_slack_is_the_agents_message,
    who_is_not_linked_is_found_by_address_or_stood_in_for,
);

fn row(author: u64, text: &str) -> (String, String) {
    (author.to_string(), text.to_owned())
}

async fn what_an_agent_writes_in_slack_is_the_agents_message(world: World) {
    world.tell("Hi").await;
    let mut world = world;
    let started = Instant::now();
    let reply = json!({"text": "Hello *John* &amp; welcome, see <https://example.com|here>"});
    assert_eq!(world.hears("Ev1", reply.clone()).await.status, 200);
    assert!(started.elapsed() < Duration::from_secs(3));
    let said = row(4, "Hello *John* & welcome, see here (https://example.com)");
    assert_eq!(world.chat().await, std::slice::from_ref(&said));
    assert_eq!(world.server.status(1).await, "1");
    assert_eq!(
        world.server.ok("is-online", json!({"user_id": 4})).await,
        json!(true)
    );

    // Slack tells it again, for it had no answer: now, at the same time, and after a restart.
    let (one, two) = tokio::join!(
        world.hears("Ev1", reply.clone()),
        world.hears("Ev1", reply.clone())
    );
    assert_eq!((one.status, two.status), (200, 200));
    let (one, two) = tokio::join!(
        world.hears("Ev2", json!({"text": "Once"})),
        world.hears("Ev2", json!({"text": "Once"}))
    );
    assert_eq!((one.status, two.status), (200, 200));
    world.server.restart();
    assert_eq!(world.hears("Ev1", reply).await.status, 200);
    assert_eq!(world.chat().await, [said, row(4, "Once")]);

    let file = json!({
        "subtype": "file_share", "text": "", "files": [
            {"name": "map.png", "permalink": "https://x.slack.com/files/map.png"},
        ],
    });
    assert_eq!(world.hears("Ev3", file).await.status, 200);
    let messages = world.server.messages(1).await;
    let attachments = messages[2]["attachments"].as_str().expect("a text");
    let attachments: Value = serde_json::from_str(attachments).expect("JSON");
    assert_eq!(
        attachments,
        json!([["map.png", "https://x.slack.com/files/map.png"]])
    );

    // What is no agent's message, or in no user's channel.
    for (number, other) in [
        json!({"bot_id": "B1", "user": "UBOT"}),
        json!({"subtype": "message_changed", "message": {"text": "x"}}),
        json!({"subtype": "channel_join"}),
        json!({"type": "reaction_added"}),
        json!({"channel": "CSUPPORT"}),
    ]
    .into_iter()
    .enumerate()
    {
        let id = format!("EvOther{number}");
        assert_eq!(world.hears(&id, other.clone()).await.status, 200, "{other}");
    }
    assert_eq!(world.chat().await.len(), 3);
    // Where the user has gone, so has the channel.
    world.server.ok("delete-user", json!({"user_id": 3})).await;
    assert_eq!(world.hears("Ev4", json!({})).await.status, 200);
}

async fn who_is_not_linked_is_found_by_address_or_stood_in_for(world: World) {
    let slack = &world.slack;
    world.tell("Hi").await;
    slack.add_member("UBOB", "Bob", "bob@AGENTS.example.com");
    slack.add_member("UBEN", "Ben", "bob@agents.example.com");
    slack.add_member("UEVE", "Eve", "john@example.com");
    let heard = |id: &'static str, member: &'static str| {
        world.hears(id, json!({"user": member, "text": id}))
    };
    assert_eq!(heard("Ev1", "UBOB").await.status, 200);
    // A customer's address makes nobody an agent, and neither does none at all.
    assert_eq!(heard("Ev2", "UEVE").await.status, 200);
    assert_eq!(heard("Ev3", "UNKNOWN").await.status, 200);
    assert_eq!(world.chat().await, [row(5, "Ev1")]);
    // Slack does not answer, and is asked to tell us again.
    slack.answer_next("users.info", 500, 0, json!({}));
    let failed = heard("Ev4", "UBEN").await;
    assert_eq!(
        (failed.status, failed.problem().as_str()),
        (503, "unavailable")
    );
    assert_eq!(heard("Ev4", "UBEN").await.status, 200);
    world.server.save(json!({"slack-default-agent": 4})).await;
    assert_eq!(heard("Ev5", "UEVE").await.status, 200);
    slack.answer_next("users.info", 500, 0, json!({}));
    assert_eq!(heard("Ev6", "UNKNOWN").await.status, 200);
    assert_eq!(
        world.chat().await,
        [row(5, "Ev1"), row(5, "Ev4"), row(4, "Ev5"), row(4, "Ev6")]
    );
}

#[tokio::test]
async fn only_slack_itself_is_heard() {
    let world = World::start(Engine::Sqlite).await;
    world.tell("Hi").await;
    let channel = world.slack.named(CHANNEL).id;
    let event = json!({"type": "message", "channel": channel, "user": "UADA", "text": "Hi"});
    let body = json!({"type": "event_callback", "event_id": "Ev1", "event": event}).to_string();
    for (timestamp, secret) in [
        (now(), "another"),
        (now() - 301, SECRET),
        (now() + 301, SECRET),
    ] {
        let answer = world.posts(&body, timestamp, secret).await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (403, "security-error")
        );
    }
    let unsigned = world.server.post("/slack/events").body(body.clone());
    let answer = world.server.send(unsigned).await;
    assert_eq!(answer.problem(), "security-error");
    assert_eq!(world.chat().await, []);
    let answer = world.posts("no JSON", now(), SECRET).await;
    assert_eq!(answer.problem(), "invalid-argument");
    let got = world.server.send(world.server.get("/slack/events")).await;
    assert_eq!(got.status, 405);
    assert_eq!(world.posts(&body, now() - 290, SECRET).await.status, 200);
    assert_eq!(world.chat().await, [row(4, "Hi")]);

    let hello = json!({"type": "url_verification", "challenge": "3eZbrw1aB", "token": "x"});
    let answer = world.posts(&hello.to_string(), now(), SECRET).await;
    assert_eq!((answer.status, answer.text()), (200, "3eZbrw1aB"));
    let answer = world.posts(&hello.to_string(), now(), "another").await;
    assert_eq!(answer.status, 403);
    let other = json!({"type": "app_rate_limited", "minute_rate_limited": 1});
    let answer = world.posts(&other.to_string(), now(), SECRET).await;
    assert_eq!(answer.status, 200);

    world.server.save(json!({"slack-signing-secret": ""})).await;
    let answer = world.posts(&body, now(), "").await;
    assert_eq!(answer.problem(), "slack-not-active");
    world
        .server
        .save(json!({"slack-signing-secret": SECRET, "slack-enabled": false}))
        .await;
    let answer = world.posts(&body, now(), SECRET).await;
    assert_eq!(answer.problem(), "slack-not-active");
}

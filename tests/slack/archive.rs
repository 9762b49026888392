//! Channels go to the archive with their conversation, and come back.

use std::time::{Duration, Instant};

use serde_json::json;

use super::{CHANNEL, SECRET, World};
use crate::harness::{Engine, eventually, slack::TOKEN};

#[tokio::test]
async fn the_channel_is_archived_with_the_conversation_and_comes_back() {
    let world = World::start(Engine::Sqlite).await;
    let World { server, slack } = &world;
    let archive = || {
        let arguments = json!({"conversation_id": 1, "status_code": 3});
        server.ok("update-conversation-status", arguments)
    };
    archive().await;
    server
        .ok(
            "update-conversation-status",
            json!({"conversation_id": 1, "status_code": 0}),
        )
        .await;
    let first = world.tell("One").await;
    // Another conversation of the same user leaves the channel to the one it speaks of.
    assert_eq!(server.conversation(3).await, 2);
    let other = json!({"conversation_id": 2, "status_code": 3});
    server.ok("update-conversation-status", other).await;
    // Slack fails once; it is tried again.
    slack.answer_next("conversations.archive", 500, 0, json!({}));
    archive().await;
    eventually("the channel is archived", || async {
        slack.named(CHANNEL).archived
    })
    .await;
    assert_eq!(slack.asked("conversations.archive"), 2);
    let noted = || async {
        let told = server.events_told();
        assert!(!told.contains(TOKEN) && !told.contains(SECRET));
        told.matches("slack.channel-archived").count() == 1
    };
    eventually("it is known to be", noted).await;

    slack.let_unarchive(true);
    assert_eq!(world.tell("Two").await, first, "taken back");
    assert!(!slack.named(CHANNEL).archived);
    slack.archive(first[0].as_str().expect("an ID"));
    assert_eq!(
        world.tell("Three").await,
        first,
        "archived by hand, taken back"
    );
    assert_eq!(slack.said(CHANNEL), ["One", "Two", "Three"]);

    slack.let_unarchive(false);
    slack.archive(first[0].as_str().expect("an ID"));
    let second = world.tell("Four").await;
    assert_ne!(
        second, first,
        "a new one, since no bot may take the old one back"
    );
    assert_eq!(slack.said("john-doe-3-2"), ["Four"]);
    slack.delete(second[0].as_str().expect("an ID"));
    let third = world.tell("Five").await;
    assert_eq!(slack.said("john-doe-3-2"), ["Five"]);
    assert_eq!(world.tell("Six").await, third);
    assert!(!server.log().contains(TOKEN));
}

#[tokio::test]
async fn all_channels_are_archived_as_far_as_slack_lets() {
    let world = World::start(Engine::Sqlite).await;
    let World { server, slack } = &world;
    let first = world.tell("One").await;
    slack.add_channel("CMORE", "more");
    // Slack wants a minute's pause after the first; that is longer than a call takes.
    slack.answer_next("conversations.archive", 200, 0, json!({"ok": true}));
    let limited = json!({"ok": false, "error": "ratelimited"});
    slack.answer_next("conversations.archive", 429, 60, limited.clone());
    let started = Instant::now();
    let archive = || server.ok("archive-slack-channels", json!({}));
    assert_eq!(archive().await, json!(false), "call it again");
    assert!(started.elapsed() < Duration::from_secs(10));
    // A short pause is kept.
    slack.answer_next("conversations.archive", 429, 1, limited.clone());
    assert_eq!(archive().await, json!(true));
    let living = slack.channels().into_iter().filter(|it| !it.archived);
    let living: Vec<_> = living.map(|it| it.name).collect();
    assert_eq!(living, ["general"]);
    assert_eq!(archive().await, json!(true), "nothing is left to do");
    slack.let_unarchive(true);
    assert_eq!(world.tell("Two").await, first);
    assert_eq!(slack.said(CHANNEL), ["One", "Two"]);
    slack.answer_next("conversations.archive", 429, 60, limited);
    let refused = server.refused("archive-slack-channels", json!({})).await;
    assert_eq!(refused, "slack-error", "none could be archived");
}

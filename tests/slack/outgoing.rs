//! What users write goes to a channel of their own.

use serde_json::json;

use super::{CHANNEL, World};
use crate::harness::{Engine, Receiver, eventually, slack::Channel};

#[tokio::test]
async fn the_first_message_makes_the_users_channel() {
    let world = World::start(Engine::Sqlite).await;
    let World { server, slack } = &world;
    let receiver = Receiver::start().await;
    world
        .server
        .save(json!({
            "webhooks-enabled": true, "webhooks-url": receiver.url,
            "webhooks-active": "slack-message-sent",
        }))
        .await;
    let first = json!({
        "user_id": 3, "conversation_id": 1, "message": "1 < 2 & __so__ on",
        "attachments": [["plan.pdf", "https://example.com/plan.pdf"]],
        "idempotency_key": "first",
    });
    let channels = server.ok("send-slack-message", first.clone()).await;
    let channel = slack.named(CHANNEL);
    assert_eq!(channels, json!([channel.id]));
    assert_eq!(channel.invited, ["UADA"]);
    let post = &channel.posts[0];
    assert_eq!(post["username"], "John Doe");
    assert_eq!(
        post["text"],
        "1 &lt; 2 &amp; _so_ on\n<https://example.com/plan.pdf|plan.pdf>"
    );
    assert_eq!(
        receiver.data("slack-message-sent").await,
        json!({
            "message": "1 < 2 & __so__ on", "conversation_id": "1", "slack_channel": channel.id,
        })
    );
    let notes = slack.named("support").posts;
    assert_eq!(notes.len(), 1);
    assert_eq!(
        notes[0]["text"],
        format!("*John Doe* has written: <#{}>", channel.id)
    );
    let button = &notes[0]["blocks"][1]["elements"][0];
    assert_eq!(button["text"]["text"], "Join");
    let url = button["url"].as_str().expect("a URL");
    assert!(url.ends_with(&format!("channel={}", channel.id)), "{url}");

    assert_eq!(
        server.ok("send-slack-message", first).await,
        channels,
        "again with its key"
    );
    assert_eq!(world.tell("Second").await, channels);
    let reply = json!({
        "user_id": 4, "conversation_id": 1, "message": "Third", "full_name": "Ada L.",
        "profile_image": "https://example.com/ada.png",
    });
    assert_eq!(server.ok("send-slack-message", reply).await, channels);
    let elsewhere = json!({"user_id": 3, "message": "Elsewhere", "channel": "CSUPPORT"});
    let there = server.ok("send-slack-message", elsewhere).await;
    assert_eq!(there, json!(["CSUPPORT"]));
    assert_eq!(slack.said(CHANNEL)[1..], ["Second", "Third"]);
    let third = &slack.named(CHANNEL).posts[2];
    assert_eq!(third["username"], "Ada L.");
    assert_eq!(third["icon_url"], "https://example.com/ada.png");
    assert_eq!(slack.said("support")[1..], ["Elsewhere"]);
    assert_eq!(slack.asked("conversations.create"), 1);
    assert_eq!(
        world.chat().await,
        [],
        "what goes to Slack is no message of the chat"
    );
}

#[tokio::test]
async fn two_first_messages_at_once_and_a_name_that_is_taken() {
    let world = World::start(Engine::Sqlite).await;
    let World { server, slack } = &world;
    slack.add_channel("CTAKEN", CHANNEL);
    let (one, two) = tokio::join!(world.tell("One"), world.tell("Two"));
    assert_eq!(one, two);
    let id = one[0].as_str().expect("an ID").to_owned();
    let living = |it: &Channel| !it.archived && it.joined;
    let johns = slack.channels().into_iter().filter(living);
    let mut johns: Vec<_> = johns.filter(|it| it.name.starts_with(CHANNEL)).collect();
    let john = johns.pop().expect("a channel");
    assert!(johns.is_empty(), "one channel a user: {johns:?}");
    assert_eq!((&john.id, john.posts.len()), (&id, 2));
    assert_eq!(slack.named(CHANNEL).posts.len(), 0, "it is somebody else's");
    // A department of its own has a channel of its own to be told in; a name without a letter is fine.
    slack.add_channel("CSALES", "sales");
    world
        .server
        .save(json!({"slack-departments": {"2": "CSALES"}}))
        .await;
    let wang = server.user("王", "小明", "wang@example.com").await;
    let conversation = json!({"user_id": wang, "department": 2});
    server.conversation_with(conversation).await;
    server
        .ok(
            "send-slack-message",
            json!({"user_id": wang, "message": "你好"}),
        )
        .await;
    assert_eq!(slack.said(&format!("user-{wang}")), ["你好"]);
    assert_eq!(slack.named("sales").posts.len(), 1);
    assert_eq!(slack.named("support").posts.len(), 1);
}

#[tokio::test]
async fn messages_of_users_go_to_slack_by_themselves_where_the_setting_says_so() {
    let world = World::start(Engine::Sqlite).await;
    let World { server, slack } = &world;
    world.server.save(json!({"slack-forward": true})).await;
    // Slack is out of order for a while: nothing is lost, and the order is kept.
    slack.answer_next("chat.postMessage", 500, 0, json!({}));
    server.say(3, 1, "One").await;
    server.say(4, 1, "From Ada").await;
    server.say(3, 1, "Two").await;
    let said = || {
        slack
            .channels()
            .iter()
            .any(|it| it.posts.len() == 2 && it.name == CHANNEL)
    };
    eventually("both arrive", || async { said() }).await;
    assert_eq!(slack.said(CHANNEL), ["One", "Two"]);
    assert_eq!(
        slack.named("support").posts.len(),
        1,
        "agents are told once"
    );
    // What agents write in Slack does not come back to them.
    assert_eq!(world.hears("Ev1", json!({})).await.status, 200);
    server.say(3, 1, "Three").await;
    let said = || slack.said(CHANNEL).len() >= 3;
    eventually("the third arrives", || async { said() }).await;
    assert_eq!(slack.said(CHANNEL), ["One", "Two", "Three"]);
    assert_eq!(world.chat().await.len(), 5);
}

//! Slack where it is slow, or fails halfway: nothing is lost, and nothing else waits; and who is there
//! counts as there.

use std::fmt::Write as _;
use std::time::Duration;

use futures::future::join_all;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::harness::slack::{TOKEN, Workspace};
use crate::harness::{Answer, Engine, Server, Setup, eventually};

const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
const CHANNEL: &str = "john-doe-3";
/// Longer than anybody here waits.
const FOR_EVER: Duration = Duration::from_secs(600);

/// A service that knows a workspace, with John (3) and his conversation 1, and the agents Ada (4), who
/// is linked with the member UADA, and Bob (5), whom UBOB's address tells.
struct World {
    server: Server,
    slack: Workspace,
}

impl World {
    async fn start(config: &str) -> Self {
        let slack = Workspace::start().await;
        let config = format!(
            "allow_private_targets = [\"127.0.0.0/8\"]\nwebhook_retry_seconds = [1, 1, 1]\n\
             slack_url = \"{}\"\n{config}",
            slack.url
        );
        let server = Setup::on(Engine::Sqlite).config(&config).start().await;
        assert_eq!(server.user("John", "Doe", "john@example.com").await, 3);
        assert_eq!(server.agent("Ada").await, 4);
        assert_eq!(server.agent("Bob").await, 5);
        assert_eq!(server.conversation(3).await, 1);
        slack.add_member("UADA", "Ada", "ada@home.example");
        slack.add_member("UBOB", "Bob", "bob@agents.example.com");
        let world = Self { server, slack };
        let settings = json!({
            "slack-enabled": true, "slack-token": TOKEN, "slack-signing-secret": SECRET,
            "slack-agents": {"UADA": "4"},
        });
        world.save(settings).await;
        world
    }

    async fn save(&self, settings: Value) {
        let settings = json!({ "settings": settings });
        let saved = self.server.ok("save-settings", settings).await;
        assert_eq!(saved, json!(true));
    }

    /// Sends a message of John's to Slack.
    async fn tell(&self, message: &str) {
        let arguments = json!({"user_id": 3, "conversation_id": 1, "message": message});
        self.server.ok("send-slack-message", arguments).await;
    }

    /// Has Slack tell us of what a member has written in John's channel, as it does.
    async fn hears(&self, id: &str, member: &str, text: &str) -> Answer {
        let event = json!({
            "type": "message", "channel": self.slack.named(CHANNEL).id, "user": member, "text": text,
        });
        let body = json!({"type": "event_callback", "event_id": id, "event": event}).to_string();
        let now = std::time::UNIX_EPOCH.elapsed().expect("after 1970");
        let timestamp = now.as_secs();
        let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("any key");
        mac.update(format!("v0:{timestamp}:{body}").as_bytes());
        let digits = mac.finalize().into_bytes();
        let digits = digits.iter().fold(String::new(), |mut digits, byte| {
            let _ = write!(digits, "{byte:02x}");
            digits
        });
        let request = self
            .server
            .post("/slack/events")
            .header("content-type", "application/json")
            .header("x-slack-request-timestamp", timestamp.to_string())
            .header("x-slack-signature", format!("v0={digits}"))
            .body(body);
        self.server.send(request).await
    }

    /// The texts of John's first conversation and their authors.
    async fn chat(&self) -> Vec<(String, String)> {
        let messages = self.server.messages(1).await;
        let text = |row: &Value, name: &str| row[name].as_str().expect("a text").to_owned();
        let messages = messages.as_array().expect("a list").iter();
        messages
            .map(|row| (text(row, "user_id"), text(row, "message")))
            .collect()
    }
}

#[tokio::test]
async fn conversations_of_one_user_lose_nothing_to_one_another() {
    let world = World::start("").await;
    let World { server, slack } = &world;
    assert_eq!(server.conversation(3).await, 2);
    world.tell("Hi").await;
    world.save(json!({"slack-forward": true})).await;
    slack.answer_next("chat.postMessage", 503, 0, json!({}));
    let tries = slack.asked("chat.postMessage");
    server.say(3, 1, "Failed first").await;
    let failed = || async { slack.asked("chat.postMessage") > tries };
    eventually("Slack fails", failed).await;
    server.say(3, 2, "Went at once").await;
    let said = || async { slack.said(CHANNEL).len() >= 3 };
    eventually("both arrive", said).await;
    server.say(3, 1, "After it").await;
    let said = || async { slack.said(CHANNEL).len() >= 4 };
    eventually("the third arrives", said).await;
    assert_eq!(
        slack.said(CHANNEL),
        ["Hi", "Went at once", "Failed first", "After it"]
    );
}

#[tokio::test]
async fn a_slow_answer_about_a_member_closes_nothing_and_loses_no_reply() {
    let world = World::start("").await;
    let World { slack, .. } = &world;
    world.tell("Hi").await;
    slack.slow_down("users.info", FOR_EVER);
    let ids: Vec<_> = (0..8).map(|number| format!("EvSilent{number}")).collect();
    let heard = ids.iter().map(|id| world.hears(id, "UBOB", "Hello"));
    for answer in join_all(heard).await {
        let said = (answer.status, answer.problem());
        assert_eq!(said, (503, "unavailable".to_owned()));
    }
    world.tell("Still open").await;
    assert_eq!(slack.said(CHANNEL), ["Hi", "Still open"]);
}

#[tokio::test]
async fn who_is_found_late_is_known_when_slack_comes_again() {
    let world = World::start("").await;
    let World { slack, .. } = &world;
    world.tell("Hi").await;
    // Longer than Slack can be kept waiting.
    slack.slow_down("users.info", Duration::from_millis(2_500));
    assert_eq!(world.hears("Ev1", "UBOB", "Hello").await.status, 503);
    let again = || async { world.hears("Ev1", "UBOB", "Hello").await.status == 200 };
    eventually("the event is taken", again).await;
    slack.slow_down("users.info", FOR_EVER);
    let next = world.hears("Ev2", "UBOB", "I am known").await;
    assert_eq!(next.status, 200);
    let bobs = |text: &str| ("5".to_owned(), text.to_owned());
    assert_eq!(world.chat().await, [bobs("Hello"), bobs("I am known")]);
}

#[tokio::test]
async fn presence_in_slack_is_presence_without_anybody_asking() {
    let world = World::start("slack_presence_every_seconds = 1\nonline_window_seconds = 8\n").await;
    let World { server, slack } = &world;
    let online = |agent: u64| server.ok("is-online", json!({"user_id": agent}));
    // Bob has less to do.
    let adas = json!({"user_id": 3, "agent_id": 4});
    server.conversation_with(adas).await;
    slack.set_active("UADA", true);
    assert_eq!(slack.asked("users.getPresence"), 0, "it is not switched on");
    world
        .save(json!({"slack-presence": true, "routing": true}))
        .await;
    let is_there = || async { online(4).await == true };
    eventually("Ada is online", is_there).await;
    assert_eq!(online(5).await, false, "Bob is not linked");
    let routed = server.conversation(3).await;
    let whose = json!({"conversation_ids": [routed], "agent_id": 4});
    let assigned = server.ok("check-conversations-assignment", whose).await;
    assert_eq!(assigned, json!([routed]), "routing knows");
    slack.set_active("UADA", false);
    let has_gone = || async { online(4).await == false };
    eventually("her sign of life ends", has_gone).await;
}

#[tokio::test]
async fn texts_keep_their_marks_links_and_names_on_the_way() {
    let world = World::start("").await;
    world
        .tell("__See__ https://x.test/a__b, `__init__` and ```a__b```")
        .await;
    assert_eq!(
        world.slack.said(CHANNEL),
        ["_See_ <https://x.test/a__b>, `__init__` and ```a__b```"]
    );
    let written = "_Hello_ <https://x.test/a_b_c>, `_x_`: ask <@UADA> or <@UNKNOWN>";
    assert_eq!(world.hears("Ev1", "UADA", written).await.status, 200);
    let read = "__Hello__ https://x.test/a_b_c, `_x_`: ask @Ada Agent or @UNKNOWN";
    assert_eq!(world.chat().await, [("4".to_owned(), read.to_owned())]);
}

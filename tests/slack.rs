//! Slack: what goes there, what comes back, and what becomes of both when Slack does not want.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::harness::slack::{TOKEN, Workspace};
use crate::harness::{Answer, Engine, Receiver, Server, Setup, eventually};

const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
const CHANNEL: &str = "john-doe-3";

/// A service that knows a workspace, with John (3) and his conversation 1 with the agent Ada (4), and
/// the agent Bob (5). Ada is linked with the member UADA.
struct World {
    server: Server,
    slack: Workspace,
}

impl World {
    async fn start(engine: Engine) -> Self {
        let slack = Workspace::start().await;
        let config = format!(
            "allow_private_targets = [\"127.0.0.0/8\"]\nwebhook_retry_seconds = [1, 1, 1]\n\
             slack_url = \"{}\"\n",
            slack.url
        );
        let server = Setup::on(engine).config(&config).start().await;
        assert_eq!(server.user("John", "Doe", "john@example.com").await, 3);
        assert_eq!(server.agent("Ada").await, 4);
        assert_eq!(server.agent("Bob").await, 5);
        let conversation = json!({"user_id": 3, "agent_id": 4, "department": 2});
        assert_eq!(server.conversation_with(conversation).await, 1);
        let world = Self { server, slack };
        let settings = json!({
            "slack-enabled": true, "slack-token": TOKEN, "slack-signing-secret": SECRET,
            "slack-channel": "CSUPPORT", "slack-agents": {"UADA": "4"},
        });
        world.save(settings).await;
        world.slack.add_member("UADA", "Ada", "ada@home.example");
        world
    }

    async fn save(&self, settings: Value) {
        let saved = self
            .server
            .ok("save-settings", json!({ "settings": settings }));
        assert_eq!(saved.await, json!(true));
    }

    /// Sends a message of John's to Slack, and answers the channels.
    async fn tell(&self, message: &str) -> Value {
        let arguments = json!({"user_id": 3, "conversation_id": 1, "message": message});
        self.server.ok("send-slack-message", arguments).await
    }

    /// Has Slack tell us of an event in John's channel, as it does.
    async fn hears(&self, id: &str, event: Value) -> Answer {
        let event = merged(
            json!({
                "type": "message", "channel": self.slack.named(CHANNEL).id, "user": "UADA",
                "text": "Hello John", "ts": "1503435956.000300",
            }),
            event,
        );
        let body = json!({"type": "event_callback", "event_id": id, "event": event});
        self.posts(&body.to_string(), now(), SECRET).await
    }

    /// Posts this body, signed with this secret at this time.
    async fn posts(&self, body: &str, timestamp: i64, secret: &str) -> Answer {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any key");
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
            .header("x-slack-retry-num", "1")
            .body(body.to_owned());
        self.server.send(request).await
    }

    /// The texts of the conversation and their authors.
    async fn chat(&self) -> Vec<(String, String)> {
        let messages = self.server.messages(1).await;
        let messages = messages.as_array().expect("a list").clone();
        let text = |row: &Value, name: &str| row[name].as_str().expect("a text").to_owned();
        messages
            .iter()
            .map(|row| (text(row, "user_id"), text(row, "message")))
            .collect()
    }
}

fn merged(mut first: Value, second: Value) -> Value {
    let Value::Object(more) = second else {
        panic!("an object")
    };
    first.as_object_mut().expect("an object").extend(more);
    first
}

/// Seconds since 1970, as another server's clock has them.
fn now() -> i64 {
    let now = std::time::UNIX_EPOCH.elapsed().expect("after 1970");
    i64::try_from(now.as_secs()).expect("not that late")
}

fn row(author: u64, text: &str) -> (String, String) {
    (author.to_string(), text.to_owned())
}

/// Makes of each named `async fn name(world: World)` two tests, one for each engine.
macro_rules! in_both_worlds {
    ($($name:ident),+ $(,)?) => { $(
        mod $name {
            use crate::harness::Engine;

            #[tokio::test]
            async fn sqlite() {
                super::$name(super::World::start(Engine::Sqlite).await).await;
            }

            #[tokio::test]
            async fn postgres() {
                super::$name(super::World::start(Engine::Postgres).await).await;
            }
        }
    )+ };
}

in_both_worlds!(
    what_an_agent_writes_in_slack_is_the_agents_message,
    who_is_not_linked_is_found_by_address_or_stood_in_for,
);

#[tokio::test]
async fn the_first_message_makes_the_users_channel() {
    let world = World::start(Engine::Sqlite).await;
    let World { server, slack } = &world;
    let receiver = Receiver::start().await;
    world
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
    let living = |it: &crate::harness::slack::Channel| !it.archived && it.joined;
    let johns = slack.channels().into_iter().filter(living);
    let mut johns: Vec<_> = johns.filter(|it| it.name.starts_with(CHANNEL)).collect();
    let john = johns.pop().expect("a channel");
    assert!(johns.is_empty(), "one channel a user: {johns:?}");
    assert_eq!((&john.id, john.posts.len()), (&id, 2));
    assert_eq!(slack.named(CHANNEL).posts.len(), 0, "it is somebody else's");
    // A department of its own has a channel of its own to be told in; a name without a letter is fine.
    slack.add_channel("CSALES", "sales");
    world
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
    world.save(json!({"slack-default-agent": 4})).await;
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

    world.save(json!({"slack-signing-secret": ""})).await;
    let answer = world.posts(&body, now(), "").await;
    assert_eq!(answer.problem(), "slack-not-active");
    world
        .save(json!({"slack-signing-secret": SECRET, "slack-enabled": false}))
        .await;
    let answer = world.posts(&body, now(), SECRET).await;
    assert_eq!(answer.problem(), "slack-not-active");
}

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
        let told = server.run(&["events"]);
        let told = String::from_utf8(told.stdout).expect("UTF-8");
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

#[tokio::test]
async fn members_agents_and_links_are_listed_and_presence_told() {
    let world = World::start(Engine::Sqlite).await;
    let World { server, slack } = &world;
    slack.add_member("UBOB", "Bob", "bob@agents.example.com");
    slack.add_members(json!([
        {"id": "UGONE", "name": "gone", "deleted": true},
        {"id": "UBOT", "name": "bot", "is_bot": true},
        {"id": "USLACKBOT", "name": "slackbot"},
        {"id": "UNICK", "name": "nick"},
    ]));
    let links = json!({"UADA": "4", "UBOB": "5", "UNOBODY": "2"});
    world
        .save(json!({"slack-agents": [links, "mapping"]}))
        .await;
    let people = server.ok("slack-users", json!({})).await;
    assert_eq!(
        people["slack_users"],
        json!([
            {"id": "UADA", "name": "Ada"}, {"id": "UBOB", "name": "Bob"}, {"id": "UNICK", "name": "nick"},
        ])
    );
    assert_eq!(people["agents"][1], json!({"id": "4", "name": "Ada Agent"}));
    assert_eq!(people["saved"], links);
    let settings = server.ok("get-settings", json!({})).await;
    assert_eq!(settings["slack-agents"], json!([links, "mapping"]));
    assert_eq!(settings["slack-token"], json!(["********", "password"]));
    assert_eq!(
        settings["slack-signing-secret"],
        json!(["********", "password"])
    );

    let present = |arguments: Value| server.ok("slack-presence", arguments);
    let online = |id: u64| server.ok("is-online", json!({"user_id": id}));
    assert_eq!(present(json!({})).await, "offline");
    assert_eq!(present(json!({"list": true})).await, json!([]));
    slack.set_active("UBOB", true);
    assert_eq!(present(json!({})).await, "online");
    assert_eq!(
        present(json!({"agent_id": false, "list": true})).await,
        json!(["5"])
    );
    assert_eq!(present(json!({"agent_id": 4})).await, "offline");
    assert_eq!(present(json!({"agent_id": 5})).await, "online");
    assert_eq!(
        present(json!({"agent_id": 3})).await,
        "offline",
        "without a link"
    );
    assert_eq!(
        present(json!({"agent_id": 2})).await,
        "offline",
        "a member unknown to Slack"
    );
    assert_eq!(
        online(5).await,
        json!(false),
        "as long as the setting does not say so"
    );
    world.save(json!({"slack-presence": true})).await;
    assert_eq!(present(json!({"agent_id": 5})).await, "online");
    assert_eq!(
        (online(5).await, online(4).await),
        (json!(true), json!(false))
    );
    assert_eq!(server.ok("agents-online", json!({})).await, json!(true));

    slack.add_channel("C1", "one");
    slack.add_channel("C2", "two");
    slack.archive("C1");
    let channels = server.ok("slack-channels", json!({})).await;
    let rows = channels["channels"].as_array().expect("a list");
    let names: Vec<_> = rows.iter().map(|row| row["name"].clone()).collect();
    assert_eq!(names, ["general", "support", "one", "two"]);
    assert_eq!(rows[2]["is_archived"], true);
    assert_eq!(channels["response_metadata"]["next_cursor"], "");
    for wrong in [
        json!({"slack-agents": {"UADA": "Ada"}}),
        json!({"slack-departments": {"sales": "C1"}}),
        json!({"slack-channel": "#general"}),
    ] {
        let code = server
            .refused("save-settings", json!({ "settings": wrong }))
            .await;
        assert_eq!(code, "invalid-argument", "{wrong}");
    }
}

#[tokio::test]
async fn messages_of_users_go_to_slack_by_themselves_where_the_setting_says_so() {
    let world = World::start(Engine::Sqlite).await;
    let World { server, slack } = &world;
    world.save(json!({"slack-forward": true})).await;
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
    world.save(json!({"slack-token": "xoxb-wrong"})).await;
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
        world.save(off).await;
        for name in CALLS {
            let code = server
                .refused(name, json!({"user_id": 3, "message": "Hi"}))
                .await;
            assert_eq!(code, "slack-not-active", "{name}");
        }
    }
    world.save(json!({"slack-enabled": true})).await;
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
    let told = String::from_utf8(server.run(&["events"]).stdout).expect("UTF-8");
    told.lines()
        .filter(|line| !line.contains("delivery.planned"))
        .count()
}

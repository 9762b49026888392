//! Webhooks: which are sent, what is in them, in which order, and what becomes of those that fail.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::harness::{
    Engine, Hook, NatsServer, Receiver, Reply, Server, Setup, eventually, on_both_engines,
};

/// Tries after 1, 1 and 1 second, then no more; loopback may be reached.
const CONFIG: &str =
    "allow_private_targets = [\"127.0.0.0/8\"]\nwebhook_retry_seconds = [1, 1, 1]\n";

/// A service that sends webhooks to a receiver, and the NATS that they come through, if they do.
pub(crate) struct World {
    pub(crate) server: Server,
    pub(crate) receiver: Receiver,
    pub(crate) nats: Option<NatsServer>,
}

pub(crate) async fn started(nats: Option<NatsServer>) -> World {
    let setup = Setup::on(Engine::Sqlite).config(CONFIG);
    let setup = match &nats {
        Some(nats) => setup.env("HAVEFUNNELS_NATS", &nats.url()),
        None => setup,
    };
    let server = setup.start().await;
    let receiver = Receiver::start().await;
    switch_on(&server, &receiver, "").await;
    World {
        server,
        receiver,
        nats,
    }
}

/// Makes of each named `async fn name(world: World)` two tests: `name::tail`, where reactions read
/// the log's own tail, and `name::nats`, where they read NATS JetStream.
macro_rules! through_both {
    ($($name:ident),+ $(,)?) => { $(
        mod $name {
            use crate::harness::{NatsServer, tool};

            #[tokio::test]
            async fn tail() {
                super::$name(crate::webhooks::started(None).await).await;
            }

            #[tokio::test]
            async fn nats() {
                let nats = NatsServer::started(tool("nats-server"));
                super::$name(crate::webhooks::started(Some(nats)).await).await;
            }
        }
    )+ };
}
pub(crate) use through_both;

through_both!(
    every_payload_is_as_documented,
    a_failing_receiver_is_tried_again_with_the_same_id_and_in_order,
    a_dead_conversation_delays_no_other_and_is_given_up_in_the_end,
    nothing_is_lost_and_nothing_renamed_when_everything_is_killed,
    a_range_can_be_sent_once_more,
);

pub(crate) async fn switch_on(server: &Server, receiver: &Receiver, active: &str) {
    let settings = json!({"settings": {
        "webhooks-enabled": [true, "checkbox"], "webhooks-url": [receiver.url, "text"],
        "webhooks-key": ["s3cret", "password"], "webhooks-active": [active, "text"],
    }});
    assert_eq!(server.ok("save-settings", settings).await, json!(true));
}

/// A user with a conversation and a first message: 3, 1 and 1.
pub(crate) async fn john(server: &Server) {
    let john = json!({
        "first_name": "John", "last_name": "Doe", "email": "john@example.com", "password": "secret-3",
        "user_type": "user", "settings_extra": {"phone": ["+4462367136", "Phone"]},
    });
    assert_eq!(server.add_user(john).await, 3);
    assert_eq!(server.conversation(3).await, 1);
    assert_eq!(server.say(3, 1, "Hello! How are you?").await, 1);
}

#[expect(
    clippy::too_many_lines,
    reason = "one payload after the other, as the document prints them"
)]
async fn every_payload_is_as_documented(world: World) {
    let World {
        server,
        receiver,
        nats: _nats,
    } = world;
    john(&server).await;
    assert_eq!(
        receiver.data("message-sent").await,
        json!({
            "user_id": "3", "conversation_user_id": "3", "conversation_id": "1",
            "conversation_status": "-1", "message_id": "1", "message": "Hello! How are you?",
        })
    );
    let news = receiver.data("new-messages-received").await;
    let time = news[0]["details"]["creation_time"]
        .as_str()
        .expect("a time")
        .to_owned();
    let picture = format!("{}/media/user.svg", server.address());
    assert_eq!(
        news,
        json!([{"details": {
            "id": "1", "user_id": "3", "message": "Hello! How are you?", "creation_time": time,
            "attachments": "", "status_code": "0", "conversation_id": "1", "first_name": "John",
            "last_name": "Doe", "profile_image": picture, "user_type": "user", "full_name": "John Doe",
        }}])
    );
    let details = |status: &str, time: &Value| {
        json!({"details": {
            "user_id": "3", "first_name": "John", "last_name": "Doe", "profile_image": picture,
            "user_type": "user", "id": "1", "title": "", "conversation_time": time,
            "conversation_status_code": status, "department": "", "agent_id": "",
        }})
    };
    let created = receiver.data("new-conversation-created").await;
    assert_eq!(
        created,
        details("0", &created["details"]["conversation_time"])
    );
    let received = receiver.data("new-conversation-received").await;
    assert_eq!(
        received,
        details("2", &received["details"]["conversation_time"])
    );
    assert_eq!(
        receiver.data("conversation-status-updated").await,
        json!({"conversation_id": "1", "status_code": "2"})
    );
    assert_eq!(
        receiver.data("registration").await,
        json!({
            "user": {
                "profile_image": [picture, "Profile image"], "first_name": ["John", "First name"],
                "last_name": ["Doe", "Last name"], "email": ["john@example.com", "Email"],
                "password": ["********", "Password"], "password-check": ["********", "Repeat password"],
                "user_type": ["user", ""],
            },
            "extra": {"phone": ["+4462367136", "Phone"]},
        })
    );
    assert_eq!(
        receiver.data("new-email-address").await,
        json!({"name": "John Doe", "email": "john@example.com"})
    );
    let login = json!({"email": "john@example.com", "password": "secret-3"});
    let token = server.ok("login", login).await[0]["token"].clone();
    assert_eq!(
        receiver.data("login").await,
        json!({"details": {
            "id": "3", "profile_image": picture, "first_name": "John", "last_name": "Doe",
            "email": "john@example.com", "user_type": "user", "token": token,
        }})
    );
    let answered = json!({"message_id": 1, "payload": {"rich-messages": {"example": {
        "type": "inputs", "result": {"name": ["Doe", "Name"]},
    }}}});
    server.ok("update-message", answered).await;
    assert_eq!(
        receiver.data("rich-message").await,
        json!({
            "result": true, "data": {"type": "inputs", "result": {"name": ["Doe", "Name"]}}, "id": "example",
        })
    );
    server.ok("delete-message", json!({"message_id": 1})).await;
    assert_eq!(receiver.data("message-deleted").await, json!("1"));
    server.ok("delete-user", json!({"user_id": 3})).await;
    assert_eq!(receiver.data("user-deleted").await, json!("3"));
    for hook in receiver.hooks() {
        assert_eq!(hook.body["key"], "s3cret");
        assert_eq!(hook.body["sender-url"], server.address());
        assert_eq!(
            hook.body.as_object().expect("an object").len(),
            4,
            "{}",
            hook.text
        );
        assert!(
            !hook.text.contains("secret-3"),
            "a password left: {}",
            hook.text
        );
        assert_eq!(hook.signature, signature(&hook));
    }
}

/// As a receiver computes it, from what it got.
fn signature(hook: &Hook) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(b"s3cret").expect("any key");
    mac.update(format!("{}.{}.{}", hook.id, hook.timestamp, hook.text).as_bytes());
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

on_both_engines!(only_the_active_ones_are_sent_and_what_became_of_them_is_told);

async fn only_the_active_ones_are_sent_and_what_became_of_them_is_told(server: Server) {
    // This service may reach no private address: nothing arrives, and the log of webhooks says why.
    let receiver = Receiver::start().await;
    switch_on(&server, &receiver, "message-sent, new-conversation").await;
    john(&server).await;
    let failed = || async {
        let answer = server
            .v1("webhooks/deliveries", json!({"state": "failed"}))
            .await;
        answer.json().as_array().expect("rows").clone()
    };
    eventually("both were tried", || async { failed().await.len() == 1 }).await;
    let rows = failed().await;
    assert_eq!(rows[0]["name"], "message-sent");
    assert_eq!(rows[0]["attempts"], 1);
    let error = rows[0]["error"].as_str().expect("an error");
    assert!(error.contains("127.0.0.1"), "{error}");
    let all = server.v1("webhooks/deliveries", json!({})).await.json();
    assert_eq!(
        all[0]["name"], "new-conversation-received",
        "waits in its lane"
    );
    assert_eq!(all[0]["state"], "pending");
    assert_eq!(all.as_array().expect("rows").len(), 2);
    assert_eq!(receiver.hooks().len(), 0);
    let wrong = server
        .v1("webhooks/deliveries", json!({"state": "lost"}))
        .await;
    assert_eq!(wrong.status, 400);
}

async fn a_failing_receiver_is_tried_again_with_the_same_id_and_in_order(world: World) {
    let World {
        server,
        receiver,
        nats: _nats,
    } = world;
    switch_on(&server, &receiver, "message-sent").await;
    receiver.answer_next([
        Reply::Status(500),
        Reply::Redirect,
        Reply::RetryAfter(503, 2),
    ]);
    john(&server).await;
    server.say(3, 1, "Second").await;
    let hooks = receiver.wait(5).await;
    let said: Vec<_> = hooks
        .iter()
        .map(|hook| hook.body["data"]["message"].clone())
        .collect();
    let first = json!("Hello! How are you?");
    assert_eq!(
        said,
        [
            first.clone(),
            first.clone(),
            first.clone(),
            first,
            json!("Second")
        ]
    );
    assert!(hooks[..4].iter().all(|hook| hook.id == hooks[0].id));
    assert_ne!(hooks[4].id, hooks[0].id);
    // Retry-After is obeyed beyond the pause of a second.
    let time = |hook: usize| hooks[hook].timestamp.parse::<u64>().expect("seconds");
    assert!(time(3) >= time(2) + 2, "{} {}", time(2), time(3));
}

async fn a_dead_conversation_delays_no_other_and_is_given_up_in_the_end(world: World) {
    let World {
        server,
        receiver,
        nats: _nats,
    } = world;
    switch_on(&server, &receiver, "message-sent").await;
    john(&server).await;
    receiver.wait(1).await;
    receiver.answer_when("cursed", Some(Reply::Status(500)));
    receiver.answer_when("slow", Some(Reply::Stall(Duration::from_secs(60))));
    server.say(3, 1, "cursed").await;
    assert_eq!(server.conversation(3).await, 2);
    server.say(3, 2, "slow").await;
    assert_eq!(server.conversation(3).await, 3);
    server.say(3, 3, "quick").await;
    let came = |text: &'static str| {
        let hooks = receiver.hooks();
        hooks
            .iter()
            .filter(|hook| hook.body["data"]["message"] == text)
            .count()
    };
    eventually("the others arrive", || async { came("quick") == 1 }).await;
    server.say(3, 1, "after the cursed one").await;
    eventually("the lane goes on", || async {
        came("after the cursed one") == 1
    })
    .await;
    assert_eq!(came("cursed"), 4, "tries");
    eventually("it is told to be given up", || async {
        let asked = json!({"state": "abandoned"});
        let abandoned = server.v1("webhooks/deliveries", asked).await.json();
        let rows = abandoned.as_array().expect("rows").iter();
        let told: Vec<_> = rows.map(|row| (&row["attempts"], &row["status"])).collect();
        told == [(&json!(4), &json!(500))]
    })
    .await;
}

async fn nothing_is_lost_and_nothing_renamed_when_everything_is_killed(world: World) {
    let World {
        mut server,
        receiver,
        mut nats,
    } = world;
    switch_on(&server, &receiver, "message-sent").await;
    receiver.answer_when("message", Some(Reply::Status(500)));
    john(&server).await;
    receiver.wait(1).await;
    server.kill9();
    if let Some(nats) = &mut nats {
        nats.kill9();
    }
    receiver.answer_when("message", None);
    server.start_again();
    let text = |number: usize| format!("number {number}");
    for number in 0..20 {
        server.say(3, 1, &text(number)).await;
    }
    if let Some(nats) = &mut nats {
        nats.start();
    }
    let all_there = || async {
        let hooks = receiver.hooks();
        (0..20).all(|number| {
            hooks
                .iter()
                .any(|hook| hook.body["data"]["message"] == text(number))
        })
    };
    eventually("all arrive", all_there).await;
    let hooks = receiver.hooks();
    let first: Vec<_> = hooks
        .iter()
        .filter(|hook| hook.text.contains("Hello"))
        .collect();
    assert!(first.len() >= 2 && first.iter().all(|hook| hook.id == first[0].id));
    server.stop();
    let verified = server.run(&["verify"]);
    assert!(
        verified.status.success(),
        "{}",
        String::from_utf8_lossy(&verified.stderr)
    );
}

async fn a_range_can_be_sent_once_more(world: World) {
    let World {
        server,
        receiver,
        nats: _nats,
    } = world;
    john(&server).await;
    let before = receiver.wait(7).await;
    let ids = |hooks: &[Hook]| {
        let mut ids: Vec<_> = hooks.iter().map(|hook| hook.id.clone()).collect();
        ids.sort();
        ids
    };
    receiver.forget();
    let answer = server.v1("webhooks/replay", json!({})).await;
    assert_eq!(answer.status, 200, "{}", answer.json());
    let again = receiver.wait(7).await;
    assert_eq!(ids(&again), ids(&before), "the same ids");
    receiver.forget();
    let status = "conversation-status-updated";
    server
        .v1(
            "webhooks/replay",
            json!({"after": "2020-01-01", "name": status}),
        )
        .await;
    receiver.wait(1).await;
    assert_eq!(receiver.functions(), [status]);
    receiver.forget();
    let url = server.address().to_owned();
    let done = server.run(&["webhooks", "replay", "--url", &url, "--name", status]);
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    receiver.wait(1).await;
    let listed = server.run(&["webhooks", "list", "--url", &url, "--state", "delivered"]);
    let listed = String::from_utf8(listed.stdout).expect("UTF-8");
    assert!(
        listed.lines().count() >= 7 && listed.contains(status),
        "{listed}"
    );
    let lost = server.run(&["webhooks", "list", "--url", "http://127.0.0.1:9"]);
    assert_eq!(lost.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&lost.stderr).contains("is the service running"));
    receiver.forget();
    let rows = server.v1("webhooks/deliveries", json!({})).await.json();
    let rows = rows.as_array().expect("a list").iter();
    let one = rows.rev().find(|row| row["name"] == status).expect("a row")["id"].clone();
    let done = server.run(&[
        "webhooks",
        "replay",
        "--url",
        &url,
        "--id",
        &one.to_string(),
    ]);
    assert!(done.status.success(), "{done:?}");
    assert_eq!(ids(&receiver.wait(1).await).len(), 1);
    assert_eq!(receiver.functions(), [status], "that one alone");
    for wrong in [
        json!({"after": 999_999}),
        json!({"id": 999_999}),
        json!({"id": one, "name": status}),
        json!({"webhook_id": "x"}),
    ] {
        let refused = server.v1("webhooks/replay", wrong).await;
        assert_eq!(
            (refused.status, &refused.json()["code"]),
            (400, &json!("invalid-argument"))
        );
    }
    let without_token = server.post("/v1/webhooks/replay").json(&json!({}));
    assert_eq!(server.send(without_token).await.status, 401);
}

//! A receiver that answers 410: it gets nothing more until somebody asks for it again.

use serde_json::{Value, json};

use crate::harness::{Hook, Receiver, Reply, Server, eventually};
use crate::webhooks::{World, john, started, switch_on, through_both};

through_both!(
    a_receiver_that_is_gone_gets_nothing_until_the_settings_are_saved,
    a_replay_sends_what_a_receiver_missed_and_goes_on,
);

/// A receiver that has answered a message with 410 while another was pending behind it.
async fn gone(server: &Server, receiver: &Receiver) {
    switch_on(server, receiver, "message-sent").await;
    john(server).await;
    receiver.answer_when("gone", Some(Reply::Status(500)));
    server.say(3, 1, "gone").await;
    receiver.wait(2).await;
    server.say(3, 1, "behind it").await;
    eventually("the other waits in its lane", || async {
        deliveries(server, "pending").await.len() == 1
    })
    .await;
    receiver.answer_when("gone", Some(Reply::Status(410)));
    eventually("both are given up", || async {
        deliveries(server, "abandoned").await.len() == 2
    })
    .await;
    receiver.answer_when("gone", None);
    receiver.forget();
}

async fn deliveries(server: &Server, state: &str) -> Vec<Value> {
    let asked = json!({"state": state});
    let rows = server.v1("webhooks/deliveries", asked).await.json();
    rows.as_array().expect("rows").clone()
}

/// Says something, and waits until webhooks have been planned through it: the save of a setting that
/// is none of theirs has them say how far they have come.
async fn said_in_vain(server: &Server, text: &str) {
    server.say(3, 1, text).await;
    let setting = json!({"settings": {"test-mark": [text, "text"]}});
    server.ok("save-settings", setting).await;
    eventually("webhooks have come so far", || async {
        let events = server.events(&[]);
        let saved = events
            .iter()
            .rfind(|event| event["type"] == "settings.saved");
        let saved = saved.expect("it was saved")["position"].as_u64();
        let mut planned = events
            .iter()
            .filter(|event| event["stream"] == "reaction-1")
            .map(|event| event["data"]["through"].as_u64());
        planned.any(|through| through >= saved)
    })
    .await;
}

async fn standing(server: &Server) -> Value {
    let ready = server.send(server.get("/readyz")).await;
    assert_eq!(ready.status, 200, "the service works without webhooks");
    ready.json()["webhooks"].clone()
}

fn messages(receiver: &Receiver) -> Vec<String> {
    let hooks = receiver.hooks();
    let text = |hook: &Hook| hook.body["data"]["message"].as_str().map(Into::into);
    hooks.iter().filter_map(text).collect()
}

async fn a_receiver_that_is_gone_gets_nothing_until_the_settings_are_saved(world: World) {
    let World {
        mut server,
        receiver,
        nats: _nats,
    } = world;
    gone(&server, &receiver).await;
    let abandoned = deliveries(&server, "abandoned").await;
    let told = |row: &Value| (row["attempts"].clone(), row["status"].clone());
    assert_eq!(told(&abandoned[0]), (json!(0), Value::Null));
    assert_eq!(told(&abandoned[1]), (json!(2), json!(410)));
    for row in &abandoned {
        let error = row["error"].as_str().expect("an error");
        assert!(error.contains("the receiver answered 410"), "{error}");
    }
    said_in_vain(&server, "while it is gone").await;
    let log = server.log();
    assert_eq!(log.matches("the receiver answered 410").count(), 1, "{log}");
    server.restart();
    said_in_vain(&server, "after a restart").await;
    assert_eq!(standing(&server).await["state"], "stopped");
    // The same once more: nothing changes by it, but that somebody wants it.
    switch_on(&server, &receiver, "message-sent").await;
    server.say(3, 1, "back").await;
    receiver.wait(1).await;
    assert_eq!(messages(&receiver), ["back"]);
    assert_eq!(standing(&server).await, Value::Null);
    server.stop();
    let verified = server.run(&["verify"]);
    assert!(verified.status.success(), "{verified:?}");
}

async fn a_replay_sends_what_a_receiver_missed_and_goes_on(world: World) {
    let World {
        server,
        receiver,
        nats: _nats,
    } = world;
    gone(&server, &receiver).await;
    said_in_vain(&server, "while it is gone").await;
    // As the operator is told.
    let status = server.verb("status", &[]);
    let status = String::from_utf8(status.stdout).expect("UTF-8");
    let (_, line) = status.split_once("havefunnels ").expect("a command line");
    let mut line: Vec<_> = line.split_whitespace().collect();
    assert_eq!(line[..3], ["webhooks", "replay", "--after"], "{status}");
    let missed_after = standing(&server).await["missed_after"].to_string();
    assert_eq!(line[3], missed_after);
    line.extend(["--url", server.address()]);
    let replayed = server.run(&line);
    assert!(replayed.status.success(), "{replayed:?}");
    receiver.wait(3).await;
    server.say(3, 1, "back").await;
    receiver.wait(4).await;
    let missed = ["gone", "behind it", "while it is gone", "back"];
    assert_eq!(messages(&receiver), missed);
}

#[tokio::test]
async fn what_the_receiver_at_a_former_address_says_stops_no_other() {
    let World {
        server, receiver, ..
    } = started(None).await;
    switch_on(&server, &receiver, "message-sent").await;
    receiver.answer_when("moving", Some(Reply::Held(410)));
    john(&server).await;
    server.say(3, 1, "moving").await;
    receiver.wait(2).await;
    let another = Receiver::start().await;
    switch_on(&server, &another, "message-sent").await;
    receiver.let_go();
    another.wait(1).await;
    assert_eq!(messages(&another), ["moving"]);
}

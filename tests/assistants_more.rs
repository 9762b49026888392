//! Vendors that think: what one call asks of them is asked once, a failure passes, and nobody waits for
//! another's.

use std::time::{Duration, Instant};

use futures::future::{join, join_all};
use serde_json::{Value, json};
use tokio::net::TcpStream;

use crate::harness::{
    Engine, Google, Peers, Server, Setup, Vendor, column, eventually, on_both_engines,
};

const LOOPBACK: &str = "allow_private_targets = [\"127.0.0.0/8\"]\n";

async fn save(server: &Server, settings: Value) {
    let saved = server.ok("save-settings", json!({ "settings": settings }));
    assert_eq!(saved.await, json!(true));
}

/// John (3) and his conversation (1).
async fn john(server: &Server) {
    assert_eq!(server.user("John", "Doe", "john@example.com").await, 3);
    assert_eq!(server.conversation(3).await, 1);
}

fn completion(text: &str) -> Value {
    json!({
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "gpt-4o-mini",
        "choices": [{
            "index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop",
        }],
    })
}

async fn with_google(more: &str) -> (Server, Google) {
    let google = Google::start().await;
    let config = format!("{LOOPBACK}{}{more}", google.config());
    let server = Setup::on(Engine::Sqlite).config(&config).start().await;
    save(&server, Google::settings()).await;
    john(&server).await;
    (server, google)
}

async fn with_openai(engine: Engine) -> (Server, Vendor) {
    let vendor = Vendor::answering(200, completion("Two days.")).await;
    let config = format!("{LOOPBACK}openai_url = \"{}/v1\"\n", vendor.url);
    let server = Setup::on(engine).config(&config).start().await;
    save(&server, json!({"open-ai-key": "sk-test"})).await;
    john(&server).await;
    (server, vendor)
}

#[tokio::test]
async fn all_who_wait_for_googles_token_wait_for_one() {
    let (server, google) = with_google("vendor_timeout_seconds = 3\n").await;
    google.stall();
    let question = json!({"conversation_id": 1, "message": "Hello"});
    let started = Instant::now();
    let calls = (0..5).map(|_| server.refused("dialogflow-message", question.clone()));
    let codes = join_all(calls).await;
    assert!(
        codes.iter().all(|code| code == "dialogflow-error"),
        "{codes:?}"
    );
    assert_eq!(google.tokens_asked(), 1);
    // One after the other they take fifteen seconds.
    let took = started.elapsed();
    assert!(took < Duration::from_secs(12), "{took:?}");
}

/// The calls that ask a vendor, each with how the vendor is asked and what the call adds: messages of
/// the conversation, and events of a type.
fn paid() -> [(&'static str, Value, &'static str, &'static str); 2] {
    [
        (
            "open-ai-message",
            json!({"message": "How long?", "conversation_id": 1, "idempotency_key": "a"}),
            "POST /v1/chat/completions",
            "bot.answered",
        ),
        (
            "send-slack-message",
            json!({"user_id": 3, "message": "Hi", "channel": "C012AB3CD", "idempotency_key": "b"}),
            "POST /chat.postMessage",
            "slack.message-sent",
        ),
    ]
}

fn asked(peers: &Peers, what: &str) -> usize {
    let asked = peers.vendor.asked();
    asked.iter().filter(|one| one.what == what).count()
}

fn happened(server: &Server, kind: &str) -> usize {
    let events = server.events(&[]);
    events.iter().filter(|event| event["type"] == kind).count()
}

/// A client calls and hangs up as soon as the vendor has been asked.
async fn hang_up(server: &Server, peers: &Peers, function: &str, arguments: &Value, what: &str) {
    let before = asked(peers, what);
    tokio::select! {
        answer = server.ok(function, arguments.clone()) => panic!("the vendor is held: {answer}"),
        () = eventually("the vendor is asked", || async { asked(peers, what) > before }) => {}
    }
    // Whatever the service does of it, it has done by then.
    server.ok("count-users", json!({})).await;
}

#[tokio::test]
async fn a_call_that_is_repeated_while_the_vendor_thinks_asks_it_once() {
    let peers = Peers::start().await;
    let server = peers.service(Engine::Sqlite).await;
    john(&server).await;
    for (function, arguments, what, event) in paid() {
        peers.vendor.hold();
        hang_up(&server, &peers, function, &arguments, what).await;
        let mut other = arguments.clone();
        other["message"] = json!("Something else");
        let refused = server.refused(function, other).await;
        assert_eq!(refused, "idempotency-key-reused", "{function}");
        let again = join_all((0..4).map(|_| server.ok(function, arguments.clone())));
        let let_go = async {
            server.ok("count-users", json!({})).await;
            peers.vendor.let_go();
        };
        let (answers, ()) = join(again, let_go).await;
        assert!(
            answers.iter().all(|answer| *answer == answers[0]),
            "{answers:?}"
        );
        assert_eq!(server.ok(function, arguments).await, answers[0]);
        assert_eq!(asked(&peers, what), 1, "{function}");
        assert_eq!(happened(&server, event), 1, "{function}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_vendor_does_is_recorded_before_the_service_stops() {
    let peers = Peers::start().await;
    let mut server = peers.service(Engine::Sqlite).await;
    john(&server).await;
    let [(function, arguments, what, event), _] = paid();
    peers.vendor.hold();
    hang_up(&server, &peers, function, &arguments, what).await;
    let address = server.address().trim_start_matches("http://").to_owned();
    let stopping = tokio::task::spawn_blocking(move || {
        server.stop();
        server
    });
    let is_closed = || async { TcpStream::connect(&address).await.is_err() };
    eventually("the door is closed", is_closed).await;
    peers.vendor.let_go();
    server = stopping.await.expect("it stops");
    assert_eq!(happened(&server, event), 1);
    server.start_again();
    let answer = server.ok(function, arguments).await;
    assert_eq!(answer, json!([true, "Two days."]));
    assert_eq!(asked(&peers, what), 1);
}

#[tokio::test]
async fn a_failure_of_openai_is_not_remembered() {
    let (server, vendor) = with_openai(Engine::Sqlite).await;
    let error = json!({"error": {"message": "overloaded", "type": "t", "code": null}});
    vendor.answer(503, error.clone());
    let message = json!({"message": "Hello", "conversation_id": 1, "idempotency_key": "m"});
    let curl = json!({"url_part": "completions", "post_fields": {"a": 1}, "idempotency_key": "c"});
    let failed = server.ok("open-ai-message", message.clone()).await;
    assert_eq!(failed, json!([false, "overloaded"]));
    assert_eq!(server.ok("open-ai-curl", curl.clone()).await, error);
    vendor.answer(200, completion("Hi!"));
    for _ in 0..2 {
        let answer = server.ok("open-ai-message", message.clone()).await;
        assert_eq!(answer, json!([true, "Hi!"]));
        let answer = server.ok("open-ai-curl", curl.clone()).await;
        assert_eq!(answer, completion("Hi!"));
    }
    assert_eq!(vendor.asked().len(), 4, "two that failed, and two");
    assert_eq!(column(&server.messages(1).await, "message"), ["Hi!"]);
}

on_both_engines!(openai_is_told_what_was_said);

async fn openai_is_told_what_was_said(server: Server) {
    let engine = server.engine();
    drop(server);
    let (server, vendor) = with_openai(engine).await;
    assert_eq!(server.agent("Ada").await, 4);
    let ask = |message: &str| {
        let question = json!({"message": message, "conversation_id": 1});
        server.ok("open-ai-message", question)
    };
    let told = || {
        let asked = vendor.asked();
        let body: Value = serde_json::from_str(&asked.last().expect("a question").body)
            .expect("a question is JSON");
        body["messages"].clone()
    };
    let user = |text: &str| json!({"role": "user", "content": text});
    let assistant = |text: &str| json!({"role": "assistant", "content": text});

    server.say(3, 1, "Hello").await;
    server.say(4, 1, "I am here").await;
    // While Ada is there, nobody is asked and paid.
    assert_eq!(ask("Hello").await, json!([true, ""]));
    assert_eq!(vendor.asked().len(), 0);
    for status_code in [3, 0] {
        let moved = json!({"conversation_id": 1, "status_code": status_code});
        server.ok("update-conversation-status", moved).await;
    }
    server.say(3, 1, "How long does it take?").await;
    let answer = json!([true, "Two days."]);
    assert_eq!(ask("How long does it take?").await, answer);
    let before = [user("Hello"), assistant("I am here")];
    let question = user("How long does it take?");
    assert_eq!(told(), json!([before[0], before[1], question]));
    // The question need not be stored, and the bot's own answer is told.
    assert_eq!(ask("Really?").await, answer);
    let (bot, next) = (assistant("Two days."), user("Really?"));
    assert_eq!(told(), json!([before[0], before[1], question, bot, next]));
    save(&server, json!({"open-ai-history": 1})).await;
    ask("Really?").await;
    assert_eq!(told(), json!([bot, next]));
    save(&server, json!({"open-ai-history": 0})).await;
    ask("Really?").await;
    assert_eq!(told(), json!([next]));
    let many = json!({"settings": {"open-ai-history": 101}});
    assert_eq!(
        server.refused("save-settings", many).await,
        "invalid-argument"
    );
}

#[tokio::test]
async fn a_token_beside_a_bearer_is_googles_unless_it_is_ours() {
    let (server, google) = with_google("").await;
    let question = |token: &str| json!({"conversation_id": 1, "message": "Hello", "token": token});
    let answer = server.v1("dialogflow-message", question("ya29.own")).await;
    assert_eq!(answer.status, 200, "{answer}");
    let ours = server.v1("dialogflow-message", question(&server.token));
    let answer = ours.await;
    assert_eq!(answer.status, 200, "{answer}");
    let tokens: Vec<String> = google.asked().into_iter().map(|one| one.token).collect();
    // Google refuses the one it never gave, and the service helps itself.
    assert_eq!(tokens, ["ya29.own", "ya29.t0ken-1", "ya29.t0ken-1"]);
}

#[tokio::test]
async fn people_are_called_as_often_as_need_be_and_it_is_said_once() {
    let (server, _google) = with_google("").await;
    let later = server.conversation(3).await;
    let call = json!({"conversation_id": 1, "auto_messages": true});
    server.ok("dialogflow-human-takeover", call.clone()).await;
    server.say(3, later, "Somewhere else").await;
    server.ok("dialogflow-human-takeover", call).await;
    let mut said = column(&server.messages(1).await, "message");
    said.retain(|text| !text.is_empty());
    assert_eq!(said, ["One of our agents will answer you soon."]);
    let inbox = server.ok("get-conversations", json!({})).await;
    assert_eq!(inbox[0]["conversation_id"], "1", "it is on top again");
}

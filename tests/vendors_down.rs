//! Vendors that are down: every function that asks one answers its documented code in bounded time,
//! stores nothing, and holds up nobody else.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use futures::future::{join, join_all};
use serde_json::{Value, json};
use tokio::{
    net::{TcpListener, TcpSocket},
    sync::watch,
};

use crate::harness::{Body, Engine, Google, LOOPBACK, MailServer, Server, Setup, eventually};

/// What may follow from a call that came to nothing: the order, and how its delivery went.
const BOOKKEEPING: [&str; 4] = [
    "notification.ordered",
    "delivery.planned",
    "delivery.failed",
    "delivery.abandoned",
];
/// The longest that a call which asks no vendor may take meanwhile, on a busy machine.
const UNDISTURBED: Duration = Duration::from_secs(5);

/// Each function that asks a vendor, with arguments and the code of a vendor that does not answer.
/// John is 3, the agent Ada 4, and John's conversation 1.
fn functions() -> Vec<(&'static str, Value, &'static str)> {
    let mut functions = vec![
        (
            "send-email",
            json!({"recipient_id": 3, "message": "Hello"}),
            "email-error",
        ),
        (
            "send-custom-email",
            json!({"to": "ann@example.com", "subject": "Hello", "message": "Hello"}),
            "email-error",
        ),
        ("email-piping", json!({"force": true}), "email-error"),
        (
            "send-sms",
            json!({"to": "+15305431221", "message": "Hello"}),
            "sms-error",
        ),
        (
            "push-notification",
            json!({"title": "Hello", "message": "Hello", "interest": "agents"}),
            "push-error",
        ),
        (
            "pusher-trigger",
            json!({"channel": "private-user-3", "event": "new-message"}),
            "pusher-error",
        ),
        (
            "open-ai-curl",
            json!({"url_part": "models", "type": "GET"}),
            "open-ai-error",
        ),
        (
            "google-translate",
            json!({"strings": ["Hello"], "language_code": "it"}),
            "google-error",
        ),
        (
            "google-language-detection-update-user",
            json!({"string": "Ciao mondo", "user_id": 3}),
            "google-error",
        ),
        (
            "send-slack-message",
            json!({"user_id": 3, "message": "Hello", "conversation_id": 1}),
            "slack-error",
        ),
        ("slack-presence", json!({"agent_id": 4}), "slack-error"),
        ("wp-synch", json!({}), "wordpress-error"),
        ("updates-available", json!({}), "update-error"),
        ("update", json!({}), "update-error"),
    ];
    for slack in ["archive-slack-channels", "slack-users", "slack-channels"] {
        functions.push((slack, json!({}), "slack-error"));
    }
    // Without Google's token it is OAuth that does not answer, with one Dialogflow itself.
    let intent = "projects/example/agent/intents/2";
    for (function, arguments) in [
        (
            "dialogflow-message",
            json!({"conversation_id": 1, "message": "Hello"}),
        ),
        (
            "dialogflow-message",
            json!({"conversation_id": 1, "message": "Hello", "dialogflow_token": "ya29.a1"}),
        ),
        ("dialogflow-get-intents", json!({})),
        (
            "dialogflow-create-intent",
            json!({"expressions": ["Where is my parcel?"], "response": "Here."}),
        ),
        (
            "dialogflow-update-intent",
            json!({"intent_name": intent, "expressions": ["Good morning"]}),
        ),
        (
            "dialogflow-entity",
            json!({"entity_name": "parcels", "synonyms": [{"value": "Parcel", "synonyms": ["Package"]}]}),
        ),
        ("dialogflow-get-entity", json!({"entity_id": "t5td1425"})),
        ("dialogflow-get-token", json!({})),
        ("dialogflow-get-agent", json!({})),
        (
            "dialogflow-set-active-context",
            json!({"context_name": "products", "user_id": 3}),
        ),
        (
            "dialogflow-curl",
            json!({"query": {"queryInput": {"text": {"text": "Hello"}}}}),
        ),
        (
            "dialogflow-smart-reply",
            json!({"conversation_id": 1, "message": "Hello"}),
        ),
    ] {
        functions.push((function, arguments, "dialogflow-error"));
    }
    functions
}

/// A service for which everybody is at this port, with John (3), the agent Ada (4) and conversation 1.
async fn service(port: u16) -> Server {
    let url = format!("http://127.0.0.1:{port}");
    // One host stands for all vendors here, and none is to be spared for another's failures.
    let config = format!(
        "{LOOPBACK}vendor_failures_max = 0\n\
         vendor_timeout_seconds = 2\nopenai_timeout_seconds = 2\n\
         mail_timeout_seconds = 2\ndownload_timeout_seconds = 2\n\
         email_piping_every_seconds = 0\n\
         twilio_url = \"{url}\"\npusher_beams_url = \"{url}\"\npusher_channels_url = \"{url}\"\n\
         slack_url = \"{url}\"\nopenai_url = \"{url}/v1\"\ngoogle_translate_url = \"{url}\"\n\
         dialogflow_url = \"{url}\"\ngoogle_oauth_url = \"{url}\"\n"
    );
    let server = Setup::on(Engine::Sqlite).config(&config).start().await;
    assert_eq!(server.user("John", "Doe", "john@example.com").await, 3);
    assert_eq!(server.agent("Ada").await, 4);
    assert_eq!(server.conversation(3).await, 1);
    let settings = json!({
        "email-host": "127.0.0.1", "email-port": port, "email-security": "none",
        "email-sender": "help@shop.example",
        "email-piping-enabled": true, "email-piping-host": "127.0.0.1",
        "email-piping-port": port, "email-piping-security": "none",
        "email-piping-user": "help@shop.example", "email-piping-password": "geheim",
        "sms-account": "AC1", "sms-token": "t0ken", "sms-sender": "+15104564545",
        "push-enabled": true, "push-instance": "inst-1", "push-secret": "s3cret",
        "pusher-id": "3", "pusher-key": "278d425bdf160c739803",
        "pusher-secret": "7ad3773142a6692b25b8", "pusher-cluster": "eu",
        "open-ai-key": "sk-test", "google-key": "AIza-test",
        "slack-enabled": true, "slack-token": "xoxb-1", "slack-agents": {"U1": "4"},
        "wordpress-url": url, "wordpress-user": "robot", "wordpress-password": "abcd EFGH",
        "update-index": format!("{url}/index.json"), "update-key": STANDARD.encode([7; 32]),
    });
    for settings in [settings, Google::settings()] {
        server.save(settings).await;
    }
    server
}

/// How often each type of event happened.
fn counts(server: &Server) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for event in server.events(&[]) {
        let kind = event["type"].as_str().expect("a text").to_owned();
        *counts.entry(kind).or_default() += 1;
    }
    counts
}

/// Calls every function at once; each answers its code within these times. What is wrong is told for
/// all of them together.
async fn call_all(server: &Server, least: Duration, most: Duration) {
    let calls = functions()
        .into_iter()
        .map(|(function, arguments, code)| async move {
            let started = Instant::now();
            let answer = server.call(Body::Json, function, arguments).await;
            let took = started.elapsed();
            let said = answer.json();
            let fault = (said["success"] != false || said["response"] != code)
                .then(|| format!("{function}: {code} was expected: {said}"));
            (function, took, fault)
        });
    let open_ai = async {
        let started = Instant::now();
        let question = json!({"message": "How long does it take?", "conversation_id": 1});
        let said = server.ok("open-ai-message", question).await;
        let fault = (said[0] != false || !said[1].to_string().contains("OpenAI"))
            .then(|| format!("open-ai-message: {said}"));
        ("open-ai-message", started.elapsed(), fault)
    };
    let (mut answers, last) = join(join_all(calls), open_ai).await;
    answers.push(last);
    let mut faults = Vec::new();
    for (function, took, fault) in answers {
        faults.extend(fault);
        if !(least..most).contains(&took) {
            faults.push(format!("{function} took {took:?}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Goes on with reads and writes until `done`; how many users were added.
async fn work(server: &Server, mut done: watch::Receiver<bool>) -> usize {
    let mut users = 0;
    loop {
        let started = Instant::now();
        server.add_user(json!({"user_type": "lead"})).await;
        users += 1;
        let conversation = server.ok("get-conversation", json!({"conversation_id": 1}));
        assert_eq!(conversation.await["messages"], json!([]));
        let took = started.elapsed();
        assert!(took < UNDISTURBED, "a write and a read took {took:?}");
        // Not all the time: others want the machine too.
        let pause = tokio::time::timeout(Duration::from_millis(100), done.wait_for(|done| *done));
        if pause.await.is_ok() {
            return users;
        }
    }
}

/// Holds what is promised of vendors that answer in neither way.
async fn holds(port: u16, least: Duration, most: Duration) {
    let server = service(port).await;
    let before = counts(&server);
    let (tell, done) = watch::channel(false);
    let calls = async {
        call_all(&server, least, most).await;
        tell.send_replace(true);
    };
    let ((), users) = join(calls, work(&server, done)).await;
    let mut expected = before;
    *expected.entry("user.created".to_owned()).or_default() += users;
    let mut after = counts(&server);
    for kind in BOOKKEEPING {
        expected.remove(kind);
        after.remove(kind);
    }
    assert_eq!(after, expected, "something was stored");
    // Nothing waits to be sent once somebody was told that it was not.
    let waiting = json!({"state": "failed"});
    let waiting = server.v1("notifications/deliveries", waiting).await.json();
    assert_eq!(waiting, json!([]));
}

/// A port that nobody else takes and nobody listens on: every connection is refused.
fn deaf() -> (TcpSocket, u16) {
    let socket = TcpSocket::new_v4().expect("a socket");
    let any = "127.0.0.1:0".parse().expect("an address");
    socket.bind(any).expect("a free port");
    let port = socket.local_addr().expect("it is bound").port();
    (socket, port)
}

#[tokio::test]
async fn nobody_listens() {
    let (_socket, port) = deaf();
    holds(port, Duration::ZERO, Duration::from_secs(10)).await;
}

#[tokio::test]
async fn somebody_listens_and_never_answers() {
    let listener = TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("a free port");
    let port = listener.local_addr().expect("it is bound").port();
    let hold = async {
        let mut held = Vec::new();
        loop {
            held.push(listener.accept().await.expect("a connection"));
        }
    };
    let second = Duration::from_secs(1);
    tokio::select! {
        // Each waits for two seconds at most, whoever else waits for the same vendor.
        () = holds(port, second, second * 15) => {}
        () = hold => {}
    }
}

#[tokio::test]
async fn mail_servers_that_fail_are_left_alone_and_found_again() {
    let (socket, port) = deaf();
    let (_others, other) = deaf();
    let config = "allow_private_targets = [\"127.0.0.0/8\"]\nemail_piping_every_seconds = 0\n\
                  vendor_failures_max = 2\nvendor_pause_seconds = 1\nvendor_retries = 0\n";
    let server = Setup::on(Engine::Sqlite).config(config).start().await;
    let settings = json!({
        "email-host": "127.0.0.1", "email-port": port, "email-security": "none",
        "email-sender": "help@shop.example",
        "email-piping-enabled": true, "email-piping-host": "localhost",
        "email-piping-port": other, "email-piping-security": "none",
        "email-piping-user": "help@shop.example", "email-piping-password": "geheim",
        "update-index": format!("http://127.0.0.1:{other}/index.json"),
        "update-key": STANDARD.encode([7; 32]),
    });
    let saved = server.ok("save-settings", json!({ "settings": settings }));
    assert_eq!(saved.await, json!(true));
    let letter = json!({"to": "ann@example.com", "subject": "Hello", "message": "Hello"});
    for (function, arguments, code) in [
        ("send-custom-email", letter.clone(), "email-error"),
        ("email-piping", json!({"force": true}), "email-error"),
        ("updates-available", json!({}), "update-error"),
    ] {
        eventually(&format!("{function} asks no more"), || async {
            let answer = server.v1(function, arguments.clone()).await;
            assert_eq!(answer.problem(), code, "{function}: {answer}");
            answer.text().contains("is not asked for a while")
        })
        .await;
    }
    drop(socket);
    let mail = MailServer::start_on(port);
    eventually("the mail server is asked again", || async {
        server.v1("send-custom-email", letter.clone()).await.status == 200
    })
    .await;
    mail.wait(1).await;
    for _ in 0..2 {
        server.ok("send-custom-email", letter.clone()).await;
    }
    assert_eq!(mail.wait(3).await.len(), 3);
}

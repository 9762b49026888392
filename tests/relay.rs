//! The relay of the whole program: every event in NATS, and nothing waits for NATS.

use std::time::Duration;

use async_nats::{
    ConnectOptions,
    jetstream::{self, stream::Stream},
};
use serde_json::{Value, json};

use crate::harness::{Engine, NatsServer, Server, Setup, eventually, tool};

fn planned() -> NatsServer {
    NatsServer::planned(tool("nats-server"))
}

fn started() -> NatsServer {
    NatsServer::started(tool("nats-server"))
}

fn setup(nats: &NatsServer) -> Setup {
    Setup::on(Engine::Sqlite).env("HAVEFUNNELS_NATS", &nats.url())
}

/// What `/readyz` says of the relay; the service is ready whatever that is.
pub async fn relay(server: &Server) -> Value {
    let url = format!("{}/readyz", server.address());
    let answer = server.client().get(url).send().await.expect("an answer");
    assert!(answer.status().is_success(), "ready without NATS");
    let standing: Value = answer.json().await.expect("JSON");
    standing["relay"].clone()
}

pub async fn caught_up(server: &Server) {
    eventually("the relay has caught up", || async {
        let relay = relay(server).await;
        relay["state"] == "relaying" && relay["behind"] == 0
    })
    .await;
}

pub async fn stream(nats: &NatsServer, options: ConnectOptions) -> Stream {
    let client = options.connect(nats.url()).await.expect("it answers");
    let stream = jetstream::new(client).get_stream("havefunnels").await;
    stream.expect("the relay has made it")
}

/// The stream holds what the verb `events` tells, each once, in order and at its position.
pub async fn holds_the_log(nats: &NatsServer, server: &Server) {
    holds_the_log_for(nats, ConnectOptions::new(), server).await;
}

/// The same, seen by somebody who enters with these options.
pub async fn holds_the_log_for(nats: &NatsServer, options: ConnectOptions, server: &Server) {
    let (stream, events) = (stream(nats, options).await, server.events(&[]));
    let state = &stream.cached_info().state;
    assert_eq!(
        (state.first_sequence, state.last_sequence),
        (1, events.len() as u64)
    );
    for (event, position) in events.iter().zip(1..) {
        let message = stream.get_raw_message(position).await.expect("it is there");
        let payload: Value = serde_json::from_slice(&message.payload).expect("JSON");
        assert_eq!((&payload, &payload["position"]), (event, &json!(position)));
        let kind = event["type"].as_str().expect("a text");
        assert_eq!(message.subject.as_str(), format!("hf.events.{kind}"));
        let all = format!("{:?} {payload}", message.headers);
        for secret in [server.token.as_str(), "argon2", "s3cret"] {
            assert!(!all.contains(secret), "{secret} left the log: {all}");
        }
    }
}

#[tokio::test]
async fn nats_may_come_after_a_hundred_writes() {
    let mut nats = planned();
    let server = setup(&nats).start().await;
    let password =
        json!({"first_name": "Jane", "email": "jane@example.com", "password": "s3cret-s3cret"});
    let jane = server.add_user(password).await;
    let conversation = server.conversation(jane).await;
    for number in 0..100 {
        server
            .say(jane, conversation, &format!("Message {number}"))
            .await;
    }
    assert_eq!(
        server.messages(conversation).await.as_array().map(Vec::len),
        Some(100)
    );
    let standing = relay(&server).await;
    assert_eq!(
        (&standing["state"], &standing["position"]),
        (&json!("waiting"), &json!(0))
    );
    assert_eq!(standing["behind"], server.events(&[]).len());

    nats.start();
    caught_up(&server).await;
    server.say(jane, conversation, "And one more").await;
    caught_up(&server).await;
    holds_the_log(&nats, &server).await;

    let status = server.verb("status", &["--nats", &nats.url()]);
    let told = String::from_utf8_lossy(&status.stdout).into_owned();
    let head = server.events(&[]).len();
    assert!(
        told.contains(&format!("relay        {head} (0 behind)")),
        "{told}"
    );
}

#[tokio::test]
async fn both_may_be_killed_under_load() {
    let mut nats = started();
    let mut server = setup(&nats).start().await;
    let jane = server.user("Jane", "Doe", "jane@example.com").await;
    let conversation = server.conversation(jane).await;
    for round in 0..4 {
        for number in 0..40 {
            if number == 20 && round % 2 == 0 {
                nats.kill9();
            }
            server
                .say(jane, conversation, &format!("{round}-{number}"))
                .await;
        }
        if round % 2 == 0 {
            nats.start();
        } else {
            server.kill9();
            server.start_again();
        }
    }
    caught_up(&server).await;
    holds_the_log(&nats, &server).await;

    // What NATS has lost altogether comes again.
    nats.kill9();
    nats.wipe();
    server.say(jane, conversation, "Alone").await;
    nats.start();
    caught_up(&server).await;
    holds_the_log(&nats, &server).await;
    server.stop();
}

#[tokio::test]
async fn a_foreign_stream_is_refused_loudly_and_writes_go_on() {
    let nats = started();
    let first = setup(&nats).start().await;
    caught_up(&first).await;
    let mut second = setup(&nats).start().await;
    eventually("the relay has stopped", || async {
        relay(&second).await["state"] == "stopped"
    })
    .await;
    let why = relay(&second).await["why"].to_string();
    assert!(
        why.contains("belongs to log") && why.contains("nats_stream"),
        "{why}"
    );
    let log = second.log();
    assert!(
        log.contains("ERROR") && log.contains("the relay to NATS has stopped"),
        "{log}"
    );
    let jane = second.user("Jane", "Doe", "jane@example.com").await;
    assert_eq!(second.row(jane).await["first_name"], "Jane");
    let status = second.verb("status", &["--nats", &nats.url()]);
    let told = String::from_utf8_lossy(&status.stdout).into_owned();
    assert!(
        status.status.success() && told.contains("belongs to log"),
        "{told}"
    );
    second.stop();
    holds_the_log(&nats, &first).await;
}

#[tokio::test]
async fn a_stop_does_not_wait_for_nats() {
    let nats = planned();
    let mut server = setup(&nats).start().await;
    let started = std::time::Instant::now();
    server.stop();
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn nats_is_entered_with_credentials() {
    // A pair made for this test alone.
    const SEED: &str = "SUAGCIDTMVSWIIDPMYQHI2DFEB2GK43UOMTSA33XNYWCA4DVMJWGSY6ASE";
    const USER: &str = "UBTMGCEUUZTS6VZTPCRDDSDGRMUPVAHZBBJHR4EFCUZ5FNTXKZVUECNZ";
    let users = format!("authorization {{ users = [ {{ nkey: {USER} }} ] }}");
    let mut nats = planned().with(&users);
    nats.start();
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), format!("{SEED}\n")).expect("it can be written");
    let path = file.path().to_str().expect("a plain path");
    let server = setup(&nats)
        .env("HAVEFUNNELS_NATS_CREDENTIALS", path)
        .start()
        .await;
    caught_up(&server).await;

    let stranger = setup(&nats).start().await;
    stranger.user("Jane", "Doe", "jane@example.com").await;
    assert_eq!(relay(&stranger).await["state"], "waiting");
}

#[tokio::test]
async fn nats_is_entered_with_a_password() {
    let users = r#"authorization { user: "havefunnels", password: "p%s/w" }"#;
    let mut nats = planned().with(users);
    nats.start();
    let url = nats
        .url()
        .replace("nats://", "nats://havefunnels:p%25s%2Fw@");
    let server = Setup::on(Engine::Sqlite).env("HAVEFUNNELS_NATS", &url);
    let server = server.start().await;
    caught_up(&server).await;
    assert!(!server.log().contains("p%"), "a password is in no log line");
}

#[tokio::test]
async fn a_wrong_setting_is_told_at_the_start() {
    let server = Server::start(Engine::Sqlite).await;
    let folder = tempfile::tempdir().expect("a temporary directory");
    let data = folder.path().to_str().expect("a plain path");
    let wrong = server.run(&[
        "serve",
        "--data-dir",
        data,
        "--listen",
        "127.0.0.1:0",
        "--nats",
        "::",
    ]);
    let told = String::from_utf8_lossy(&wrong.stderr).into_owned();
    assert_eq!(wrong.status.code(), Some(1), "{told}");
    assert!(told.contains("the setting nats cannot be used"), "{told}");
}

//! A disk that is really full: writes are refused in plain words, nothing acknowledged is lost, and
//! the service goes on by itself or after a restart.

use serde_json::{Value, json};

use crate::harness::{Body, Disk, Engine, Server, Setup, eventually};

/// A message that fills a disk soon; its number is its beginning.
fn text(number: usize) -> String {
    format!("{number} {}", "x".repeat(60_000))
}

/// Sends messages until one is refused. Answers how many were taken, and the refusal.
async fn write_until_refused(server: &Server) -> (usize, Value) {
    for number in 0..5_000 {
        let arguments = json!({"user_id": 3, "conversation_id": 1, "message": text(number)});
        let answer = server
            .call(Body::Php, "send-message", arguments)
            .await
            .json();
        if answer["success"] != true {
            return (number, answer);
        }
    }
    panic!("the disk is never full");
}

async fn said(server: &Server) -> Vec<String> {
    let messages = server.messages(1).await;
    let messages = messages.as_array().expect("messages").iter();
    let start = |message: &Value| {
        let text = message["message"].as_str().unwrap_or_default();
        text.split(' ').next().unwrap_or_default().to_owned()
    };
    messages.map(start).collect()
}

fn numbers(count: usize) -> Vec<String> {
    (0..count).map(|number| number.to_string()).collect()
}

async fn john(server: &Server) {
    server.user("John", "Doe", "john@example.com").await;
    server.conversation(3).await;
}

#[tokio::test]
async fn writes_are_refused_before_the_disk_is_full_and_taken_again_after() {
    let disk = Disk::of(256);
    let setup = Setup::on(Engine::Sqlite).within(disk.path());
    let server = setup.config("disk_reserve_mib = 64\n").start().await;
    john(&server).await;
    disk.fill_but(70);
    let (count, refusal) = write_until_refused(&server).await;
    assert!(count > 0);
    assert_eq!(refusal["response"], "unavailable");
    assert!(
        refusal["message"]
            .as_str()
            .expect("a sentence")
            .contains("disk"),
        "{refusal}"
    );
    assert_eq!(server.send(server.get("/readyz")).await.status, 503);
    assert_eq!(said(&server).await, numbers(count), "reading goes on");
    disk.empty();
    let again = || async {
        let message = json!({"user_id": 3, "conversation_id": 1, "message": count.to_string()});
        let answer = server.call(Body::Php, "send-message", message).await.json();
        answer["success"] == true
    };
    eventually("writes are taken again", again).await;
    assert_eq!(said(&server).await, numbers(count + 1));
}

#[tokio::test]
async fn a_disk_that_fills_up_loses_nothing_that_was_acknowledged() {
    let disk = Disk::of(256);
    let setup = Setup::on(Engine::Sqlite).within(disk.path());
    let mut server = setup
        .config("disk_reserve_mib = 0\nquery_wait_ms_max = 60000\n")
        .start()
        .await;
    john(&server).await;
    disk.fill_but(10);
    let (count, refusal) = write_until_refused(&server).await;
    assert!(refusal["response"].is_string() && count > 0, "{refusal}");
    let text = refusal.to_string();
    assert!(
        !text.contains("IO error") && !text.contains("/log"),
        "the inside shows: {text}"
    );
    server.kill9();
    disk.empty();
    server.start_again();
    let there = said(&server).await;
    assert_eq!(there[..count], numbers(count), "all that was acknowledged");
    assert!(
        there.len() <= count + 1,
        "the refused one may be there, once"
    );
    server.stop();
    server.assert_sound();
}

//! The other verbs of the program, beside a running service and without one.

use serde_json::json;

use crate::harness::{Engine, Server, on_both_engines};

async fn some_history(server: &Server) {
    let john = server.user("John", "Doe", "john@example.com").await;
    let agent = server.agent("Jane").await;
    let conversation = server.conversation(john).await;
    server.say(john, conversation, "Hello").await;
    server.say(agent, conversation, "How can I help?").await;
    let gone = server.user("Gone", "Soon", "gone@example.com").await;
    server.ok("delete-user", json!({"user_id": gone})).await;
}

async fn events_are_told_in_order_and_without_secrets(server: Server) {
    some_history(&server).await;
    let events = server.events(&[]);
    for (event, position) in events.iter().zip(1..) {
        assert_eq!(event["position"], position);
        for key in ["stream", "version", "type", "time", "data"] {
            assert!(!event[key].is_null(), "{key} in {event}");
        }
    }
    let text = serde_json::to_string(&events).expect("JSON");
    assert!(!text.contains(&server.token), "a token left the log");
    assert!(!text.contains("$argon2"), "a password hash left the log");
    let sent = server.events(&["--types", "message.sent"]);
    assert_eq!(sent.len(), 2);
    let some = server.events(&["--after", "2", "--until", "4"]);
    assert_eq!(
        some.iter()
            .map(|event| event["position"].as_u64())
            .collect::<Vec<_>>(),
        [Some(3), Some(4)]
    );
}

async fn verify_finds_all_sound_and_a_changed_row(mut server: Server) {
    some_history(&server).await;
    let told = server.assert_sound();
    assert_eq!(told.matches("sound").count(), 3, "{told}");
    server.stop();
    server
        .sql("UPDATE users SET first_name = 'Jim' WHERE first_name = 'John'")
        .await;
    let unsound = server.verb("verify", &[]);
    let told = String::from_utf8_lossy(&unsound.stdout).into_owned();
    assert_eq!(unsound.status.code(), Some(1), "{told}");
    assert!(
        told.contains("NOT SOUND") && told.contains("users"),
        "{told}"
    );
}

async fn a_rebuild_mends_the_read_models(mut server: Server) {
    some_history(&server).await;
    server.stop();
    for arguments in [&[][..], &["--projection", "users"]] {
        server
            .sql("UPDATE users SET first_name = 'Jim' WHERE first_name = 'John'")
            .await;
        server.told("rebuild", arguments);
        server.assert_sound();
    }
    server.start_again();
    assert_eq!(server.row(3).await["first_name"], "John");
}

async fn a_rebuild_beside_a_running_service_is_taken_up_at_its_next_start(mut server: Server) {
    some_history(&server).await;
    server.told("rebuild", &[]);
    server.user("Later", "Doe", "later@example.com").await;
    server.restart();
    assert_eq!(server.ok("count-users", json!({})).await["user"], "2");
    server.assert_sound();
}

async fn status_says_where_everything_stands(server: Server) {
    some_history(&server).await;
    server.ok("get-users", json!({})).await;
    let told = server.told("status", &[]);
    let head = server.events(&[]).len();
    assert!(told.contains(&format!("head         {head}")), "{told}");
    assert!(told.contains("0 behind"), "{told}");
}

on_both_engines!(
    events_are_told_in_order_and_without_secrets,
    verify_finds_all_sound_and_a_changed_row,
    a_rebuild_mends_the_read_models,
    a_rebuild_beside_a_running_service_is_taken_up_at_its_next_start,
    status_says_where_everything_stands,
);

#[tokio::test]
async fn a_data_directory_is_served_once() {
    let server = Server::start(Engine::Sqlite).await;
    let second = server.verb("serve", &["--listen", "127.0.0.1:0"]);
    assert_eq!(second.status.code(), Some(1));
    let told = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(told.contains("already in use"), "{told}");
    server.ok("get-users", json!({})).await;
}

#[tokio::test]
async fn a_damaged_log_is_told_and_not_mended() {
    let mut server = Server::start(Engine::Sqlite).await;
    some_history(&server).await;
    server.stop();
    let damaged = damage(&server.data_dir().join("log"));
    let told = server.verb("verify", &[]);
    let said =
        String::from_utf8_lossy(&told.stdout).into_owned() + &String::from_utf8_lossy(&told.stderr);
    assert_eq!(told.status.code(), Some(1), "{said}");
    server.verb("events", &[]);
    assert_eq!(
        std::fs::read(&damaged.0).expect("still there"),
        damaged.1,
        "nothing is repaired silently"
    );
}

/// Turns a byte in the middle of the largest file that holds events; answers the file and its bytes.
fn damage(log: &std::path::Path) -> (std::path::PathBuf, Vec<u8>) {
    let files = std::fs::read_dir(log)
        .expect("the log's folder")
        .filter_map(Result::ok);
    let data = files.map(|entry| entry.path()).filter(|path| {
        let name = path.extension().and_then(|extension| extension.to_str());
        matches!(name, Some("log" | "sst"))
    });
    let largest = data
        .max_by_key(|path| path.metadata().map_or(0, |metadata| metadata.len()))
        .expect("a file with events");
    let mut bytes = std::fs::read(&largest).expect("readable");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xff;
    std::fs::write(&largest, &bytes).expect("writable");
    (largest, bytes)
}

#[tokio::test]
async fn mistakes_on_the_command_line_are_explained() {
    let server = Server::start(Engine::Sqlite).await;
    let wrong = server.run(&["events", "--types", "message.snet"]);
    assert_eq!(wrong.status.code(), Some(2));
    let told = String::from_utf8_lossy(&wrong.stderr).into_owned();
    assert!(told.contains("message.sent"), "{told}");
    let help = server.run(&["--help"]);
    let told = String::from_utf8_lossy(&help.stdout).into_owned();
    for verb in ["serve", "events", "rebuild", "verify", "status", "token"] {
        assert!(told.contains(verb), "{told}");
    }
}

//! Deleting somebody: what the history says of them is erased from the log, from NATS and from the
//! uploads, and everything that is derived stays true to what is left.

use serde_json::{Value, json};

use crate::harness::{Engine, NatsServer, Receiver, Reply, Server, Setup, eventually, tool};
use crate::relay::{caught_up, stream};

const AT_ONCE: &str = "erase_after_seconds = 0\nallow_private_targets = [\"127.0.0.0/8\"]\n";

/// Somewhere in everything that is to be forgotten.
const SECRET: &str = "zebra";

/// Everything that the log tells, in one text.
fn told(server: &Server) -> String {
    let events = server.events(&[]).into_iter();
    let lines: Vec<String> = events.map(|event| event.to_string()).collect();
    lines.join("\n").to_lowercase()
}

async fn forgotten(server: &Server) {
    eventually("the log has forgotten", || async {
        !told(server).contains(SECRET)
    })
    .await;
}

fn sound(server: &Server) -> String {
    let verified = server.verb("verify", &[]);
    let said = String::from_utf8_lossy(&verified.stdout).into_owned();
    let problems = String::from_utf8_lossy(&verified.stderr).into_owned();
    assert!(verified.status.success(), "{said}{problems}");
    said
}

/// John (3), who is to go, with a conversation (1) in which the agent Ada (4) speaks with him, and Jane
/// (5), who stays, in whose conversation (2) John has a word as well. Answers the URL of a transcript.
async fn people(server: &Server) -> String {
    let john = json!({
        "first_name": "Zebra", "last_name": "Doe", "email": "zebra@example.com", "user_type": "user",
        "settings_extra": {"phone": ["+44 zebra", "Phone"]},
    });
    assert_eq!(server.add_user(john).await, 3);
    assert_eq!(server.agent("Ada").await, 4);
    assert_eq!(server.user("Jane", "Heron", "jane@example.com").await, 5);
    assert_eq!(server.conversation(3).await, 1);
    assert_eq!(server.conversation(5).await, 2);
    let visit = json!({"user_id": 3, "url": "https://shop.example/zebra"});
    server.ok("current-url", visit).await;
    server.say(3, 1, "My zebra has not arrived").await;
    server.say(4, 1, "Which zebra?").await;
    let changed = json!({"message_id": 1, "message": "My zebra has NOT arrived"});
    server.ok("update-message", changed).await;
    let give = json!({"conversation_id": 1, "agent_id": 4, "message": "He wants his zebra"});
    server.ok("update-conversation-agent", give).await;
    let note = json!({"conversation_id": 1, "user_id": 4, "name": "Ada", "message": "Zebra!"});
    server.ok("add-note", note).await;
    let rating = json!({"settings": {"conversation_id": 1, "rating": 1}});
    server.ok("set-rating", rating).await;
    server.say(5, 2, "Herons are fine").await;
    let also = server.say(3, 2, "Zebras are better").await;
    let changed = json!({"message_id": also, "message": "Zebras are much better"});
    server.ok("update-message", changed).await;
    let transcript = json!({"conversation_id": 1, "type": "txt"});
    let url = server.ok("transcript", transcript).await;
    url.as_str().expect("a URL").to_owned()
}

async fn delete(server: &Server, user: u64) {
    assert_eq!(
        server.ok("delete-user", json!({"user_id": user})).await,
        true
    );
}

async fn nothing_is_left_of_who_was_deleted(engine: Engine) {
    let mut server = Setup::on(engine).config(AT_ONCE).start().await;
    let transcript = people(&server).await;
    assert_eq!(server.send(server.get(&transcript)).await.status, 200);
    let before = server.events(&[]);
    assert!(told(&server).contains(SECRET));
    delete(&server, 3).await;
    forgotten(&server).await;

    let after = server.events(&[]);
    for (then, now) in before.iter().zip(&after) {
        for kept in [
            "position", "stream", "version", "type", "time", "id", "actor",
        ] {
            assert_eq!(then[kept], now[kept], "the frame of {then}");
        }
        assert!(now["erased"] == json!(true) || then["data"] == now["data"]);
    }
    let erased: Vec<&Value> = after
        .iter()
        .filter(|event| event["erased"] == true)
        .collect();
    let told_erased = after
        .iter()
        .filter(|event| event["type"] == "history.erased");
    let positions: Vec<&Value> = told_erased
        .flat_map(|event| event["data"]["positions"].as_array().expect("a list"))
        .collect();
    assert_eq!(erased.len(), positions.len());
    assert!(
        erased
            .iter()
            .all(|event| positions.contains(&&event["position"]))
    );
    assert_eq!(server.send(server.get(&transcript)).await.status, 404);
    assert!(told(&server).contains("herons are fine"));
    let messages = server.messages(2).await;
    assert_eq!(messages.as_array().map(Vec::len), Some(1), "{messages}");
    assert!(sound(&server).contains(&format!("{} of them erased", erased.len())));

    // Numbers are not given again, and what is new is as good as ever.
    assert_eq!(server.user("June", "Doe", "june@example.com").await, 6);
    let again = server.user("Zoe", "Doe", "zebra@example.com").await;
    assert_eq!(again, 7, "the address is free");
    assert_eq!(server.conversation(6).await, 3);
    assert!(server.say(6, 3, "Hello").await > 4);
    delete(&server, again).await;
    forgotten(&server).await;
    server.restart();
    sound(&server);
    server.stop();
    let rebuilt = server.verb("rebuild", &[]);
    assert!(rebuilt.status.success(), "{rebuilt:?}");
    sound(&server);
    for file in std::fs::read_dir(server.data_dir().join("log")).expect("the log's folder") {
        let path = file.expect("an entry").path();
        if path.extension().is_some_and(|extension| extension == "log") {
            let bytes = std::fs::read(&path).expect("readable");
            let has_it = bytes
                .windows(SECRET.len())
                .any(|part| part == SECRET.as_bytes());
            assert!(!has_it, "{} still has it", path.display());
        }
    }
}

#[tokio::test]
async fn nothing_is_left_of_who_was_deleted_sqlite() {
    nothing_is_left_of_who_was_deleted(Engine::Sqlite).await;
}

#[tokio::test]
async fn nothing_is_left_of_who_was_deleted_postgres() {
    nothing_is_left_of_who_was_deleted(Engine::Postgres).await;
}

#[tokio::test]
async fn a_conversation_that_was_deleted_for_good_is_erased_and_its_user_stays() {
    const DAY: i64 = 24 * 3_600;
    let mut server = Setup::on(Engine::Sqlite).config(AT_ONCE).start().await;
    let john = server.user("John", "Doe", "john@example.com").await;
    let ada = server.agent("Ada").await;
    let (trash, kept) = (
        server.conversation(john).await,
        server.conversation(john).await,
    );
    server.say(john, trash, "A zebra").await;
    server.say(ada, trash, "Zebras?").await;
    server.say(john, kept, "A heron").await;
    let status = json!({"conversation_id": trash, "status_code": 4});
    server.ok("update-conversation-status", status).await;
    server.move_clock(31 * DAY);
    server.ok("clean-data", json!({})).await;
    forgotten(&server).await;
    assert!(told(&server).contains("a heron") && told(&server).contains("john@example.com"));
    sound(&server);
    assert_eq!(server.say(john, kept, "Another").await, 4);
    server.restart();
    sound(&server);
}

/// Whenever it is killed, the state is the fold of the log and the read models are a rebuild's, and
/// what is left to erase is erased after the start.
#[tokio::test]
async fn a_kill_leaves_nothing_half() {
    let mut server = Setup::on(Engine::Sqlite).config(AT_ONCE).start().await;
    let ada = server.agent("Ada").await;
    let jane = server.user("Jane", "Heron", "jane@example.com").await;
    let common = server.conversation(jane).await;
    for round in 0..5_u64 {
        let email = format!("zebra{round}@example.com");
        let john = server.user("Zebra", "Doe", &email).await;
        let conversation = server.conversation(john).await;
        for number in 0..60 {
            server
                .say(john, conversation, &format!("Zebra {number}"))
                .await;
        }
        server.say(ada, common, "Hello").await;
        server.say(john, common, "Zebra elsewhere").await;
        delete(&server, john).await;
        // As far as it gets in this time: a little, half or all of it.
        tokio::time::sleep(std::time::Duration::from_millis(round * 4)).await;
        server.kill9();
        sound(&server);
        server.start_again();
    }
    forgotten(&server).await;
    sound(&server);
    server.restart();
    sound(&server);
}

#[tokio::test]
async fn nats_forgets_too_when_it_is_there_again() {
    let mut nats = NatsServer::started(tool("nats-server"));
    let setup = Setup::on(Engine::Sqlite).config(AT_ONCE);
    let server = setup.env("HAVEFUNNELS_NATS", &nats.url()).start().await;
    people(&server).await;
    caught_up(&server).await;
    nats.kill9();
    delete(&server, 3).await;
    forgotten(&server).await;
    nats.start();
    let stream = stream(&nats, async_nats::ConnectOptions::new()).await;
    eventually("the stream has forgotten", || async {
        for event in server
            .events(&[])
            .iter()
            .filter(|event| event["erased"] == true)
        {
            let position = event["position"].as_u64().expect("a number");
            if stream.get_raw_message(position).await.is_ok() {
                return false;
            }
        }
        true
    })
    .await;
    caught_up(&server).await;
}

/// Webhooks of what happened before the deletion have their time; what cannot be delivered within it
/// is not delivered any more, and the deletion itself is told.
#[tokio::test]
async fn what_was_not_delivered_in_time_is_not_delivered() {
    let retries = "webhook_retry_seconds = [1, 1, 1, 1, 1, 1]\n";
    let server = Setup::on(Engine::Sqlite).config(&format!("{AT_ONCE}{retries}"));
    let server = server.start().await;
    let receiver = Receiver::start().await;
    receiver.answer_when("message-sent", Some(Reply::Status(500)));
    let hooks = json!({"settings": {
        "webhooks-enabled": true, "webhooks-url": receiver.url,
        "webhooks-active": "message-sent,user-deleted",
    }});
    server.ok("save-settings", hooks).await;
    let john = server.user("Zebra", "Doe", "zebra@example.com").await;
    let conversation = server.conversation(john).await;
    server.say(john, conversation, "My zebra").await;
    receiver.wait(1).await;
    delete(&server, john).await;
    forgotten(&server).await;
    receiver.answer_when("message-sent", None);
    let gone = receiver.data("user-deleted").await;
    assert_eq!(gone, json!(john.to_string()));
    let log = || server.v1("webhooks/deliveries", json!({}));
    eventually("the message's is given up", || async {
        let rows = log().await.json();
        let rows = rows.as_array().expect("a list").clone();
        let state = |name: &str| rows.iter().find(|row| row["name"] == name).cloned();
        state("message-sent").is_some_and(|row| row["state"] == "abandoned")
    })
    .await;
}

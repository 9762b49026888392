//! A writer under load, killed at random and started again: what was acknowledged is there, and
//! nothing is there twice.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Dice, Engine, Server, Setup};

const WRITERS: u64 = 8;
const ROUNDS: u64 = 50;

/// What the writers were told: the message's id by the text that was sent.
type Ledger = Arc<Mutex<HashMap<String, u64>>>;

/// One writer of one round: sends until the connection breaks, and answers the text whose fate
/// it does not know.
async fn write(
    address: String,
    token: String,
    client: reqwest::Client,
    writer: u64,
    first: String,
    ledger: Ledger,
) -> String {
    let mut text = first;
    let mut number = 0;
    loop {
        let arguments = json!({"user_id": 3, "conversation_id": 1, "message": text});
        let request = client
            .post(format!("{address}/v1/send-message"))
            .bearer_auth(&token)
            .header("idempotency-key", &text)
            .json(&arguments);
        let answer: Option<Value> = match request.send().await {
            Ok(response) if response.status().is_success() => response.json().await.ok(),
            _ => None,
        };
        let Some(id) = answer.and_then(|answer| answer["message-id"].as_u64()) else {
            return text;
        };
        ledger
            .lock()
            .expect("no writer panicked")
            .insert(text.clone(), id);
        number += 1;
        // Ids are given once, so no other round or writer sends this text.
        text = format!("{writer}-{id}-{number}");
    }
}

/// Writes and kills; answers what was acknowledged.
async fn rounds(server: &mut Server, rounds: u64) -> HashMap<String, u64> {
    let ledger = Ledger::default();
    let mut unknown: Vec<String> = (0..WRITERS)
        .map(|writer| format!("{writer}-first"))
        .collect();
    let mut dice = Dice::new(rounds);
    for _ in 0..rounds {
        let client = server.client();
        let writers: Vec<_> = unknown
            .iter()
            .zip(0..)
            .map(|(first, writer)| {
                let (address, token) = (server.address().to_owned(), server.token.clone());
                let work = write(
                    address,
                    token,
                    client.clone(),
                    writer,
                    first.clone(),
                    Arc::clone(&ledger),
                );
                tokio::task::JoinSet::from_iter([work])
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(20 + dice.roll(180))).await;
        server.kill9();
        unknown.clear();
        for mut writer in writers {
            unknown.push(
                writer
                    .join_next()
                    .await
                    .expect("one task")
                    .expect("no panic"),
            );
        }
        server.start_again();
    }
    Arc::try_unwrap(ledger)
        .expect("the writers ended")
        .into_inner()
        .expect("no writer panicked")
}

/// Message ids by text, as the log has them; a text that is there twice has two ids.
fn recorded(server: &Server) -> BTreeMap<String, Vec<u64>> {
    let mut messages: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    let mut last = 0;
    for event in server.events(&[]) {
        let position = event["position"].as_u64().expect("a position");
        assert_eq!(position, last + 1, "positions are dense");
        last = position;
        if event["type"] == "message.sent" {
            let text = event["data"]["text"].as_str().expect("a text").to_owned();
            let id = event["data"]["message"].as_u64().expect("an id");
            messages.entry(text).or_default().push(id);
        }
    }
    messages
}

async fn prepared(setup: Setup) -> Server {
    let server = setup.start().await;
    assert_eq!(server.user("John", "Doe", "john@example.com").await, 3);
    assert_eq!(server.conversation(3).await, 1);
    server
}

async fn nothing_acknowledged_is_lost_and_nothing_is_there_twice(engine: Engine, count: u64) {
    let mut server = prepared(Setup::on(engine)).await;
    let acknowledged = rounds(&mut server, count).await;
    assert!(
        acknowledged.len() as u64 > count,
        "the writers hardly wrote: {}",
        acknowledged.len()
    );
    let recorded = recorded(&server);
    for (text, ids) in &recorded {
        assert_eq!(ids.len(), 1, "{text} was recorded {ids:?}");
    }
    for (text, id) in &acknowledged {
        assert_eq!(
            recorded.get(text),
            Some(&vec![*id]),
            "{text} was acknowledged as {id}"
        );
    }
    server.assert_sound();
}

#[tokio::test]
async fn fifty_kills_lose_nothing() {
    nothing_acknowledged_is_lost_and_nothing_is_there_twice(Engine::Sqlite, ROUNDS).await;
}

#[tokio::test]
async fn ten_kills_lose_nothing_on_postgres() {
    nothing_acknowledged_is_lost_and_nothing_is_there_twice(Engine::Postgres, 10).await;
}

/// The negative control: a log that acknowledges before it writes must be found out.
#[tokio::test]
async fn a_log_that_acknowledges_too_early_is_found_out() {
    let early = Setup::on(Engine::Sqlite).env("HAVEFUNNELS_UNSAFE_ACKNOWLEDGE_EARLY", "1");
    let mut server = prepared(early).await;
    let acknowledged = rounds(&mut server, 10).await;
    let recorded = recorded(&server);
    let lost = acknowledged
        .iter()
        .filter(|(text, id)| recorded.get(*text) != Some(&vec![**id]));
    assert!(
        lost.count() > 0,
        "the test cannot tell a log that loses from one that does not"
    );
}

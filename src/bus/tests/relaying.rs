//! What the relay does with its stream, its server and its rivals.

use std::time::Duration;

use async_nats::jetstream::stream::Config;
use futures::StreamExt as _;

use super::{Given, Relayed, TOKEN, program, server::NatsServer, settings};
use crate::{bus::Settings, export};

/// Every message that the stream holds: sequence, subject, headers and payload as text.
async fn stored(relayed: &Relayed) -> Vec<(u64, String, String, Vec<u8>)> {
    let stream = relayed.nats.jetstream.get_stream("havefunnels").await;
    let stream = stream.unwrap();
    let mut stored = Vec::new();
    let state = &stream.cached_info().state;
    for sequence in state.first_sequence..=state.last_sequence {
        let message = stream.get_raw_message(sequence).await.unwrap();
        stored.push((
            message.sequence,
            message.subject.to_string(),
            format!("{:?}", message.headers),
            message.payload.to_vec(),
        ));
    }
    stored
}

/// Every event of the log is in the stream once, in order, at its own position.
pub async fn holds_all(relayed: &Relayed, given: &Given, first: u64) {
    let stored = stored(relayed).await;
    assert_eq!(stored.len() as u64, given.head() + 1 - first);
    for ((sequence, subject, headers, payload), position) in stored.into_iter().zip(first..) {
        let event = export::parse(&payload).unwrap();
        assert_eq!((sequence, event.position), (position, position));
        assert_eq!(subject, format!("hf.events.{}", event.event_type.name));
        assert!(headers.contains(&event.id.to_string()), "{headers}");
        for bytes in [headers.as_bytes(), &payload] {
            let text = String::from_utf8_lossy(bytes);
            assert!(
                !text.contains(TOKEN) && !text.contains("argon2id"),
                "{text}"
            );
        }
    }
}

#[tokio::test]
async fn every_event_arrives_once_and_at_its_position_without_secrets() {
    let (given, server) = (Given::log(), NatsServer::started(program()));
    given.user().await;
    given.messages(1_500).await;
    let relayed = Relayed::start(&given, settings(&server)).await;
    given.user().await;
    relayed.caught_up(&given).await;
    holds_all(&relayed, &given, 1).await;
}

#[tokio::test]
async fn it_goes_on_where_the_stream_ends_when_the_server_is_killed_under_load() {
    let (given, mut server) = (Given::log(), NatsServer::started(program()));
    let relayed = Relayed::start(&given, settings(&server)).await;
    for _ in 0..3 {
        given.messages(3_000).await;
        relayed.until(|standing| standing.position > 0).await;
        server.kill9();
        given.messages(1_000).await;
        server.start();
    }
    relayed.caught_up(&given).await;
    holds_all(&relayed, &given, 1).await;
    // The relay's own restart: from what the stream holds.
    drop(relayed);
    given.messages(10).await;
    let relayed = Relayed::start(&given, settings(&server)).await;
    relayed.caught_up(&given).await;
    holds_all(&relayed, &given, 1).await;
}

#[tokio::test]
async fn a_wiped_stream_is_made_again_with_the_history_that_is_asked_for() {
    let (given, mut server) = (Given::log(), NatsServer::started(program()));
    let history_events = 50;
    let short = Settings {
        history_events,
        ..settings(&server)
    };
    let relayed = Relayed::start(&given, short).await;
    given.messages(100).await;
    relayed.caught_up(&given).await;
    server.kill9();
    server.wipe();
    given.messages(20).await;
    server.start();
    relayed.caught_up(&given).await;
    holds_all(&relayed, &given, 71).await;
    // Deleted under its feet.
    relayed
        .nats
        .jetstream
        .delete_stream("havefunnels")
        .await
        .unwrap();
    given.messages(10).await;
    relayed.caught_up(&given).await;
    holds_all(&relayed, &given, 81).await;
}

#[tokio::test]
async fn a_second_relay_cannot_publish() {
    let (given, server) = (Given::log(), NatsServer::started(program()));
    given.messages(10).await;
    // A copy of the log, taken while nobody wrote, and served as well.
    let copy = given.copy();
    let relayed = Relayed::start(&given, settings(&server)).await;
    relayed.caught_up(&given).await;
    let mut second = Relayed::start(&copy, settings(&server)).await;
    second.caught_up(&copy).await;

    given.messages(1).await;
    relayed.caught_up(&given).await;
    copy.messages(2).await;
    let why = second.stopped().await;
    assert!(why.contains("not this log's event"), "{why}");
    given.messages(5).await;
    relayed.caught_up(&given).await;
    holds_all(&relayed, &given, 1).await;
}

#[tokio::test]
async fn a_stream_that_is_not_this_logs_is_refused() {
    let (given, server) = (Given::log(), NatsServer::started(program()));
    given.messages(5).await;
    let copy = given.copy();
    given.messages(5).await;

    // Of another log.
    let other = Given::log();
    let mine = Relayed::start(&given, settings(&server)).await;
    mine.caught_up(&given).await;
    let mut foreign = Relayed::start(&other, settings(&server)).await;
    let why = foreign.stopped().await;
    assert!(
        why.contains("belongs to log") && why.contains("nats_stream"),
        "{why}"
    );
    let mut subscription = foreign.bus.subscribe("webhooks", 0).await.unwrap();
    assert!(subscription.next().await.is_err(), "nor is it read");

    // Ahead of this log.
    let mut behind = Relayed::start(&copy, settings(&server)).await;
    let why = behind.stopped().await;
    assert!(why.contains("ends at 10, this log at 5"), "{why}");
    drop(mine);

    // Somebody else's altogether.
    let settings = Settings {
        stream: "theirs".to_owned(),
        ..settings(&server)
    };
    let (jetstream, subjects) = (&behind.nats.jetstream, vec!["theirs".to_owned()]);
    let config = Config {
        name: "theirs".to_owned(),
        subjects,
        ..Config::default()
    };
    jetstream.create_stream(config).await.unwrap();
    let mut theirs = Relayed::start(&given, settings).await;
    let why = theirs.stopped().await;
    assert!(why.contains("belongs to no log"), "{why}");
    assert_eq!(given.head(), 10);
    given.messages(1).await;
}

#[tokio::test]
async fn a_message_of_a_stranger_stops_the_relay() {
    let (given, server) = (Given::log(), NatsServer::started(program()));
    given.messages(5).await;
    let mut relayed = Relayed::start(&given, settings(&server)).await;
    relayed.caught_up(&given).await;
    let stray = relayed
        .nats
        .jetstream
        .publish("hf.events.message.sent", "{}".into());
    stray.await.unwrap().await.unwrap();
    given.messages(1).await;
    let why = relayed.stopped().await;
    assert!(why.contains("message 6"), "{why}");
}

#[tokio::test]
async fn changed_limits_are_applied_and_the_oldest_is_discarded() {
    let (given, server) = (Given::log(), NatsServer::started(program()));
    given.messages(100).await;
    let relayed = Relayed::start(&given, settings(&server)).await;
    relayed.caught_up(&given).await;
    drop(relayed);
    let bytes_max = 20_000;
    let small = Settings {
        bytes_max,
        ..settings(&server)
    };
    let relayed = Relayed::start(&given, small).await;
    given.messages(1).await;
    relayed.caught_up(&given).await;
    let info = relayed.stream().await;
    assert_eq!(info.config.max_bytes, bytes_max);
    assert!(info.state.first_sequence > 1 && info.state.last_sequence == 101);
    holds_all(&relayed, &given, info.state.first_sequence).await;
}

#[tokio::test]
async fn what_anybody_subscribes_to_comes_as_it_happens() {
    let (given, server) = (Given::log(), NatsServer::started(program()));
    let relayed = Relayed::start(&given, settings(&server)).await;
    relayed.caught_up(&given).await;
    let client = async_nats::connect(server.url()).await.unwrap();
    let mut deleted = client.subscribe("hf.events.message.deleted").await.unwrap();
    client.flush().await.unwrap();
    given.user().await;
    given.messages(1).await;
    let message = tokio::time::timeout(Duration::from_secs(10), deleted.next());
    let event = export::parse(&message.await.unwrap().unwrap().payload).unwrap();
    assert_eq!(event.position, 2);
}

#[tokio::test]
async fn what_the_log_has_erased_is_forgotten() {
    let (given, server) = (Given::log(), NatsServer::started(program()));
    given.user().await;
    given.messages(5).await;
    let relayed = Relayed::start(&given, settings(&server)).await;
    relayed.caught_up(&given).await;
    let too_early = relayed.bus.forget(&[1, 7]).await;
    assert!(too_early.is_err(), "the seventh is not there yet");

    given.journal.log().erase(vec![1]).await.unwrap();
    for _again in 0..2 {
        relayed.bus.forget(&[1]).await.unwrap();
    }
    let stream = relayed
        .nats
        .jetstream
        .get_stream("havefunnels")
        .await
        .unwrap();
    assert!(stream.get_raw_message(1).await.is_err());
    let mut subscription = relayed.bus.subscribe("webhooks", 0).await.unwrap();
    let events = subscription.next().await.unwrap();
    assert_eq!((events[0].position, &events[0].event), (1, &None));
}

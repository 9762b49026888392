//! What a subscription does, whichever home the events come from.

use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, PullConsumer};
use tokio::time::timeout;

use super::{Given, Relayed, TOKEN, program, server::NatsServer, settings};
use crate::bus::{Bus, EVENTS_MAX, Fault, Settings, Subscription};

/// Everything up to `until`, as the subscription hands it out; acknowledged.
async fn taken(subscription: &mut Subscription, until: u64) -> Vec<u64> {
    let mut positions = Vec::new();
    while positions.last() < Some(&until) {
        let events = timeout(Duration::from_secs(20), subscription.next());
        let events = events.await.expect("there is more").unwrap();
        assert!((1..=EVENTS_MAX).contains(&events.len()));
        positions.extend(events.iter().map(|event| event.position));
        subscription.acknowledge(*positions.last().unwrap());
    }
    positions
}

/// What every home of the bus must do.
async fn hands_out_what_the_log_has(given: &Given, bus: &Bus) {
    given.messages(1_200).await;
    given.user().await;

    // All, in order, from the start; secrets masked.
    let mut first = bus.subscribe("webhooks", 0).await.unwrap();
    assert_eq!(taken(&mut first, 1_200).await.len() as u64, given.head());
    let mut at_user = bus.subscribe("reports", 1_200).await.unwrap();
    let events = at_user.next().await.unwrap();
    let text = format!("{events:?}");
    assert!(
        !text.contains(TOKEN) && !text.contains("argon2id"),
        "{text}"
    );
    assert!(text.contains("Zoë") && text.contains("********"), "{text}");

    // Nothing more: it waits, may be dropped while it waits, and goes on.
    let waited = timeout(Duration::from_millis(50), first.next()).await;
    assert!(waited.is_err(), "there is no event yet");
    given.messages(1).await;
    assert_eq!(taken(&mut first, 1_202).await, [1_202]);

    // From the reaction's own checkpoint, wherever that is.
    drop(first);
    for after in [1_202, 700, 3, 1_190] {
        given.messages(1).await;
        let mut again = bus.subscribe("webhooks", after).await.unwrap();
        let expected: Vec<u64> = (after + 1..=given.head()).collect();
        assert_eq!(taken(&mut again, given.head()).await, expected);
    }

    // A checkpoint of another log, or of a log that was set back.
    let refused = bus.subscribe("webhooks", given.head() + 1).await;
    assert!(matches!(refused.err(), Some(Fault::Ahead { .. })));
}

#[tokio::test]
async fn the_logs_tail_hands_out_what_the_log_has() {
    let given = Given::log();
    let bus = Bus::tail(given.journal.reader().clone());
    Box::pin(hands_out_what_the_log_has(&given, &bus)).await;
}

#[tokio::test]
async fn a_closed_log_ends_a_subscription() {
    let given = Given::log();
    let bus = Bus::tail(given.journal.reader().clone());
    let mut subscription = bus.subscribe("webhooks", 0).await.unwrap();
    given.journal.log().clone().close().unwrap();
    assert!(matches!(subscription.next().await, Err(Fault::Log(_))));
}

#[tokio::test]
async fn jetstream_hands_out_what_the_log_has() {
    let (given, server) = (Given::log(), NatsServer::started(program()));
    let relayed = Relayed::start(&given, settings(&server)).await;
    Box::pin(hands_out_what_the_log_has(&given, &relayed.bus)).await;
}

/// The consumer of the reaction `webhooks` as NATS has it.
async fn consumer(relayed: &Relayed) -> PullConsumer {
    let stream = relayed.nats.jetstream.get_stream("havefunnels").await;
    let stream = stream.unwrap();
    stream.get_consumer("webhooks").await.unwrap()
}

#[tokio::test]
async fn what_was_not_acknowledged_before_a_crash_is_handed_out_again() {
    let (given, server) = (Given::log(), NatsServer::started(program()));
    let relayed = Relayed::start(&given, settings(&server)).await;
    given.messages(700).await;
    relayed.caught_up(&given).await;

    let mut before = relayed.bus.subscribe("webhooks", 0).await.unwrap();
    let first = timeout(Duration::from_secs(20), before.next()).await;
    let first = first.unwrap().unwrap();
    before.acknowledge(40);
    // The crash: what was handed out after 40 was not dealt with.
    drop(before);
    let left = consumer(&relayed).await.cached_info().num_ack_pending;
    assert!(left >= first.len(), "nothing was acknowledged by itself");

    let mut after = relayed.bus.subscribe("webhooks", 40).await.unwrap();
    let expected: Vec<u64> = (41..=700).collect();
    let started = std::time::Instant::now();
    assert_eq!(taken(&mut after, 700).await, expected);
    assert!(started.elapsed() < Duration::from_secs(30), "at once");
}

#[tokio::test]
async fn acknowledgements_are_explicit_and_bounded_and_reach_nats() {
    let (given, server) = (Given::log(), NatsServer::started(program()));
    let relayed = Relayed::start(&given, settings(&server)).await;
    given.messages(1_500).await;
    let mut subscription = relayed.bus.subscribe("webhooks", 0).await.unwrap();

    let mut last = 0;
    loop {
        let next = timeout(Duration::from_secs(3), subscription.next()).await;
        let Ok(events) = next else { break };
        last = events.unwrap().last().unwrap().position;
    }
    assert_eq!(last, 1_000, "no more are under way than are allowed");
    let config = consumer(&relayed).await.cached_info().config.clone();
    assert_eq!(config.ack_policy, AckPolicy::Explicit);
    assert_eq!(
        (config.max_ack_pending, config.filter_subject),
        (1_000, String::new())
    );

    subscription.acknowledge(last);
    taken(&mut subscription, 1_500).await;
    let idle = timeout(Duration::from_millis(300), subscription.next()).await;
    assert!(idle.is_err(), "that was all");
    let info = consumer(&relayed).await.cached_info().clone();
    assert_eq!(
        (info.ack_floor.stream_sequence, info.num_ack_pending),
        (1_500, 0)
    );
}

#[tokio::test]
async fn what_the_stream_does_not_hold_comes_from_the_log() {
    let (given, server) = (Given::log(), NatsServer::started(program()));
    given.messages(100).await;
    let history_events = 30;
    let short = Settings {
        history_events,
        ..settings(&server)
    };
    let relayed = Relayed::start(&given, short).await;
    relayed.caught_up(&given).await;
    let stream = relayed
        .nats
        .jetstream
        .get_stream("havefunnels")
        .await
        .unwrap();
    assert_eq!(stream.cached_info().state.first_sequence, 71);
    stream.delete_message(90).await.unwrap();
    // Larger than NATS takes.
    given.text(2 << 20).await;
    given.messages(10).await;

    let mut subscription = relayed.bus.subscribe("webhooks", 10).await.unwrap();
    let mut text = 0;
    let mut expected = 11..;
    while expected.start <= given.head() {
        let events = timeout(Duration::from_secs(20), subscription.next()).await;
        for event in events.unwrap().unwrap() {
            assert_eq!(Some(event.position), expected.next());
            text = text.max(format!("{:?}", event.event).len());
        }
    }
    assert!(text > 2 << 20, "the large one came whole");
}

#[tokio::test]
async fn a_subscription_outlives_nats() {
    let (given, mut server) = (Given::log(), NatsServer::planned(program()));
    let relayed = Relayed::start(&given, settings(&server)).await;
    given.messages(100).await;
    let mut subscription = relayed.bus.subscribe("webhooks", 0).await.unwrap();
    let early = timeout(Duration::from_millis(200), subscription.next()).await;
    assert!(early.is_err(), "it waits for NATS");
    server.start();
    assert_eq!(taken(&mut subscription, 100).await.len(), 100);

    server.kill9();
    given.messages(100).await;
    server.start();
    let expected: Vec<u64> = (101..=200).collect();
    assert_eq!(taken(&mut subscription, 200).await, expected);

    server.kill9();
    server.wipe();
    given.messages(100).await;
    server.start();
    let expected: Vec<u64> = (201..=300).collect();
    assert_eq!(taken(&mut subscription, 300).await, expected);
}

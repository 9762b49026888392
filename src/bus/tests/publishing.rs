//! What gets into the stream when something happens in the middle of many messages.

use async_nats::jetstream;

use super::{Given, Relayed, program, relaying::holds_all, server::NatsServer, settings};

#[tokio::test]
async fn nothing_gets_in_behind_a_rival() {
    let (given, server) = (Given::log(), NatsServer::started(program()));
    given.messages(20_000).await;
    let mut relayed = Relayed::start(&given, settings(&server)).await;
    relayed.until(|standing| standing.position > 0).await;
    let rival = jetstream::new(async_nats::connect(server.url()).await.unwrap());
    let rival = rival.publish("hf.events.message.sent", "{}".into()).await;
    let sequence = rival.unwrap().await.unwrap().sequence;
    // Where the relay was done before, it finds out now.
    given.messages(1).await;
    let why = relayed.stopped().await;
    assert!(why.contains(&format!("message {sequence} of")), "{why}");
    assert_eq!(relayed.stream().await.state.last_sequence, sequence);
}

#[tokio::test]
async fn two_relays_of_the_same_events_leave_each_once() {
    let (given, server) = (Given::log(), NatsServer::started(program()));
    given.messages(5_000).await;
    let copy = given.copy();
    let first = Relayed::start(&given, settings(&server)).await;
    let second = Relayed::start(&copy, settings(&server)).await;
    first.caught_up(&given).await;
    second.caught_up(&copy).await;
    holds_all(&first, &given, 1).await;
}

#[tokio::test]
async fn a_cut_connection_leaves_no_gap_and_nothing_twice() {
    let (given, server) = (Given::log(), NatsServer::started(program()));
    let relayed = Relayed::start(&given, settings(&server)).await;
    relayed.caught_up(&given).await;
    let client = relayed.nats.jetstream.client();
    for _ in 0..4 {
        given.messages(1_000).await;
        client.force_reconnect().await.unwrap();
    }
    relayed.caught_up(&given).await;
    holds_all(&relayed, &given, 1).await;
}

#[tokio::test]
async fn large_events_get_through_and_too_large_ones_without_their_data() {
    let (given, server) = (Given::log(), NatsServer::started(program()));
    // More bytes than may be under way, in fewer messages than are acknowledged together.
    for _ in 0..20 {
        given.text(1_000_000).await;
    }
    given.text(2 << 20).await;
    given.messages(3).await;
    let relayed = Relayed::start(&given, settings(&server)).await;
    relayed.caught_up(&given).await;
    let state = relayed.stream().await.state;
    assert_eq!(state.last_sequence, given.head());
    assert!((20_000_000..21_000_000).contains(&state.bytes), "{state:?}");
}

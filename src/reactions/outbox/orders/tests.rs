use eventlog::Memory;
use events::{
    ConversationId, MessageId,
    delivery::{Abandoned, Succeeded},
    notification::{EmailSent, SmsSent},
};
use serde_json::json;

use super::*;
use crate::reactions::ledger::pending;

fn order(delivery: u64, channel: Channel, ticket: Option<u64>) -> Order {
    Order {
        delivery,
        channel,
        recipients: vec![UserId(3)],
        to: Vec::new(),
        sender: None,
        content: Content::Message {
            conversation: ConversationId(1),
            message: MessageId(9),
        },
        ticket,
    }
}

fn after(events: impl IntoIterator<Item = (Stream, Event)>) -> Memory {
    let mut state = Memory::default();
    for (stream, event) in events {
        ledger::evolve(&mut state, stream, &event).unwrap();
        evolve(&mut state, stream, &event).unwrap();
    }
    state
}

fn ordered_at(time_ms: i64, orders: Vec<Order>) -> (Stream, Event) {
    (UserId(3).into(), Ordered { time_ms, orders }.into())
}

fn attempt(delivery: u64, error: Option<&str>) -> Vec<Attempt> {
    vec![Attempt {
        delivery,
        attempt: 1,
        error: error.map(str::to_owned),
        ..Attempt::default()
    }]
}

fn numbers(state: &Memory) -> Vec<(u64, String)> {
    let pending = pending(state, Reaction::Outbox, 0, 10).unwrap();
    let parts = pending
        .into_iter()
        .map(|one| (one.plan.delivery, one.plan.lane));
    parts.collect()
}

#[test]
fn what_is_ordered_is_pending_until_it_has_left() {
    let mut history = vec![ordered_at(
        5,
        vec![order(1, Channel::Email, None), order(2, Channel::Sms, None)],
    )];
    let state = after(history.clone());
    let lanes = [(1, "email-user-3".to_owned()), (2, "sms-user-3".to_owned())];
    assert_eq!(numbers(&state), lanes);
    assert_eq!(
        ordered(&state, 2).unwrap().unwrap(),
        (UserId(3).into(), order(2, Channel::Sms, None))
    );
    assert_eq!(next_id(&state, Numbered::Delivery).unwrap(), 3);
    for channel in [Channel::Email, Channel::Sms] {
        assert_eq!(told_ms(&state, UserId(3), channel).unwrap(), Some(5));
    }
    assert_eq!(told_ms(&state, UserId(4), Channel::Email).unwrap(), None);
    let deliveries = attempt(1, None);
    history.push((Reaction::Outbox.stream(), Succeeded { deliveries }.into()));
    let state = after(history);
    assert_eq!(numbers(&state), lanes[1..]);
    assert_eq!(ordered(&state, 1).unwrap(), None);
}

#[test]
fn who_waits_gets_a_receipt_and_overtakes() {
    let sent = SmsSent {
        delivery: Some(7),
        recipient: None,
        to: "+1".to_owned(),
        message: "Hi".to_owned(),
        response: json!({"sid": "SM1"}),
    };
    let unasked = EmailSent {
        delivery: Some(8),
        recipient: None,
        to: "a@example.com".to_owned(),
        subject: String::new(),
        message: String::new(),
    };
    let orders = vec![
        order(7, Channel::Sms, Some(1)),
        order(8, Channel::Email, None),
        order(9, Channel::Push, Some(2)),
    ];
    let history = [
        ordered_at(5, orders),
        (UserId(3).into(), sent.into()),
        (UserId(3).into(), unasked.into()),
        (
            Reaction::Outbox.stream(),
            Abandoned {
                deliveries: attempt(9, Some("no such interest")),
                stopped: None,
            }
            .into(),
        ),
        // Another reaction's deliveries are not ours.
        (
            Reaction::Webhooks.stream(),
            Succeeded {
                deliveries: attempt(8, None),
            }
            .into(),
        ),
    ];
    let before = after(history[..1].to_vec());
    assert_eq!(numbers(&before)[0], (7, "sms-7".to_owned()));
    assert_eq!(receipt(&before, 1).unwrap(), None);
    let state = after(history);
    let taken = Receipt::Taken(json!({"sid": "SM1"}));
    assert_eq!(receipt(&state, 1).unwrap(), Some(taken));
    let refused = Receipt::Refused("no such interest".to_owned());
    assert_eq!(receipt(&state, 2).unwrap(), Some(refused));
    assert!(ordered(&state, 8).unwrap().is_some());
    assert_eq!(next_id(&state, Numbered::Ticket).unwrap(), 3);
}

use eventlog::Memory;
use events::{
    ConversationId, MessageId,
    delivery::{Abandoned, Succeeded},
    notification::{EmailSent, SmsSent},
    user,
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

fn abandoned(delivery: u64) -> (Stream, Event) {
    let deliveries = attempt(delivery, Some("no such mailbox"));
    (
        Reaction::Outbox.stream(),
        Abandoned {
            deliveries,
            stopped: None,
        }
        .into(),
    )
}

fn is_told(state: &Memory, channel: Channel) -> bool {
    told::is_told(state, UserId(3), channel, None).unwrap()
}

#[test]
fn who_was_told_is_told_until_there_again_or_what_was_to_tell_never_left() {
    let told = [
        ordered_at(5, vec![order(1, Channel::Email, None)]),
        ordered_at(6, vec![order(2, Channel::Sms, None)]),
    ];
    let then = |more: &[(Stream, Event)]| after([&told[..], more].concat());
    let state = then(&[]);
    assert!(is_told(&state, Channel::Email) && is_told(&state, Channel::Sms));
    assert!(!told::is_told_at_all(&state, UserId(4)).unwrap());
    let here = |conversation| {
        let here = Some(ConversationId(conversation));
        told::is_told(&state, UserId(3), Channel::Email, here).unwrap()
    };
    assert!(here(1) && !here(2));
    let state = then(&[abandoned(1)]);
    assert!(!is_told(&state, Channel::Email) && is_told(&state, Channel::Sms));
    // Another has told since.
    let again = ordered_at(7, vec![order(3, Channel::Email, None)]);
    assert!(is_told(&then(&[again, abandoned(1)]), Channel::Email));
    let returned = (UserId(3).into(), user::Returned {}.into());
    assert!(!told::is_told_at_all(&then(&[returned]), UserId(3)).unwrap());
}

/// What was erased leaves the same state whether it is folded or not.
#[test]
fn an_erasure_makes_the_same_of_the_history_as_it_was_and_as_it_is() {
    let mut elsewhere = order(1, Channel::Email, None);
    elsewhere.content = Content::Message {
        conversation: ConversationId(2),
        message: MessageId(8),
    };
    let orders = vec![elsewhere];
    let kept = Ordered { time_ms: 4, orders };
    let kept = [(ConversationId(2).into(), kept.into())];
    let wrote = events::message::Sent {
        message: MessageId(10),
        author: UserId(3),
        author_type: UserType::User,
        text: "Thank you".to_owned(),
        attachments: Vec::new(),
        payload: String::new(),
        asked_status: None,
        first_of_customer: false,
        recipient: None,
    };
    let gone = [
        (ConversationId(1).into(), wrote.into()),
        ordered_at(5, vec![order(2, Channel::Email, None)]),
    ];
    let settled = [abandoned(2)];
    let erased = Erased {
        positions: vec![2, 3],
        messages: vec![MessageId(10)],
        orders: vec![events::erasure::Order {
            delivery: 2,
            ticket: None,
        }],
        told: vec![UserId(3)],
        last_numbers: [(Numbered::Delivery as u8, 2), (Numbered::Message as u8, 10)].into(),
        ..Erased::default()
    };
    let erased = [(ConversationId(1).into(), erased.into())];
    let fold = |events: &[&[(Stream, Event)]]| {
        let mut state = Memory::default();
        for (stream, event) in events.concat() {
            crate::functions::evolve(&mut state, stream, &event).unwrap();
        }
        state
    };
    let as_it_was = fold(&[&kept, &gone, &settled, &erased]);
    assert_eq!(as_it_was, fold(&[&kept, &settled, &erased]));
}

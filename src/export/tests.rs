//! Every type of event leaves and comes back; no secret does.

use std::{fs, path::Path};

use events::{Event, EventId, Recorded, Stream, StreamKind, TYPES, UserId, type_numbered, user};
use serde_json::{Value, json};

use super::{
    NotAnEvent, data_of, is_secretive, mask, masked, may_hold_secrets, parse, text,
    text_without_data,
};

fn recorded(number: u16, event: Option<Event>) -> Recorded {
    Recorded {
        position: 41,
        stream: Stream {
            kind: StreamKind::Conversation,
            id: 7,
        },
        version: 3,
        event_type: type_numbered(number).unwrap(),
        time_ms: 1_589_293_737_045,
        id: EventId([1; 16]),
        correlation: EventId([2; 16]),
        causation: 40,
        actor: UserId(5),
        event,
    }
}

/// The text of an event, to be changed.
fn object(event: &Recorded) -> Value {
    serde_json::from_str(&text(event)).unwrap()
}

/// One event of every type, from the golden files.
fn golden() -> Vec<Recorded> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("events/fixtures");
    let of = |kind: &events::EventType| {
        let path = folder.join(format!("{}.v{}.json", kind.name, kind.version));
        let payload = fs::read(path).unwrap();
        let event = Event::decode(kind.number, kind.version, &payload).unwrap();
        recorded(kind.number, Some(event))
    };
    TYPES.iter().map(of).collect()
}

#[test]
fn every_golden_event_leaves_and_comes_back_but_for_its_secrets() {
    for event in golden() {
        let written = text(&event);
        let hidden = masked(event).unwrap();
        assert_eq!(parse(written.as_bytes()).unwrap(), hidden);
        // Masking twice is masking once, and one shape is left as one shape.
        assert_eq!(text(&hidden), written);
        for secret in [
            "a521773c5a566a251c3fb00e93162b20ff955b12",
            "argon2id",
            "2b7e151628aed2a6",
        ] {
            assert!(!written.contains(secret), "{written}");
        }
    }
}

#[test]
fn all_of_the_envelope_comes_back() {
    let mut event = recorded(43, None);
    assert_eq!(parse(text(&event).as_bytes()).unwrap(), event);
    (event.causation, event.time_ms) = (0, -1);
    let written = text(&event);
    assert!(written.contains("1969-12-31T23:59:59.999Z"), "{written}");
    assert_eq!(parse(written.as_bytes()).unwrap(), event);
}

#[test]
fn one_event_is_one_line_of_this_shape() {
    let event = golden().pop().unwrap();
    assert_eq!(
        text(&recorded(43, None)),
        r#"{"position":41,"stream":"conversation-7","version":3,"type":"message.deleted","schema":1,"time":"2020-05-12T14:28:57.045Z","id":"01010101-0101-0101-0101-010101010101","correlation":"02020202-0202-0202-0202-020202020202","causation":40,"actor":5,"erased":true,"data":null}"#
    );
    let without = text_without_data(&event);
    assert!(
        without.ends_with(r#""erased":false,"data":null}"#),
        "{without}"
    );
    assert!(matches!(
        parse(without.as_bytes()),
        Err(NotAnEvent::Field("data"))
    ));
}

#[test]
fn the_types_that_can_hold_secrets_are_all_that_do() {
    for event in golden() {
        let happened = event.event.as_ref().expect("a payload");
        let masked = mask(&mut data_of(&happened.encode()));
        assert!(
            !masked || is_secretive(happened),
            "{} holds a secret",
            event.event_type.name
        );
    }
}

#[test]
fn nothing_that_is_masked_is_overlooked() {
    for event in golden() {
        let payload = event.event.unwrap().encode();
        let mut data = serde_json::from_slice(&payload).unwrap();
        assert!(!mask(&mut data) || may_hold_secrets(&payload));
    }
    assert!(may_hold_secrets(br#"{"set":{}}"#));
    assert!(!may_hold_secrets(br#"{"text":"a \"token\" and a set"}"#));
}

#[test]
fn what_is_absent_is_not_masked_into_being() {
    let created = golden().remove(0);
    let Some(Event::UserCreated(mut visitor)) = created.event else {
        panic!("the first type is user.created");
    };
    visitor.password_hash = None;
    let event = masked(recorded(1, Some(visitor.into()))).unwrap();
    let Some(Event::UserCreated(visitor)) = event.event else {
        panic!("it stays what it is");
    };
    assert_eq!(visitor.password_hash, None);
    assert_eq!(visitor.token, "********");
}

#[test]
fn settings_of_type_password_are_masked_at_any_depth() {
    let mut data = json!({ "set": {
        "smtp-password": ["hunter2", "password"],
        "slack": [{ "slack-token": ["xoxb-1", "password"], "slack-channel": ["c", "text"] }, "multi-input"],
        "words": [["password", "text"], ["a", "b", "password"]],
    }});
    assert!(mask(&mut data));
    assert_eq!(
        data,
        json!({ "set": {
            "smtp-password": ["********", "password"],
            "slack": [{ "slack-token": ["********", "password"], "slack-channel": ["c", "text"] }, "multi-input"],
            "words": [["password", "text"], ["a", "b", "password"]],
        }})
    );
}

#[test]
fn what_is_stored_apart_and_the_address_of_webhooks_hide_their_secrets() {
    let mut data = json!({
        "set": { "webhooks-url": ["https://hooks.example/T1/s3cret?key=s3cret", "text"] },
        "external": { "my-api": { "token": ["s3cret", "password"] } },
        "external_translations": { "my-api": { "fr": [["s3cret", "password"]] } },
    });
    assert!(mask(&mut data));
    assert!(!data.to_string().contains("s3cret"), "{data}");
    assert_eq!(
        data["set"]["webhooks-url"],
        json!(["https://hooks.example/********", "text"])
    );
}

#[test]
fn no_password_hash_leaves() {
    let event = Event::from(user::PasswordChanged {
        password_hash: "$argon2id$".into(),
    });
    let text = object(&recorded(4, Some(event)));
    assert_eq!(text["data"], json!({ "password_hash": "********" }));
}

#[test]
fn other_texts_are_no_events() {
    assert!(matches!(parse(b"{}"), Err(NotAnEvent::Shape(_))));
    let mut text = object(&recorded(43, None));
    text["erased"] = false.into();
    let said = parse(text.to_string().as_bytes()).unwrap_err();
    assert!(matches!(said, NotAnEvent::Field("data")));
    let mut text = object(&recorded(43, None));
    text["type"] = "message.sung".into();
    let said = parse(text.to_string().as_bytes()).unwrap_err();
    assert!(matches!(said, NotAnEvent::Field("type")));
    text["type"] = "message.deleted".into();
    text["erased"] = false.into();
    text["data"] = json!([]);
    let said = parse(text.to_string().as_bytes()).unwrap_err();
    assert!(matches!(said, NotAnEvent::Data(_)));
}

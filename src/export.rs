//! An event as it leaves the house: one JSON object, with secrets masked; and the way back.
//!
//! Exports, feeds and the bus write this shape and no other, so that there is one place where a
//! secret could slip through. It knows no file, no socket and no NATS.

use chrono::DateTime;
use events::{DecodeError, Event, EventId, Recorded, Stream, StreamKind, TYPES, UserId};
use serde::Deserialize;
use serde_json::{Value, json, value::RawValue};
use uuid::Uuid;

use crate::clock;

/// Fields whose values leave the log through no export.
const SECRETS: [&str; 2] = ["password_hash", "token"];
/// What stands in their place.
const MASK: &str = "********";

/// One event as an analyst or a subscriber sees it. An erased one has no data and says so.
#[must_use]
pub fn object(event: &Recorded) -> Value {
    let data = event.event.as_ref().map(|event| {
        let mut data = data_of(event);
        mask(&mut data);
        data
    });
    json!({
        "position": event.position,
        "stream": event.stream.to_string(),
        "version": event.version,
        "type": event.event_type.name,
        "schema": event.event_type.version,
        "time": time(event.time_ms),
        "id": event.id.to_string(),
        "correlation": event.correlation.to_string(),
        "causation": (event.causation != 0).then_some(event.causation),
        "actor": event.actor.0,
        "erased": data.is_none(),
        "data": data,
    })
}

/// The event with its secrets masked, as everybody but the log and the read models sees it.
///
/// # Errors
/// When the masked payload has another shape, which no type of event has.
pub fn masked(mut event: Recorded) -> Result<Recorded, NotAnEvent> {
    let Some(payload) = &event.event else {
        return Ok(event);
    };
    let mut data = data_of(payload);
    if mask(&mut data) {
        event.event = Some(decode(
            event.event_type.number,
            event.event_type.version,
            data.to_string().as_bytes(),
        )?);
    }
    Ok(event)
}

/// Why a text is not an event that left a house like this one.
#[derive(Debug, thiserror::Error)]
pub enum NotAnEvent {
    /// No JSON, or not the object that events leave as.
    #[error("the text is not an event")]
    Shape(#[source] serde_json::Error),
    /// A field does not hold what it should.
    #[error("the event's {0} is not right")]
    Field(&'static str),
    /// The type or its version is unknown here, or the data has another shape.
    #[error("the event's data cannot be understood")]
    Data(#[source] DecodeError),
}

/// An event on its way back in.
#[derive(Deserialize)]
struct Object<'a> {
    position: u64,
    stream: String,
    version: u64,
    #[serde(rename = "type")]
    name: String,
    schema: u8,
    time: String,
    id: Uuid,
    correlation: Uuid,
    causation: Option<u64>,
    actor: u64,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
}

/// The event that [`object`] wrote; its secrets stay masked.
///
/// # Errors
/// When the text is not one that [`object`] writes, or a newer release wrote it.
pub fn parse(text: &[u8]) -> Result<Recorded, NotAnEvent> {
    let object: Object<'_> = serde_json::from_slice(text).map_err(NotAnEvent::Shape)?;
    let event_type = TYPES
        .iter()
        .find(|known| known.name == object.name)
        .ok_or(NotAnEvent::Field("type"))?;
    let data = object.data.filter(|data| data.get() != "null");
    let event = data
        .map(|data| decode(event_type.number, object.schema, data.get().as_bytes()))
        .transpose()?;
    Ok(Recorded {
        position: object.position,
        stream: stream(&object.stream).ok_or(NotAnEvent::Field("stream"))?,
        version: object.version,
        event_type: *event_type,
        time_ms: DateTime::parse_from_rfc3339(&object.time)
            .map_err(|_| NotAnEvent::Field("time"))?
            .timestamp_millis(),
        id: EventId(object.id.into_bytes()),
        correlation: EventId(object.correlation.into_bytes()),
        causation: object.causation.unwrap_or(0),
        actor: UserId(object.actor),
        event,
    })
}

fn decode(number: u16, schema: u8, data: &[u8]) -> Result<Event, NotAnEvent> {
    Event::decode(number, schema, data).map_err(NotAnEvent::Data)
}

/// `conversation-7`
fn stream(text: &str) -> Option<Stream> {
    let (name, id) = text.rsplit_once('-')?;
    let mut kinds = (0..=u8::MAX).filter_map(StreamKind::numbered);
    Some(Stream {
        kind: kinds.find(|kind| kind.name() == name)?,
        id: id.parse().ok()?,
    })
}

fn time(time_ms: i64) -> String {
    format!(
        "{}.{:03}Z",
        clock::wire_time(time_ms).replace(' ', "T"),
        time_ms.rem_euclid(1_000)
    )
}

fn data_of(event: &Event) -> Value {
    serde_json::from_slice(&event.encode()).expect("an event's payload is JSON")
}

/// Hides every secret in an event's data and says whether there was one.
fn mask(data: &mut Value) -> bool {
    let Some(object) = data.as_object_mut() else {
        return false;
    };
    let mut found = false;
    for secret in SECRETS {
        if let Some(value) = object.get_mut(secret).filter(|value| !value.is_null()) {
            *value = MASK.into();
            found = true;
        }
    }
    if let Some(settings) = object.get_mut("set") {
        found |= mask_settings(settings);
    }
    found
}

/// Hides the value of each setting of type `password`, at any depth: settings are written
/// `[value, "type"]`, and some hold others.
fn mask_settings(settings: &mut Value) -> bool {
    match settings {
        Value::Array(pair) if matches!(&pair[..], [_, kind] if kind == "password") => {
            pair[0] = MASK.into();
            true
        }
        Value::Array(list) => list
            .iter_mut()
            .fold(false, |found, item| mask_settings(item) | found),
        Value::Object(object) => object
            .values_mut()
            .fold(false, |found, item| mask_settings(item) | found),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use events::{
        Event, EventId, Recorded, Stream, StreamKind, TYPES, UserId, type_numbered, user,
    };
    use serde_json::json;

    use super::{NotAnEvent, mask, masked, object, parse};

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
            let text = object(&event).to_string();
            let hidden = masked(event).unwrap();
            assert_eq!(parse(text.as_bytes()).unwrap(), hidden);
            // Masking twice is masking once, and one shape is left as one shape.
            assert_eq!(object(&hidden).to_string(), text);
            for secret in ["a521773c5a566a251c3fb00e93162b20ff955b12", "argon2id"] {
                assert!(!text.contains(secret), "{text}");
            }
        }
    }

    #[test]
    fn all_of_the_envelope_comes_back() {
        let mut event = recorded(43, None);
        assert_eq!(parse(object(&event).to_string().as_bytes()).unwrap(), event);
        (event.causation, event.time_ms) = (0, -1);
        let text = object(&event).to_string();
        assert!(text.contains("1969-12-31T23:59:59.999Z"), "{text}");
        assert_eq!(parse(text.as_bytes()).unwrap(), event);
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
        text["type"] = "message.sung".into();
        let said = parse(text.to_string().as_bytes()).unwrap_err();
        assert!(matches!(said, NotAnEvent::Field("type")));
        text["type"] = "message.deleted".into();
        text["data"] = json!([]);
        let said = parse(text.to_string().as_bytes()).unwrap_err();
        assert!(matches!(said, NotAnEvent::Data(_)));
    }
}

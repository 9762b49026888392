//! An event as it leaves the house: one JSON object, with secrets masked; and the way back.
//!
//! Exports, feeds and the bus write this shape and no other, so that there is one place where a
//! secret could slip through. It knows no file, no socket and no NATS.

use std::fmt::{Display, Write as _};

use chrono::{DateTime, SecondsFormat};
use events::{DecodeError, Event, EventId, Recorded, Stream, StreamKind, TYPES, UserId};
use serde::Deserialize;
use serde_json::{Value, value::RawValue};
use url::Url;
use uuid::Uuid;

/// Fields whose values leave the log through no export.
const SECRETS: [&str; 3] = ["password_hash", "token", "token_hash"];
/// The fields that hold settings.
const SETTINGS: [&str; 3] = ["set", "external", "external_translations"];
/// The setting whose value is a secret in all but its host: whoever knows the address may post to it.
const CAPABILITY: &str = "webhooks-url";
/// What stands in their place.
const MASK: &str = "********";

/// Bytes that most events leave as, at most.
const TEXT_BYTES: usize = 512;

/// One event as an analyst or a subscriber sees it, as JSON text in one line. An erased one has no
/// data and says so.
#[must_use]
pub fn text(event: &Recorded) -> String {
    leaving(event, event.event.as_ref())
}

/// The same without its data, which is too large for where it goes.
#[must_use]
pub fn text_without_data(event: &Recorded) -> String {
    leaving(event, None)
}

/// What surrounds the data is written by hand, since every event pays for it; there is nothing in
/// it that JSON would want escaped.
fn leaving(event: &Recorded, data: Option<&Event>) -> String {
    let causation: &dyn Display = match &event.causation {
        0 => &"null",
        cause => cause,
    };
    let mut text = String::with_capacity(TEXT_BYTES);
    let written = write!(
        text,
        r#"{{"position":{},"stream":"{}","version":{},"type":"{}","schema":{},"time":"{}","id":"{}","correlation":"{}","causation":{causation},"actor":{},"erased":{},"data":"#,
        event.position,
        event.stream,
        event.version,
        event.event_type.name,
        event.event_type.version,
        time(event.time_ms),
        Uuid::from_bytes(event.id.0),
        Uuid::from_bytes(event.correlation.0),
        event.actor.0,
        event.event.is_none(),
    );
    written.expect("a text takes everything");
    let mut text = text.into_bytes();
    match data {
        Some(data) => public_data(data, &mut text),
        None => text.extend(b"null"),
    }
    text.push(b'}');
    String::from_utf8(text).expect("JSON is UTF-8")
}

/// Adds the payload with its secrets masked.
fn public_data(event: &Event, text: &mut Vec<u8>) {
    let start = text.len();
    event.encode_into(text);
    if may_hold_secrets(&text[start..]) {
        let mut data = data_of(&text[start..]);
        mask(&mut data);
        text.truncate(start);
        text.extend(data.to_string().as_bytes());
    }
}

/// The event with its secrets masked, as everybody but the log and the read models sees it.
///
/// # Errors
/// When the masked payload has another shape, which no type of event has.
pub fn masked(mut event: Recorded) -> Result<Recorded, NotAnEvent> {
    let Some(happened) = event.event.as_ref().filter(|event| is_secretive(event)) else {
        return Ok(event);
    };
    let payload = happened.encode();
    let mut data = data_of(&payload);
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
    erased: bool,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
}

/// The event that [`text`] wrote; its secrets stay masked.
///
/// # Errors
/// When the text is not one that [`text`] writes, or a newer release wrote it, or the data was
/// left out though the event is not erased.
pub fn parse(text: &[u8]) -> Result<Recorded, NotAnEvent> {
    let object: Object<'_> = serde_json::from_slice(text).map_err(NotAnEvent::Shape)?;
    let event_type = TYPES
        .iter()
        .find(|known| known.name == object.name)
        .ok_or(NotAnEvent::Field("type"))?;
    let data = object.data.filter(|data| data.get() != "null");
    if data.is_none() != object.erased {
        return Err(NotAnEvent::Field("data"));
    }
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
    let time = DateTime::from_timestamp_millis(time_ms).unwrap_or_default();
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

fn data_of(payload: &[u8]) -> Value {
    serde_json::from_slice(payload).expect("an event's payload is JSON")
}

/// Whether events of this type can hold secrets: what is asked before an event is written out again
/// only to look through it. A test holds it to the golden events.
fn is_secretive(event: &Event) -> bool {
    matches!(
        event,
        Event::UserCreated(_)
            | Event::UserPasswordChanged(_)
            | Event::SettingsSaved(_)
            | Event::ApiTokenCreated(_)
    )
}

/// Whether [`mask`] could find anything; most events have no key like it, and need not be taken
/// apart to know.
fn may_hold_secrets(payload: &[u8]) -> bool {
    let mut quoted = payload.split(|byte| *byte == b'"');
    quoted.any(|text| {
        let mut keys = SECRETS.iter().chain(&SETTINGS);
        keys.any(|key| text == key.as_bytes())
    })
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
    for field in SETTINGS {
        if let Some(settings) = object.get_mut(field) {
            found |= mask_settings(settings);
            found |= settings.get_mut(CAPABILITY).is_some_and(mask_address);
        }
    }
    found
}

/// Leaves of an address, written `[address, "text"]`, scheme and host.
fn mask_address(setting: &mut Value) -> bool {
    let Some(value) = setting.get_mut(0) else {
        return false;
    };
    let address = value.as_str().and_then(|text| Url::parse(text).ok());
    let Some(address) =
        address.filter(|address| address.path() != "/" || address.query().is_some())
    else {
        return false;
    };
    *value = format!("{}/{MASK}", address.origin().ascii_serialization()).into();
    true
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
mod tests;

//! Messages on their way into the stream: many are sent before the first is acknowledged.
//!
//! NATS is asked about the last of several, not about each. Each is taken only where its predecessor
//! is the stream's last; so if the last is stored, all before it are, and if one was refused, so is
//! the last.

use std::{collections::VecDeque, future::poll_fn, mem};

use async_nats::{
    Client, HeaderMap, HeaderValue,
    header::{NATS_EXPECTED_LAST_MESSAGE_ID, NATS_EXPECTED_LAST_SEQUENCE, NATS_MESSAGE_ID},
    jetstream::{Context, context::PublishAckFuture, message::PublishMessage},
    message::OutboundMessage,
};
use bytes::Bytes;
use events::EventId;
use futures::SinkExt as _;
use tokio::time::timeout;
use uuid::Uuid;

use super::{
    Fault,
    nats::{self, ANSWER_WAIT},
};
use crate::export;

/// Messages that are acknowledged together, at most.
const TOGETHER: usize = 64;
/// Their bytes, about.
const TOGETHER_BYTES: usize = 1 << 20;
/// Acknowledgements missing, at most.
const IN_FLIGHT: usize = 16;
/// Bytes not yet acknowledged, at most.
const IN_FLIGHT_BYTES: usize = 16 << 20;

/// An event ready to be sent.
pub struct Message {
    /// The event's.
    pub position: u64,
    /// The event's.
    pub id: EventId,
    subject: String,
    headers: HeaderMap,
    payload: Bytes,
}

impl Message {
    /// One to follow the event `before`. The first of all names none: whose event the stream ends
    /// with was looked at, and NATS forgets ids some time after a restart.
    ///
    /// One that is too large for NATS goes without its data; who reads the stream through the bus
    /// is given it from the log.
    pub fn of(event: &events::Recorded, before: Option<EventId>, data_bytes_max: usize) -> Self {
        let mut payload = export::text(event);
        if payload.len() > data_bytes_max {
            payload = export::text_without_data(event);
        }
        let mut headers = HeaderMap::new();
        headers.insert(NATS_MESSAGE_ID, value(event.id));
        headers.insert(
            NATS_EXPECTED_LAST_SEQUENCE,
            HeaderValue::from(event.position - 1),
        );
        if let Some(before) = before {
            headers.insert(NATS_EXPECTED_LAST_MESSAGE_ID, value(before));
        }
        Self {
            position: event.position,
            id: event.id,
            subject: nats::subject(event.event_type.name),
            headers,
            payload: payload.into(),
        }
    }
}

fn value(id: EventId) -> HeaderValue {
    let mut text = Uuid::encode_buffer();
    let text = Uuid::from_bytes(id.0).hyphenated().encode_lower(&mut text);
    HeaderValue::from(&*text)
}

/// What was sent and not yet acknowledged.
pub struct UnderWay {
    client: Client,
    jetstream: Context,
    /// What NATS was asked about, oldest first: the position, the bytes since the one before, and
    /// the answer to come.
    asked: VecDeque<(u64, usize, PublishAckFuture)>,
    /// Messages, and their bytes, since the last one that NATS was asked about.
    since: (usize, usize),
    bytes: usize,
}

impl UnderWay {
    pub fn new(jetstream: Context) -> Self {
        Self {
            client: jetstream.client(),
            jetstream,
            asked: VecDeque::new(),
            since: (0, 0),
            bytes: 0,
        }
    }

    /// Whether one more may be sent before an older one is acknowledged.
    pub fn has_room_for(&self, message: &Message) -> bool {
        self.asked.is_empty()
            || self.asked.len() < IN_FLIGHT && self.bytes + message.payload.len() <= IN_FLIGHT_BYTES
    }

    /// Sends, and does not wait for the acknowledgement; of the last one for now NATS is asked
    /// for it.
    pub async fn publish(&mut self, message: Message, is_last: bool) -> Result<(), Fault> {
        let bytes = message.payload.len();
        self.bytes += bytes;
        self.since = (self.since.0 + 1, self.since.1 + bytes);
        if is_last || self.since.0 == TOGETHER || self.since.1 >= TOGETHER_BYTES {
            let (_, bytes) = mem::take(&mut self.since);
            let publish = PublishMessage::build()
                .payload(message.payload)
                .headers(message.headers);
            let sent = self.jetstream.send_publish(message.subject, publish).await;
            let sent = sent.map_err(|error| Fault::nats("was sent an event", error))?;
            self.asked.push_back((message.position, bytes, sent));
            return Ok(());
        }
        let ready = poll_fn(|context| self.client.poll_ready_unpin(context));
        let ready = timeout(ANSWER_WAIT, ready).await;
        let ready = ready.map_err(|_| Fault::nats("was sent an event", "timed out"))?;
        let sent = ready.and_then(|()| {
            self.client.start_send_unpin(OutboundMessage {
                subject: message.subject.into(),
                reply: None,
                headers: Some(message.headers),
                payload: message.payload,
            })
        });
        sent.map_err(|error| Fault::nats("was sent an event", error))
    }

    /// Waits until what NATS was asked about first is acknowledged, and returns its position; `None`
    /// where nothing is under way.
    pub async fn oldest(&mut self) -> Result<Option<u64>, Fault> {
        let Some((position, bytes, sent)) = self.asked.pop_front() else {
            return Ok(None);
        };
        self.bytes -= bytes;
        let acknowledged = sent.await;
        let acknowledged =
            acknowledged.map_err(|error| Fault::nats("was to store an event", error))?;
        if acknowledged.sequence != position {
            let what = format!("{position} was stored at {}", acknowledged.sequence);
            return Err(Fault::nats("was to store an event", what));
        }
        Ok(Some(position))
    }
}

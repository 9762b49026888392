//! Messages on their way into the stream: many are sent before the first is acknowledged.

use std::collections::VecDeque;

use async_nats::jetstream::{context::PublishAckFuture, message::PublishMessage};
use bytes::Bytes;
use uuid::Uuid;

use super::{
    Fault,
    nats::{self, Nats},
};
use crate::export;

/// Messages sent and not yet acknowledged, at most.
const IN_FLIGHT: usize = 1_024;
/// And their bytes.
const IN_FLIGHT_BYTES: usize = 16 << 20;

/// An event ready to be sent.
pub struct Message {
    /// The event's.
    pub position: u64,
    id: String,
    subject: String,
    payload: Bytes,
}

impl Message {
    /// One that is too large for NATS goes without its data; who reads the stream through the bus
    /// is given it from the log.
    pub fn of(event: &events::Recorded, data_bytes_max: usize) -> Self {
        let mut payload = export::text(event);
        if payload.len() > data_bytes_max {
            payload = export::text_without_data(event);
        }
        Self {
            position: event.position,
            id: Uuid::from_bytes(event.id.0).to_string(),
            subject: nats::subject(event.event_type.name),
            payload: payload.into(),
        }
    }
}

/// What was sent and not yet acknowledged, oldest first.
#[derive(Default)]
pub struct UnderWay {
    sent: VecDeque<(u64, usize, PublishAckFuture)>,
    bytes: usize,
    /// The event id of the message sent last. The first has none: whose event the stream ends with
    /// was looked at, and NATS forgets ids some time after a restart.
    last_id: Option<String>,
}

impl UnderWay {
    /// Whether one more may be sent before an older one is acknowledged.
    pub fn has_room_for(&self, message: &Message) -> bool {
        self.sent.is_empty()
            || self.sent.len() < IN_FLIGHT && self.bytes + message.payload.len() <= IN_FLIGHT_BYTES
    }

    /// Sends, and does not wait for the acknowledgement.
    pub async fn publish(&mut self, nats: &Nats, message: Message) -> Result<(), Fault> {
        let bytes = message.payload.len();
        let mut publish = PublishMessage::build()
            .payload(message.payload)
            .message_id(&message.id)
            .expected_last_sequence(message.position - 1);
        if let Some(last_id) = self.last_id.replace(message.id) {
            publish = publish.expected_last_message_id(last_id);
        }
        let sent = nats.jetstream.send_publish(message.subject, publish).await;
        let sent = sent.map_err(|error| Fault::nats("was sent an event", error))?;
        self.sent.push_back((message.position, bytes, sent));
        self.bytes += bytes;
        Ok(())
    }

    /// Waits until the oldest is acknowledged, and returns its position; `None` where nothing is
    /// under way.
    pub async fn oldest(&mut self) -> Result<Option<u64>, Fault> {
        let Some((position, bytes, sent)) = self.sent.pop_front() else {
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

//! Events through a durable consumer of the stream, with explicit acknowledgements.
//!
//! The reaction's checkpoint is the truth. A consumer that has handed out more than that is made
//! anew from there; one that has handed out less is read on, and what the reaction knows is skipped
//! and acknowledged. What the stream does not hold (discarded, erased, too large for NATS, older
//! than the stream) comes from the log.

use std::{collections::VecDeque, time::Duration};

use async_nats::jetstream::{
    AckKind, Message,
    consumer::{AckPolicy, Consumer, DeliverPolicy, Info, pull},
    context::ConsumerInfoErrorKind,
    stream::Stream,
};
use eventlog::Reader;
use events::Recorded;
use futures::{FutureExt as _, StreamExt as _};

use super::{Backoff, EVENTS_MAX, Fault, Nats, Refusal, relay, tail};
use crate::{causes::with_causes, export};

/// Events handed out and not acknowledged, at most; then NATS gives no more. Twice what is handed
/// out at once, so that some are on their way while others are worked on.
const UNACKNOWLEDGED_MAX: i64 = 1_000;
/// How long a reaction may take before NATS gives it an event again. What was on its way when a server
/// died is given again no sooner; what comes twice is skipped.
const ACKNOWLEDGE_WAIT: Duration = Duration::from_secs(20);
/// How many events a consumer may be behind the checkpoint and still be read on.
const SKIP_MAX: u64 = 10_000;
/// How long NATS keeps a request for events, and how often it says that it still does.
const REQUEST: Duration = Duration::from_secs(30);
const HEARTBEAT: Duration = Duration::from_secs(2);

/// One reaction's consumer.
pub struct Reading {
    nats: Nats,
    reader: Reader,
    name: &'static str,
    messages: Option<pull::Stream>,
    /// Given by NATS and not handed out yet.
    received: VecDeque<(u64, Message)>,
    /// Handed out and not acknowledged.
    handed_out: VecDeque<(u64, Message)>,
    acknowledged: u64,
    /// Up to here the stream was known to hold nothing more when it was looked at.
    gone_until: u64,
    backoff: Backoff,
}

impl Reading {
    pub fn new(nats: Nats, reader: Reader, name: &'static str, after: u64) -> Self {
        Self {
            nats,
            reader,
            name,
            messages: None,
            received: VecDeque::new(),
            handed_out: VecDeque::new(),
            acknowledged: after,
            gone_until: 0,
            backoff: Backoff::default(),
        }
    }

    /// Everything up to here is done with; NATS is told on the next call of [`Reading::after`].
    pub fn acknowledge(&mut self, position: u64) {
        self.acknowledged = self.acknowledged.max(position);
    }

    /// The events after `position`, at least one; waits for it, and for NATS. Whatever it has
    /// received is kept when it is dropped while it waits.
    pub async fn after(&mut self, position: u64) -> Result<Vec<Recorded>, Fault> {
        loop {
            self.skip(position);
            self.settle().await;
            if self.messages.is_none() {
                self.open(position).await?;
            }
            let next = self.received.front().map(|(sequence, _)| *sequence);
            let before_next = next.map_or(self.gone_until, |sequence| sequence - 1);
            if before_next > position {
                self.check_ahead(before_next)?;
                let missing = before_next - position;
                let missing = usize::try_from(missing).unwrap_or(EVENTS_MAX);
                return tail::read(&self.reader, position, missing.min(EVENTS_MAX)).await;
            }
            match next {
                Some(sequence) => {
                    self.check_ahead(sequence)?;
                    return self.hand_out(position).await;
                }
                None => self.receive().await,
            }
        }
    }

    /// Waits for a message, and takes what else is there.
    async fn receive(&mut self) {
        let Some(messages) = &mut self.messages else {
            return;
        };
        let mut message = messages.next().await;
        loop {
            match message {
                Some(Ok(given)) => match given.info().map(|info| info.stream_sequence) {
                    Ok(sequence) => self.received.push_back((sequence, given)),
                    Err(error) => tracing::debug!("a message without a place: {error}"),
                },
                Some(Err(error)) => {
                    tracing::debug!(reaction = self.name, "the consumer is looked at: {error}");
                    self.messages = None;
                    return;
                }
                None => {
                    self.messages = None;
                    return;
                }
            }
            if self.received.len() >= EVENTS_MAX {
                return;
            }
            match messages.next().now_or_never() {
                Some(next) => message = next,
                None => return,
            }
        }
    }

    /// The received messages that follow `position` without a gap, as events. Only when all are
    /// made are they counted as handed out.
    async fn hand_out(&mut self, position: u64) -> Result<Vec<Recorded>, Fault> {
        let mut events = Vec::new();
        for ((sequence, message), expected) in self.received.iter().zip(position + 1..) {
            if *sequence != expected || events.len() == EVENTS_MAX {
                break;
            }
            match export::parse(&message.payload) {
                Ok(event) if event.position == expected => events.push(event),
                // Without its data, or of another release: the log knows.
                _ if events.is_empty() => return tail::read(&self.reader, position, 1).await,
                _ => break,
            }
        }
        Ok(events)
    }

    /// Moves what is known to the reaction out of the way.
    fn skip(&mut self, position: u64) {
        while let Some((sequence, _)) = self.received.front()
            && *sequence <= position
        {
            self.handed_out.extend(self.received.pop_front());
        }
    }

    /// Tells NATS what is done with. What does not reach it is given again, and skipped.
    async fn settle(&mut self) {
        let done = |(sequence, _): &(u64, Message)| *sequence <= self.acknowledged;
        while let Some((_, message)) = self.handed_out.iter().find(|held| done(held)) {
            if let Err(error) = message.ack_with(AckKind::Ack).await {
                tracing::debug!(reaction = self.name, "not acknowledged: {error}");
            }
            let at = self.handed_out.iter().position(done);
            at.and_then(|at| self.handed_out.remove(at));
        }
    }

    /// Opens the consumer, as patiently as NATS needs.
    async fn open(&mut self, position: u64) -> Result<(), Fault> {
        loop {
            let why = match self.opened(position).await {
                Ok(true) => {
                    self.backoff.succeeded();
                    return Ok(());
                }
                Ok(false) => "the relay has not made the stream yet".to_owned(),
                Err(fault @ Fault::Nats { .. }) => with_causes(&fault),
                Err(fault) => return Err(fault),
            };
            tracing::debug!(reaction = self.name, "events are waited for: {why}");
            self.backoff.pause().await;
        }
    }

    /// Whether there is a stream to read.
    async fn opened(&mut self, position: u64) -> Result<bool, Fault> {
        let Some(stream) = self.nats.stream(self.reader.log_id()).await? else {
            return Ok(false);
        };
        relay::check(&self.nats, &self.reader, &stream).await?;
        let consumer = self.consumer(&stream, position).await?;
        let messages = consumer
            .stream()
            .max_messages_per_batch(EVENTS_MAX)
            .expires(REQUEST)
            .heartbeat(HEARTBEAT)
            .messages()
            .await;
        let messages = messages.map_err(|error| Fault::nats("was asked for events", error))?;
        let state = &stream.cached_info().state;
        self.gone_until = match state.messages {
            0 => state.last_sequence,
            _ => state.first_sequence - 1,
        };
        self.received.clear();
        self.handed_out.clear();
        self.messages = Some(messages);
        Ok(true)
    }

    /// The durable consumer, if it goes on where the reaction does; else a new one from there.
    async fn consumer(
        &self,
        stream: &Stream,
        position: u64,
    ) -> Result<Consumer<pull::Config>, Fault> {
        match stream.consumer_info(self.name).await {
            Ok(info) if goes_on(&info, position) => {
                let found = stream.get_consumer(self.name).await;
                return found.map_err(|error| Fault::nats("was asked for a consumer", error));
            }
            Ok(_) => {
                let deleted = stream.delete_consumer(self.name).await;
                deleted.map_err(|error| Fault::nats("was to delete a consumer", error))?;
            }
            Err(error) if error.kind() == ConsumerInfoErrorKind::NotFound => {}
            Err(error) => return Err(Fault::nats("was asked for a consumer", error)),
        }
        let made = stream.create_consumer(pull::Config {
            durable_name: Some(self.name.to_owned()),
            deliver_policy: DeliverPolicy::ByStartSequence {
                start_sequence: position + 1,
            },
            ack_policy: AckPolicy::Explicit,
            ack_wait: ACKNOWLEDGE_WAIT,
            max_ack_pending: UNACKNOWLEDGED_MAX,
            ..pull::Config::default()
        });
        let made = made.await;
        made.map_err(|error| Fault::nats("was to make a consumer", error))
    }

    /// The log is written before the stream.
    fn check_ahead(&self, sequence: u64) -> Result<(), Fault> {
        let head = self.reader.head();
        match sequence > head {
            true => Err(Refusal::Ahead {
                stream: self.nats.name().to_owned(),
                last: sequence,
                head,
            }
            .into()),
            false => Ok(()),
        }
    }
}

/// Whether a consumer has handed out no more than the reaction knows, and not much less.
fn goes_on(info: &Info, position: u64) -> bool {
    let (config, given) = (&info.config, info.delivered.stream_sequence);
    given <= position
        && position - given <= SKIP_MAX
        && config.ack_policy == AckPolicy::Explicit
        && config.ack_wait == ACKNOWLEDGE_WAIT
        && config.max_ack_pending == UNACKNOWLEDGED_MAX
        && config.filter_subject.is_empty()
        && config.filter_subjects.is_empty()
}

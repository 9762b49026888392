//! How a conversation stood at an event: folded from its own events in the log, so that a webhook
//! that is sent late tells what was true then.

use eventlog::{Limit, Reader};
use events::{DepartmentId, Event, MessageId, Recorded, Stream, UserId, conversation::Status};

use crate::{
    functions::{Failure, Fault},
    journal::{self, stream_of},
};

/// Events of a conversation read at once.
const PAGE: usize = 200;

/// A conversation at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Then {
    /// Whose it was.
    pub user: UserId,
    /// Its title.
    pub title: String,
    /// When it was made, in milliseconds since the Unix epoch.
    pub created_ms: i64,
    /// Where it stood.
    pub status: Status,
    /// Which department was to answer.
    pub department: Option<DepartmentId>,
    /// Who was to answer.
    pub agent: Option<UserId>,
}

/// A conversation after everything that happened together with an event: what the same request
/// recorded belongs to it.
///
/// # Errors
/// When the log cannot be read.
pub fn conversation(reader: &Reader, at: &Recorded) -> Result<Option<Then>, Failure> {
    let mut then = None;
    each(reader, at.stream, |event| {
        if event.position > at.position && event.correlation != at.correlation {
            return false;
        }
        fold(&mut then, event);
        true
    })?;
    Ok(then)
}

/// Whose conversation it is that an event belongs to: said by the conversation's first event, however
/// many there are by now.
///
/// # Errors
/// When the log cannot be read.
pub fn owner(reader: &Reader, at: &Recorded) -> Result<Option<UserId>, Failure> {
    let first = reader.event_of(stream_of(at.stream), 1)?;
    let first = first.as_ref().map(journal::decode).transpose();
    let first = first.map_err(Fault::Unreadable)?;
    Ok(match first.and_then(|first| first.event) {
        Some(Event::ConversationCreated(created)) => Some(created.user),
        _ => None,
    })
}

fn fold(then: &mut Option<Then>, event: &Recorded) {
    match (&event.event, then.as_mut()) {
        (Some(Event::ConversationCreated(created)), _) => {
            *then = Some(Then {
                user: created.user,
                title: created.title.clone(),
                created_ms: event.time_ms,
                status: created.status,
                department: created.department,
                agent: created.agent,
            });
        }
        (Some(Event::ConversationStatusChanged(changed)), Some(then)) => then.status = changed.to,
        (Some(Event::ConversationAgentAssigned(assigned)), Some(then)) => {
            then.agent = assigned.agent;
        }
        (Some(Event::ConversationDepartmentAssigned(assigned)), Some(then)) => {
            then.department = assigned.department;
        }
        _ => {}
    }
}

/// The payload that a message had before an event changed it; empty for none.
///
/// # Errors
/// When the log cannot be read.
pub fn payload_before(
    reader: &Reader,
    at: &Recorded,
    message: MessageId,
) -> Result<String, Failure> {
    let mut payload = String::new();
    each(reader, at.stream, |event| {
        if event.position >= at.position {
            return false;
        }
        match &event.event {
            Some(Event::MessageSent(sent)) if sent.message == message => {
                payload.clone_from(&sent.payload);
            }
            Some(Event::MessageUpdated(updated)) if updated.message == message => {
                if let Some(changed) = &updated.payload {
                    payload.clone_from(changed);
                }
            }
            _ => {}
        }
        true
    })?;
    Ok(payload)
}

/// The events of a stream, in order, until `more` says no.
fn each(
    reader: &Reader,
    stream: Stream,
    mut more: impl FnMut(&Recorded) -> bool,
) -> Result<(), Failure> {
    let of = stream_of(stream);
    let limit = Limit {
        events: PAGE,
        ..Limit::default()
    };
    let mut version = 0;
    loop {
        let page = reader.read_stream(of, version, limit)?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        version = last.header.version;
        for record in &page {
            let event = journal::decode(record).map_err(Fault::Unreadable)?;
            if !more(&event) {
                return Ok(());
            }
        }
    }
}

//! What decisions know of takeovers.

use eventlog::{State, View};
use events::{ConversationId, Event, MessageId, Stream, StreamKind, erasure::Erased};
use serde::{Deserialize, Serialize};

use crate::functions::{
    Failure,
    decision::{Table, read, write},
};

/// That people have taken a conversation over; without a row they have not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Takeover {
    /// When it was handed over last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) at_ms: Option<i64>,
    /// The last reply of an agent. When that was, the read models know: events carry their time
    /// beside them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) reply: Option<MessageId>,
}

/// The takeover of a conversation, if there is one.
pub(super) fn takeover(state: &dyn View, id: ConversationId) -> Result<Option<Takeover>, Failure> {
    read(state, &Table::Takeover.row(id.0))
}

/// The state of takeovers after `event`.
///
/// # Errors
/// When the table cannot be read.
pub fn evolve(state: &mut dyn State, stream: Stream, event: &Event) -> Result<(), Failure> {
    if let Event::HistoryErased(erased) = event {
        return forget(state, erased);
    }
    if stream.kind != StreamKind::Conversation {
        return Ok(());
    }
    let id = ConversationId(stream.id);
    match event {
        Event::ConversationTakenOver(taken) => change(state, id, |it| it.at_ms = Some(taken.at_ms)),
        Event::MessageSent(sent) if sent.author_type.is_staff() => {
            change(state, id, |it| it.reply = Some(sent.message))
        }
        Event::ConversationStatusChanged(changed) if !changed.to.is_inbox() => {
            state.delete(&Table::Takeover.row(id.0));
            Ok(())
        }
        _ => Ok(()),
    }
}

fn change(
    state: &mut dyn State,
    id: ConversationId,
    change: impl FnOnce(&mut Takeover),
) -> Result<(), Failure> {
    let key = Table::Takeover.row(id.0);
    let mut takeover = read(state, &key)?.unwrap_or_default();
    change(&mut takeover);
    write(state, &key, &takeover);
    Ok(())
}

/// The last reply of an agent in a conversation, since it was in the inbox.
///
/// # Errors
/// When the table cannot be read.
pub fn last_reply(state: &dyn View, id: ConversationId) -> Result<Option<MessageId>, Failure> {
    Ok(takeover(state, id)?.and_then(|takeover| takeover.reply))
}

/// As if what was erased had never been said.
fn forget(state: &mut dyn State, erased: &Erased) -> Result<(), Failure> {
    for id in &erased.conversations {
        state.delete(&Table::Takeover.row(id.0));
    }
    for known in &erased.elsewhere {
        let key = Table::Takeover.row(known.conversation.0);
        let takeover = Takeover {
            reply: known.last_reply,
            ..read(state, &key)?.unwrap_or_default()
        };
        match takeover == Takeover::default() {
            true => state.delete(&key),
            false => write(state, &key, &takeover),
        }
    }
    Ok(())
}

//! What decisions know of conversations.

use eventlog::{State, View};
use events::{
    ConversationId, DepartmentId, Event, Stream, UserId,
    conversation::{Rated, Status},
};
use serde::{Deserialize, Serialize};

use super::places;
use crate::functions::{
    Failure, Refusal,
    decision::{Numbered, Table, note_id, read, write},
    users::state::{known_user, user},
};

/// A conversation, as far as decisions need to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversation {
    /// Whose it is.
    pub user: UserId,
    /// Where it stands.
    pub status: Status,
    /// Who is to answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<UserId>,
    /// Which department is to answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<DepartmentId>,
    /// The agent or admin who wrote last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_agent: Option<UserId>,
    /// Whether its user has written.
    pub customer_wrote: bool,
    /// Its place in the queue, while it waits there; places are counted, smaller ones come first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queued: Option<u64>,
    /// How it was rated last, and to whose credit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<Rated>,
}

/// The conversation with this id; one whose user is gone is gone too, and one whose agent is gone is
/// nobody's, as in the read models.
///
/// # Errors
/// When the table cannot be read.
pub fn conversation(state: &dyn View, id: ConversationId) -> Result<Option<Conversation>, Failure> {
    let Some(mut found) = read::<Conversation>(state, &Table::Conversation.row(id.0))? else {
        return Ok(None);
    };
    for agent in [&mut found.agent, &mut found.last_agent] {
        if let Some(id) = *agent {
            *agent = user(state, id)?.map(|_| id);
        }
    }
    Ok(user(state, found.user)?.map(|_| found))
}

/// The conversation with this id.
///
/// # Errors
/// [`Refusal::ConversationNotFound`], or the table cannot be read.
pub fn known_conversation(state: &dyn View, id: ConversationId) -> Result<Conversation, Failure> {
    conversation(state, id)?.ok_or_else(|| Refusal::ConversationNotFound(id.0).into())
}

/// Makes sure that a conversation can be given to this user: an agent or an admin.
///
/// # Errors
/// [`Refusal::UserNotFound`], [`Refusal::InvalidArgument`] for anybody else, or the table cannot
/// be read.
pub fn known_agent(state: &dyn View, id: UserId) -> Result<(), Failure> {
    if known_user(state, id)?.user_type.is_staff() {
        return Ok(());
    }
    Err(Refusal::InvalidArgument(format!(
        "agent_id: user {id} is neither an agent nor an admin"
    ))
    .into())
}

/// The state of conversations after `event`.
///
/// # Errors
/// When the table cannot be read.
pub fn evolve(state: &mut dyn State, stream: Stream, event: &Event) -> Result<(), Failure> {
    let id = ConversationId(stream.id);
    match event {
        Event::ConversationCreated(created) => {
            note_id(state, Numbered::Conversation, id.0)?;
            let conversation = Conversation {
                user: created.user,
                status: created.status,
                agent: created.agent,
                department: created.department,
                last_agent: None,
                customer_wrote: false,
                queued: None,
                rating: None,
            };
            write(state, &Table::Conversation.row(id.0), &conversation);
            places::moved(state, id, None, Some(&conversation))
        }
        // What was said in it is gone with it: see messages and notes.
        Event::ConversationDeleted(_) => {
            let key = Table::Conversation.row(id.0);
            let former = read(state, &key)?;
            places::moved(state, id, former.as_ref(), None)?;
            state.delete(&key);
            Ok(())
        }
        Event::ConversationStatusChanged(changed) => change(state, id, |it| {
            it.status = changed.to;
            it.queued = it.queued.filter(|_| changed.to.is_inbox());
        }),
        Event::ConversationAgentAssigned(assigned) => change(state, id, |it| {
            it.agent = assigned.agent;
            it.queued = it.queued.filter(|_| assigned.agent.is_none());
        }),
        Event::ConversationQueued(queued) => {
            note_id(state, Numbered::QueuePlace, queued.place)?;
            change(state, id, |it| it.queued = Some(queued.place))
        }
        Event::UserDeleted(deleted) => {
            for id in &deleted.conversations {
                let former = read(state, &Table::Conversation.row(id.0))?;
                places::moved(state, *id, former.as_ref(), None)?;
            }
            Ok(())
        }
        Event::ConversationDepartmentAssigned(assigned) => {
            change(state, id, |it| it.department = assigned.department)
        }
        Event::ConversationRated(rated) => change(state, id, |it| it.rating = Some(rated.clone())),
        Event::HistoryErased(erased) => {
            for id in &erased.conversations {
                state.delete(&Table::Conversation.row(id.0));
            }
            for known in &erased.elsewhere {
                change(state, known.conversation, |it| {
                    it.last_agent = known.last_agent;
                    it.customer_wrote = known.customer_wrote;
                })?;
            }
            Ok(())
        }
        Event::MessageSent(sent) if sent.author_type.is_staff() => {
            change(state, id, |it| it.last_agent = Some(sent.author))
        }
        Event::MessageSent(sent) if sent.first_of_customer => {
            change(state, id, |it| it.customer_wrote = true)
        }
        _ => Ok(()),
    }
}

fn change(
    state: &mut dyn State,
    id: ConversationId,
    change: impl FnOnce(&mut Conversation),
) -> Result<(), Failure> {
    let key = Table::Conversation.row(id.0);
    if let Some(before) = read::<Conversation>(state, &key)? {
        let mut after = before.clone();
        change(&mut after);
        write(state, &key, &after);
        places::moved(state, id, Some(&before), Some(&after))?;
    }
    Ok(())
}

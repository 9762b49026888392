//! Where conversations wait: with an agent, or in the queue. Indexes of the decision state, moved along
//! with the conversations.

use eventlog::{State, View};
use events::{ConversationId, UserId};

use super::state::{Conversation, conversation};
use crate::functions::{
    Failure,
    decision::{Table, last_number},
};

/// Conversations of the queue that are looked at together.
const PAGE: usize = 100;

impl Conversation {
    /// The agent whose time it takes.
    fn occupies(&self) -> Option<UserId> {
        self.agent.filter(|_| self.status.is_inbox())
    }
}

/// A conversation has come, changed or gone.
///
/// # Errors
/// When the tables cannot be read.
pub fn moved(
    state: &mut dyn State,
    id: ConversationId,
    before: Option<&Conversation>,
    after: Option<&Conversation>,
) -> Result<(), Failure> {
    let agent_of = |one: Option<&Conversation>| one.and_then(Conversation::occupies);
    let place_of = |one: Option<&Conversation>| one.and_then(|one| one.queued);
    if agent_of(before) != agent_of(after) {
        if let Some(agent) = agent_of(before) {
            let fewer = load(state, agent)?.saturating_sub(1);
            put_load(state, agent, fewer);
        }
        if let Some(agent) = agent_of(after) {
            let more = load(state, agent)?.saturating_add(1);
            put_load(state, agent, more);
        }
    }
    if place_of(before) != place_of(after) {
        if let Some(place) = place_of(before) {
            state.delete(&Table::Queue.row(place));
        }
        if let Some(place) = place_of(after) {
            state.put(&Table::Queue.row(place), id.0.to_be_bytes().to_vec());
        }
    }
    Ok(())
}

/// Who has none has no row, so that nothing is left of what was erased.
fn put_load(state: &mut dyn State, agent: UserId, load: u64) {
    let key = Table::AgentLoad.row(agent.0);
    match load {
        0 => state.delete(&key),
        load => state.put(&key, load.to_be_bytes().to_vec()),
    }
}

/// How many active conversations an agent has.
///
/// # Errors
/// When the table cannot be read.
pub fn load(state: &dyn View, agent: UserId) -> Result<u64, Failure> {
    let load = state.get(&Table::AgentLoad.row(agent.0))?;
    Ok(load.map_or(0, |bytes| last_number(&bytes)))
}

/// Whether anybody waits in the queue.
///
/// # Errors
/// When the table cannot be read.
pub fn is_anybody_queued(state: &dyn View) -> Result<bool, Failure> {
    Ok(!state.scan(&Table::Queue.key(&[]), None, 1)?.is_empty())
}

/// A conversation in the queue.
pub struct Waiting {
    /// Its place.
    pub place: u64,
    /// The conversation.
    pub id: ConversationId,
    /// What is known of it.
    pub conversation: Conversation,
}

/// The next conversations of the queue after this place, in its order; 0 for the first.
///
/// # Errors
/// When the table cannot be read.
pub fn queue(state: &dyn View, after: u64) -> Result<Vec<Waiting>, Failure> {
    let mut queue = Vec::new();
    let after = Table::Queue.row(after);
    for (key, id) in state.scan(&Table::Queue.key(&[]), Some(&after), PAGE)? {
        let (place, id) = (last_number(&key), ConversationId(last_number(&id)));
        if let Some(conversation) = conversation(state, id)? {
            queue.push(Waiting {
                place,
                id,
                conversation,
            });
        }
    }
    Ok(queue)
}

/// How many wait before this place for agents of the same department, and the one who asks: 1 for the
/// first.
///
/// # Errors
/// When the table cannot be read.
pub fn position(state: &dyn View, place: u64, like: &Conversation) -> Result<u64, Failure> {
    let mut position = 1;
    let mut after: Option<Vec<u8>> = None;
    loop {
        let page = state.scan(&Table::Queue.key(&[]), after.as_deref(), PAGE)?;
        let Some((last, _)) = page.last() else {
            return Ok(position);
        };
        after = Some(last.clone());
        for (key, id) in &page {
            if last_number(key) >= place {
                return Ok(position);
            }
            let before = conversation(state, ConversationId(last_number(id)))?;
            let competes = |before: Conversation| before.department == like.department;
            position += u64::from(before.is_some_and(competes));
        }
    }
}

//! Routing and the queue: which agent a conversation that waits is given to, and who waits how long.
//!
//! Routing gives it to the agent who is online and has the fewest active conversations, of all agents
//! where none is online; admins are never given any. With the queue an agent has so many at the most,
//! and whoever comes when all who are online have as many waits in line; without an agent online
//! there is no line to wait in. A department's conversations are its own agents'.

use std::collections::HashSet;

use events::{
    ConversationId, DepartmentId, UserId,
    conversation::{AgentAssigned, Queued, Status, StatusChanged},
    user::UserType,
};

use super::{
    places::{is_anybody_queued, load, position, queue},
    state::conversation,
};
use crate::functions::{
    Decision, Failure,
    decision::{Numbered, next_id},
    notifications::announce::of_department,
    settings::registry::{QUEUE, QUEUE_CONCURRENT_CHATS, QUEUE_RESPONSE_TIME, ROUTING},
    users::state::users_of_type,
};

/// Active conversations that an agent has at most, unless the settings say otherwise.
const CONCURRENT_CHATS: i64 = 5;
/// Minutes that a conversation takes, unless the settings say otherwise.
const RESPONSE_MINUTES: i64 = 2;

/// Where a conversation that nobody has yet goes.
enum Way {
    /// To this agent.
    Agent(UserId),
    /// Into the queue.
    Queue,
    /// Nowhere: it waits for whoever takes it.
    Nowhere,
}

/// Gives a conversation that is new, or new again, to an agent, or puts it into the queue: as far as the
/// settings say so and nobody has it. An agent who is not online loses one that was archived.
///
/// # Errors
/// When the state cannot be read.
pub fn route(
    decision: &mut Decision<'_>,
    id: ConversationId,
    was_away: bool,
) -> Result<(), Failure> {
    let settings = &decision.facts().settings;
    if !settings.is_on(&ROUTING) && !settings.is_on(&QUEUE) {
        return Ok(());
    }
    let Some(now) = conversation(decision.state(), id)? else {
        return Ok(());
    };
    let is_kept = |agent: UserId| !was_away || decision.facts().is_online(agent);
    if !now.status.is_inbox() || now.agent.is_some_and(is_kept) || now.queued.is_some() {
        return Ok(());
    }
    // Whoever waits already comes first.
    serve_queue(decision)?;
    match way(decision, now.department)? {
        Way::Agent(agent) if now.agent == Some(agent) => Ok(()),
        Way::Agent(agent) => give(decision, id, Some(agent)),
        Way::Queue => {
            if now.agent.is_some() {
                give(decision, id, None)?;
            }
            let place = next_id(decision.state(), Numbered::QueuePlace)?;
            decision.record(id, Queued { place })
        }
        Way::Nowhere => Ok(()),
    }
}

/// Moves a conversation to another status; the agent who is done with it takes the next of the queue.
///
/// # Errors
/// When the state cannot be read.
pub fn move_to(
    decision: &mut Decision<'_>,
    id: ConversationId,
    from: Status,
    to: Status,
) -> Result<(), Failure> {
    if from == to {
        return Ok(());
    }
    decision.record(id, StatusChanged { from, to })?;
    if from.is_inbox() && !to.is_inbox() {
        serve_queue(decision)?;
    }
    Ok(())
}

/// Gives those who wait first to agents who have time for them.
///
/// # Errors
/// When the state cannot be read.
pub fn serve_queue(decision: &mut Decision<'_>) -> Result<(), Failure> {
    if !decision.facts().settings.is_on(&QUEUE) || !is_anybody_queued(decision.state())? {
        return Ok(());
    }
    let (mut after, mut busy) = (0, HashSet::new());
    // While any agent has time: mostly nobody has, and then there is no need to look who waits.
    while let Way::Agent(_) = way(decision, None)? {
        let page = queue(decision.state(), after)?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        after = last.place;
        for waiting in page {
            let department = waiting.conversation.department;
            if busy.contains(&department) {
                continue;
            }
            match way(decision, department)? {
                Way::Agent(agent) => give(decision, waiting.id, Some(agent))?,
                Way::Queue | Way::Nowhere => {
                    busy.insert(department);
                }
            }
        }
    }
    Ok(())
}

/// Position in the queue and estimated minutes, for a conversation that waits there.
///
/// # Errors
/// When the state cannot be read.
pub fn wait(decision: &Decision<'_>, id: ConversationId) -> Result<Option<[u64; 2]>, Failure> {
    let Some(waiting) = conversation(decision.state(), id)? else {
        return Ok(None);
    };
    let Some(place) = waiting.queued else {
        return Ok(None);
    };
    let position = position(decision.state(), place, &waiting)?;
    let minutes = decision.facts().settings.number(&QUEUE_RESPONSE_TIME);
    let minutes = minutes.unwrap_or(RESPONSE_MINUTES).max(0).unsigned_abs();
    Ok(Some([position, position.saturating_mul(minutes)]))
}

fn give(
    decision: &mut Decision<'_>,
    id: ConversationId,
    agent: Option<UserId>,
) -> Result<(), Failure> {
    let message = None;
    decision.record(id, AgentAssigned { agent, message })
}

fn way(decision: &Decision<'_>, department: Option<DepartmentId>) -> Result<Way, Failure> {
    let (facts, state) = (decision.facts(), decision.state());
    let agents = match department {
        Some(department) => of_department(decision, department)?,
        None => users_of_type(state, UserType::Agent)?,
    };
    let online = agents.iter().copied();
    let online: Vec<UserId> = online.filter(|agent| facts.is_online(*agent)).collect();
    let queue = facts.settings.is_on(&QUEUE);
    let chats = facts.settings.number(&QUEUE_CONCURRENT_CHATS);
    let chats = u64::try_from(chats.unwrap_or(CONCURRENT_CHATS)).unwrap_or(0);
    let (candidates, limit) = match (online.is_empty(), queue) {
        (false, true) => (online, chats),
        (false, false) => (online, u64::MAX),
        (true, _) if facts.settings.is_on(&ROUTING) => (agents, u64::MAX),
        (true, _) => return Ok(Way::Nowhere),
    };
    let mut least: Option<(u64, UserId)> = None;
    for agent in candidates {
        let load = load(state, agent)?;
        if load < limit && least.is_none_or(|(fewest, _)| load < fewest) {
            least = Some((load, agent));
        }
    }
    Ok(match least {
        Some((_, agent)) => Way::Agent(agent),
        None if queue => Way::Queue,
        None => Way::Nowhere,
    })
}

#[cfg(test)]
mod tests;

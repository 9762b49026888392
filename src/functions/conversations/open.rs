//! Starting a conversation: one piece of logic for new-conversation, direct-message and whatever
//! comes.

use events::{
    ConversationId,
    conversation::Created,
    user::{TypeChanged, UserType},
};

use super::{route::route, state::known_agent};
use crate::functions::{
    Decision, Failure,
    decision::{Numbered, next_id},
    users::state::known_user,
};

/// Records that a conversation began, and what follows from it: a visitor becomes a lead, and an agent
/// gets it where routing or the queue is on.
///
/// # Errors
/// `user-not-found` for an unknown user or agent, `invalid-argument` for an agent who is none, or
/// the state's own failure.
pub fn open(decision: &mut Decision<'_>, created: Created) -> Result<ConversationId, Failure> {
    let user = created.user;
    let user_type = known_user(decision.state(), user)?.user_type;
    if let Some(agent) = created.agent {
        known_agent(decision.state(), agent)?;
    }
    let id = ConversationId(next_id(decision.state(), Numbered::Conversation)?);
    decision.record(id, created)?;
    if user_type == UserType::Visitor {
        decision.record(
            user,
            TypeChanged {
                from: UserType::Visitor,
                to: UserType::Lead,
            },
        )?;
    }
    route(decision, id, false)?;
    Ok(id)
}

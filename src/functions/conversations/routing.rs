//! Whose conversations a list shows while the queue or the routing is active.

use events::user::UserType;
use projections::AgentFilter;

use crate::functions::{Context, Failure, user};

/// The filter that `routing` and `routing_unassigned` ask for. It narrows the list for an agent
/// alone: admins see everything, and so does a call without an active agent.
///
/// # Errors
/// When the decision state cannot be read.
pub fn agent_filter(
    context: &Context,
    routing: bool,
    with_unassigned: bool,
) -> Result<AgentFilter, Failure> {
    if !routing {
        return Ok(AgentFilter::Any);
    }
    let agent = context.caller.active_user();
    let user = user(context.service.journal.reader(), agent)?;
    Ok(match user.map(|user| user.user_type) {
        Some(UserType::Agent) => AgentFilter::Only {
            agent,
            with_unassigned,
        },
        _ => AgentFilter::Any,
    })
}

//! Which member of the workspace is which agent.

use eventlog::View;
use events::UserId;

use crate::functions::{
    Failure,
    settings::{
        registry::{SLACK_AGENTS, SLACK_DEFAULT_AGENT},
        state::Settings,
    },
    user,
    users::state::user_of_email,
};

/// The links that were saved: ID of the Slack member and ID of the agent.
pub fn links(settings: &Settings) -> impl Iterator<Item = (&str, UserId)> {
    let links = settings.mapping(&SLACK_AGENTS);
    links.filter_map(|(member, agent)| Some((member, UserId(agent.parse().ok()?))))
}

/// The members who are this agent.
pub fn members_of(settings: &Settings, agent: UserId) -> impl Iterator<Item = &str> {
    links(settings)
        .filter(move |(_, linked)| *linked == agent)
        .map(|(member, _)| member)
}

/// The agent whom a member is linked with.
pub fn linked_agent(
    state: &dyn View,
    settings: &Settings,
    member: &str,
) -> Result<Option<UserId>, Failure> {
    let linked = links(settings).find(|(linked, _)| *linked == member);
    staff(state, linked.map(|(_, agent)| agent))
}

/// The agent with this address.
pub fn agent_of_email(state: &dyn View, email: &str) -> Result<Option<UserId>, Failure> {
    staff(state, user_of_email(state, email)?)
}

/// The agent who stands for members who are none.
pub fn default_agent(state: &dyn View, settings: &Settings) -> Result<Option<UserId>, Failure> {
    let id = settings.number(&SLACK_DEFAULT_AGENT);
    let id = id.and_then(|id| u64::try_from(id).ok());
    staff(state, id.map(UserId))
}

/// The user, if it is somebody who may answer.
fn staff(state: &dyn View, id: Option<UserId>) -> Result<Option<UserId>, Failure> {
    let Some(id) = id else {
        return Ok(None);
    };
    let known = user(state, id)?;
    Ok(known
        .is_some_and(|known| known.user_type.is_staff())
        .then_some(id))
}

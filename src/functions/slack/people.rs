//! Which member of the workspace is which agent.

use std::collections::BTreeMap;

use eventlog::View;
use events::UserId;

use super::talk::Talk;
use crate::{
    adapters::slack::{self, Problem},
    functions::{
        Failure,
        settings::{
            registry::{SLACK_AGENTS, SLACK_DEFAULT_AGENT},
            state::Settings,
        },
        user,
        users::state::user_of_email,
    },
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

/// The agents who are linked, each with the members who are this agent.
///
/// # Errors
/// When the state cannot be read.
pub fn linked_agents(
    state: &dyn View,
    settings: &Settings,
) -> Result<BTreeMap<UserId, Vec<String>>, Failure> {
    let mut agents: BTreeMap<UserId, Vec<String>> = BTreeMap::new();
    for (member, agent) in links(settings) {
        if let Some(agent) = staff(state, Some(agent))? {
            agents.entry(agent).or_default().push(member.to_owned());
        }
    }
    Ok(agents)
}

/// Whether a member is active in Slack; one whom Slack does not know is not.
///
/// # Errors
/// When Slack does not say it.
pub async fn is_active(talk: &Talk, member: &str) -> Result<bool, Problem> {
    match slack::is_active(&talk.service.outgoing, &talk.workspace, member).await {
        Err(problem) if problem.code() == Some("user_not_found") => Ok(false),
        told => told,
    }
}

/// The name of the agent who a member is, as far as it is known without asking Slack.
pub fn name_of(talk: &Talk, member: &str) -> Option<String> {
    let state = talk.service.journal.reader();
    let agent = match linked_agent(state, &talk.settings, member).ok()? {
        Some(linked) => linked,
        None => agent_of_email(state, &talk.service.slack_members.known(member)?).ok()??,
    };
    Some(user(state, agent).ok()??.full_name())
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

//! `slack-users`

use std::collections::BTreeMap;

use events::user::UserType;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::talk::{Talk, said};
use crate::{
    adapters::slack,
    functions::{
        Context, Failure, Query, settings::registry::SLACK_AGENTS, user,
        users::state::users_of_type,
    },
};

/// Slack's own voice, which is a member of every workspace.
const SLACKBOT: &str = "USLACKBOT";

/// Returns the members of the Slack workspace, the agents and admins, and the links between them that
/// were saved in the setting `slack-agents`.
///
/// Bots and members who have left are not among them. `slack-not-active` while Slack is switched off,
/// `slack-error` with Slack's own code when it refuses or does not answer.
/// # Example
/// `{}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct SlackUsers {}

/// Who could be linked, and who is.
#[derive(Debug, Serialize, JsonSchema)]
pub struct People {
    /// The members of the workspace.
    slack_users: Vec<Person>,
    /// The agents and admins.
    agents: Vec<Person>,
    /// The agent's ID by the member's.
    saved: BTreeMap<String, String>,
}

/// Somebody.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Person {
    /// The ID, at Slack or here.
    id: String,
    /// The name.
    name: String,
}

impl Query for SlackUsers {
    const NAME: &'static str = "slack-users";
    type Reply = People;

    async fn answer(self, context: &Context) -> Result<People, Failure> {
        let service = &context.service;
        let talk = Talk::begin(service)?;
        let members = slack::members(&service.outgoing, &talk.workspace).await;
        let members = members.map_err(|problem| said(&problem))?;
        let saved = talk.settings.mapping(&SLACK_AGENTS);
        Ok(People {
            slack_users: members.iter().filter_map(person).collect(),
            agents: agents(context)?,
            saved: saved
                .map(|(member, agent)| (member.to_owned(), agent.to_owned()))
                .collect(),
        })
    }
}

fn agents(context: &Context) -> Result<Vec<Person>, Failure> {
    let reader = context.service.journal.reader();
    let mut ids = users_of_type(reader, UserType::Agent)?;
    ids.extend(users_of_type(reader, UserType::Admin)?);
    ids.sort_unstable();
    let mut agents = Vec::new();
    for id in ids {
        if let Some(known) = user(reader, id)? {
            agents.push(Person {
                id: id.to_string(),
                name: known.full_name(),
            });
        }
    }
    Ok(agents)
}

/// A member, by the name that people see.
fn person(member: &Map<String, Value>) -> Option<Person> {
    let is = |name: &str| member.get(name) == Some(&Value::Bool(true));
    let text = |value: Option<&Value>| {
        let text = value?.as_str()?.trim();
        (!text.is_empty()).then(|| text.to_owned())
    };
    let id = text(member.get("id"))?;
    if is("deleted") || is("is_bot") || id == SLACKBOT {
        return None;
    }
    let profile = member.get("profile");
    let name = text(member.get("real_name"))
        .or_else(|| text(profile?.get("real_name")))
        .or_else(|| text(member.get("name")));
    Some(Person {
        name: name.unwrap_or_else(|| id.clone()),
        id,
    })
}

//! `slack-presence`

use std::collections::BTreeSet;

use events::UserId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    people::{is_active, links},
    talk::{Talk, said},
};
use crate::{
    clock,
    functions::{Context, Failure, Query, settings::registry::SLACK_PRESENCE},
    wire::{Flag, Key, OrFalse},
};

/// Says whether an agent is active in Slack; whether at least one is, without `agent_id`; or with
/// `list` who is.
///
/// The answer is `online` or `offline`, or the list of the agents' IDs. It is about the agents whom
/// the setting `slack-agents` links with a member of Slack: an agent without a link is `offline`, and
/// so is one whose member Slack does not know. `agent_id` wins over `list`. With the setting
/// `slack-presence` those who are found active count as online here too, for as long as any sign of
/// life does, so that is-online, agents-online and get-online-users know of them, and so do routing and
/// notifications. The service looks at them by itself then, about once a minute.
///
/// `slack-not-active` while Slack is switched off, `slack-error` with Slack's own code when it refuses
/// or does not answer.
/// # Example
/// `{"agent_id": 2}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct SlackPresence {
    /// The agent; false for any.
    #[serde(default)]
    agent_id: OrFalse<Key<UserId>>,
    /// Whether to list who is online.
    #[serde(default)]
    list: Flag,
}

/// A word, or the IDs of agents.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Present {
    /// online or offline.
    Word(Word),
    /// The IDs of those who are online.
    List(Vec<String>),
}

/// Whether somebody is there.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Word {
    /// Active in Slack.
    Online,
    /// Away.
    Offline,
}

impl Query for SlackPresence {
    const NAME: &'static str = "slack-presence";
    type Reply = Present;

    async fn answer(self, context: &Context) -> Result<Present, Failure> {
        let talk = Talk::begin(&context.service)?;
        let one = self.agent_id.0;
        let is_list = self.list.0 && one.is_none();
        let mut online = BTreeSet::new();
        for (member, agent) in links(&talk.settings) {
            let is_asked = one.is_none_or(|one| one == agent) && !online.contains(&agent);
            if is_asked && active(&talk, member).await? {
                online.insert(agent);
                if !is_list {
                    break;
                }
            }
        }
        if talk.settings.is_on(&SLACK_PRESENCE) {
            let now_ms = clock::now_ms();
            for agent in &online {
                context.service.presence.touch(*agent, now_ms);
            }
        }
        Ok(match (is_list, online.is_empty()) {
            (true, _) => Present::List(online.iter().map(ToString::to_string).collect()),
            (false, true) => Present::Word(Word::Offline),
            (false, false) => Present::Word(Word::Online),
        })
    }
}

async fn active(talk: &Talk, member: &str) -> Result<bool, Failure> {
    let active = is_active(talk, member).await;
    Ok(active.map_err(|problem| said(&problem))?)
}

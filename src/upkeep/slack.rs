//! What comes round for Slack: who of the agents is there, and of whom Slack told nothing in time.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use events::UserId;
use tokio::{sync::watch, time::sleep};

use super::every;
use crate::{
    adapters::slack::Problem,
    clock,
    config::Config,
    functions::{
        Service,
        settings::registry::SLACK_PRESENCE,
        slack::{Talk, is_active, linked_agents},
    },
};

/// The pause before each look: Slack lets a bot ask for presence about fifty times a minute, and the
/// function slack-presence asks, too.
const PACE: Duration = Duration::from_millis(1_500);
/// How long one look may take, with short pauses for Slack's limits.
const PATIENCE: Duration = Duration::from_secs(20);
/// The longest pause that Slack is granted.
const LIMITED_MAX: Duration = Duration::from_secs(600);

/// Works until `stop` says so. It may end anywhere: nothing is left half done.
pub(super) async fn run(service: Arc<Service>, mut stop: watch::Receiver<bool>) {
    let work = async { futures::join!(watch_agents(&service), find_members(&service)) };
    tokio::select! {
        biased;
        _ = stop.wait_for(|stop| *stop) => {}
        _ = work => {}
    }
}

async fn find_members(service: &Arc<Service>) {
    loop {
        service.slack_members.find(service).await;
    }
}

/// Agents who are active in Slack are online here, from the look that finds them active to the look that
/// does not. While Slack does not tell, nobody is for longer than a sign of life lasts.
async fn watch_agents(service: &Arc<Service>) {
    let Some(period) = period(&service.config) else {
        return;
    };
    let mut rounds = every(period);
    let mut active = BTreeSet::new();
    loop {
        rounds.tick().await;
        let Err(problem) = look_round(service, &mut active).await else {
            continue;
        };
        active.clear();
        tracing::warn!("Slack does not say who is active: {problem}");
        if let Problem::Limited(asked) = problem {
            sleep(asked.min(LIMITED_MAX)).await;
        }
    }
}

/// As configured, but so often that no sign of life ends in between.
fn period(config: &Config) -> Option<Duration> {
    let configured = Duration::from_secs(config.slack_presence_every_seconds.into());
    let window = Duration::from_secs(config.online_window_seconds.into());
    let period = configured.min(window * 3 / 4);
    (!period.is_zero()).then_some(period)
}

/// Looks at all agents, one after the other. Those who were active before are online until they are
/// looked at, so that it may take long.
async fn look_round(service: &Arc<Service>, active: &mut BTreeSet<UserId>) -> Result<(), Problem> {
    let begin = || Some(Talk::begin(service).ok()?.within(PATIENCE));
    let on = begin().filter(|talk| talk.settings.is_on(&SLACK_PRESENCE));
    let linked = on.and_then(|on| linked_agents(service.journal.reader(), &on.settings).ok());
    let linked = linked.unwrap_or_default();
    active.retain(|agent| linked.contains_key(agent));
    for (agent, members) in linked {
        let mut is_there = false;
        for member in &members {
            sleep(PACE).await;
            // Slack may have been switched off meanwhile.
            let Some(talk) = begin() else {
                break;
            };
            is_there = is_active(&talk, member).await?;
            if is_there {
                break;
            }
        }
        match is_there {
            true => active.insert(agent),
            false => active.remove(&agent),
        };
        let now_ms = clock::now_ms();
        for agent in &*active {
            service.presence.touch(*agent, now_ms);
        }
    }
    Ok(())
}

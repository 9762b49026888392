//! `archive-slack-channels`

use events::{slack::ChannelArchived, token::Scope};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    state::{channel_of, user_of},
    talk::{Stopped, Talk, said},
};
use crate::{
    adapters::slack::{self, Problem},
    functions::{Command, Context, Decision, Failure},
};

/// Archives all public channels of the Slack workspace, those included that this service has not
/// made. Only the general channel stays: Slack archives it for nobody.
///
/// It takes a while, and Slack limits how many channels a minute it archives. True says that all are
/// archived, false that some were and others are left: call it again in a minute. A channel that
/// Slack does not let the bot archive is skipped. When none could be archived at all it is
/// `slack-error` with Slack's own code; `slack-not-active` while Slack is switched off.
///
/// A user's channel is taken back from the archive, or made anew, at the user's next message.
/// # Example
/// `{}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct ArchiveSlackChannels {
    #[serde(skip)]
    archived: Vec<String>,
    #[serde(skip)]
    is_all: bool,
}

impl Command for ArchiveSlackChannels {
    const NAME: &'static str = "archive-slack-channels";
    const SCOPE: Scope = Scope::Admin;
    type Reply = bool;

    async fn prepare(&mut self, context: &Context) -> Result<(), Failure> {
        let talk = Talk::begin(&context.service)?;
        let (out, workspace) = (&context.service.outgoing, &talk.workspace);
        let channels = slack::channels(out, workspace, false).await;
        let channels = channels.map_err(|problem| said(&problem))?;
        let mut first_problem = None;
        self.is_all = true;
        for id in channels.iter().filter_map(archivable) {
            match talk.archive(id).await {
                Ok(()) => self.archived.push(id.to_owned()),
                Err(Stopped::Slack(problem)) => {
                    tracing::warn!(channel = id, "is not archived: {problem}");
                    self.is_all = is_about_one(&problem);
                    first_problem.get_or_insert(problem);
                    if !self.is_all {
                        break;
                    }
                }
                Err(stopped) => return Err(stopped.into()),
            }
        }
        match first_problem {
            Some(problem) if self.archived.is_empty() => Err(said(&problem).into()),
            _ => Ok(()),
        }
    }

    fn decide(self, decision: &mut Decision<'_>) -> Result<bool, Failure> {
        for channel in self.archived {
            let Some(user) = user_of(decision.state(), &channel)? else {
                continue;
            };
            let known = channel_of(decision.state(), user)?;
            if known.is_some_and(|known| !known.archived) {
                decision.record(user, ChannelArchived { channel })?;
            }
        }
        Ok(self.is_all)
    }
}

/// Whether a problem is this channel's alone, and would be the same at the next call.
fn is_about_one(problem: &Problem) -> bool {
    problem.code().is_some()
}

/// The ID of a channel that is neither archived nor the general one.
fn archivable(channel: &Map<String, Value>) -> Option<&str> {
    let is = |name: &str| channel.get(name) == Some(&Value::Bool(true));
    let id = channel.get("id")?.as_str()?;
    (!is("is_archived") && !is("is_general")).then_some(id)
}

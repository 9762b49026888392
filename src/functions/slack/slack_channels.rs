//! `slack-channels`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::talk::{Talk, said};
use crate::{
    adapters::slack,
    functions::{Context, Failure, Query},
};

/// Returns all public channels of the Slack workspace, archived ones included, as Slack's
/// `conversations.list` describes them.
///
/// All pages are read, so `next_cursor` is always empty. `slack-not-active` while Slack is switched
/// off, `slack-error` with Slack's own code when it refuses or does not answer.
/// # Example
/// `{}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct SlackChannels {}

/// The answer of Slack.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Channels {
    /// Always true.
    ok: bool,
    /// The channels, with all that Slack says of them.
    channels: Vec<Map<String, Value>>,
    /// Where the list goes on: nowhere.
    response_metadata: Cursor,
}

/// The place on the next page.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Cursor {
    /// Always empty.
    next_cursor: &'static str,
}

impl Query for SlackChannels {
    const NAME: &'static str = "slack-channels";
    type Reply = Channels;

    async fn answer(self, context: &Context) -> Result<Channels, Failure> {
        let service = &context.service;
        let talk = Talk::begin(service)?;
        let channels = slack::channels(&service.outgoing, &talk.workspace, true).await;
        Ok(Channels {
            ok: true,
            channels: channels.map_err(|problem| said(&problem))?,
            response_metadata: Cursor { next_cursor: "" },
        })
    }
}

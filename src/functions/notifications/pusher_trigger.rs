//! `pusher-trigger`

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::channels::{pusher, pusher_said};
use crate::{
    adapters::pusher_channels::{self, Trigger},
    clock,
    functions::{Command, Context, Decision, Failure, Refusal},
    wire::{JsonText, List, Maybe, Text},
};

/// Triggers an event on a Pusher channel, or on several.
///
/// True when Pusher took it. Names of channels have 1 to 164 letters, digits and `_-=@,.;`; 100
/// channels and 10 kB of data are allowed (`invalid-argument` otherwise). Nothing of it is stored.
/// Without the settings `pusher-id`, `pusher-key`, `pusher-secret` and `pusher-cluster` it is
/// `unavailable`, and `pusher-error` with Pusher's own words when that refuses.
/// # Example
/// `{"channel": "private-user-3", "event": "new-message", "data": {"conversation_id": 1}}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct PusherTrigger {
    /// The channel's name.
    #[schemars(required, extend("minItems" = 1))]
    channel: List<Text<200, 1>>,
    /// The event's name.
    event: Text<200, 1>,
    /// What goes along.
    #[serde(default)]
    data: Maybe<JsonText<Map<String, Value>>>,
}

impl Command for PusherTrigger {
    const NAME: &'static str = "pusher-trigger";
    type Reply = bool;

    async fn prepare(&mut self, context: &Context) -> Result<(), Failure> {
        if self.channel.0.is_empty() {
            return Err(Refusal::MissingArgument("channel is missing".to_owned()).into());
        }
        let service = &context.service;
        let settings = service.settings()?;
        let app = pusher(&service.config, &settings)?;
        let trigger = Trigger {
            channels: self.channel.0.clone(),
            event: self.event.0.clone(),
            data: json!(self.data.0.take().unwrap_or_default()),
        };
        let now_s = clock::now_ms() / 1_000;
        let triggered = pusher_channels::trigger(&service.outgoing, &app, &trigger, now_s).await;
        Ok(triggered.map_err(pusher_said)?)
    }

    fn decide(self, _: &mut Decision<'_>) -> Result<bool, Failure> {
        Ok(true)
    }
}

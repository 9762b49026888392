//! `push-notification`

use events::{
    ConversationId,
    notification::{Channel, Content},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{channels::push, stream};
use crate::{
    adapters::pusher_beams,
    functions::{Context, Decision, Errand, Failure, Refusal, answer::OrFalse},
    reactions::outbox::orders::{Draft, order_and_wait},
    wire::{Key, List, Maybe, Text},
};

/// Sends a push notification to an agent, a group of agents, or all agents, by Pusher Beams.
///
/// `interest` is the ID of an agent, a list of IDs, or `agents` (also `all` and `all-agents`) for all
/// of them: each agent's browser listens to its own ID and to `agents`. Answers Pusher's id of the
/// publish, or false where push notifications are switched off (the setting `push-enabled`).
/// Without an `icon` the setting `push-icon` is shown, else the service's own. 100 interests are
/// allowed. Switched on without `push-instance` and `push-secret` it is `unavailable`, and
/// `push-error` with Pusher's own words when that refuses.
/// # Example
/// `{"title": "New message", "message": "John: Hello!", "interest": 4, "conversation_id": 1}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct PushNotification {
    /// The title.
    title: Text<255, 1>,
    /// What it says.
    message: Text<4000, 1>,
    /// URL of the icon.
    #[serde(default)]
    icon: Maybe<Text<2048>>,
    /// Who gets it.
    #[schemars(required, extend("minItems" = 1))]
    interest: List<Text<164, 1>>,
    /// The conversation that a click opens.
    #[serde(default)]
    conversation_id: Maybe<Key<ConversationId>>,
    /// Whether push notifications are switched on, found by `prepare`.
    #[serde(skip)]
    is_on: bool,
}

/// What the push service took.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Published {
    /// The push service's id.
    #[serde(rename = "publishId")]
    publish_id: String,
}

impl Errand for PushNotification {
    const NAME: &'static str = "push-notification";
    const REFUSED: &'static str = "push-error";
    type Reply = OrFalse<Published>;

    async fn prepare(&mut self, context: &Context) -> Result<(), Failure> {
        let service = &context.service;
        self.is_on = push(&service.config, &*service.settings()?)?.is_some();
        Ok(())
    }

    fn decide(self, decision: &mut Decision<'_>) -> Result<Option<u64>, Failure> {
        let interests = self.interests();
        if interests.is_empty() {
            return Err(Refusal::MissingArgument("interest is missing".to_owned()).into());
        }
        pusher_beams::check(&interests).map_err(Refusal::InvalidArgument)?;
        if !self.is_on {
            return Ok(None);
        }
        let draft = Draft {
            channel: Channel::Push,
            recipients: Vec::new(),
            to: interests,
            sender: None,
            content: Content::Text {
                title: Some(self.title.0),
                text: self.message.0,
                attachments: Vec::new(),
                conversation: self.conversation_id.0,
                icon: self.icon.0,
                bare: false,
            },
        };
        order_and_wait(decision, stream(None), draft).map(Some)
    }

    fn reply(said: Option<Value>) -> OrFalse<Published> {
        match said {
            Some(Value::String(publish_id)) => OrFalse::Is(Published { publish_id }),
            _ => OrFalse::False,
        }
    }
}

impl PushNotification {
    fn interests(&self) -> Vec<String> {
        let everybody = |name: &str| matches!(name, "all" | "all-agents" | "agents");
        let name = |text: &String| match text.trim() {
            name if everybody(name) => "agents".to_owned(),
            name => name.to_owned(),
        };
        self.interest.0.iter().map(name).collect()
    }
}

//! `push-notification`

use events::{ConversationId, notification::PushSent};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    channels::{push, push_said},
    stream,
};
use crate::{
    adapters::pusher_beams::{self, Notification},
    functions::{
        Command, Context, Decision, Failure, Refusal, answer::OrFalse,
        settings::registry::PUSH_ICON,
    },
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
    interest: List<Text<164, 1>>,
    /// The conversation that a click opens.
    #[serde(default)]
    conversation_id: Maybe<Key<ConversationId>>,
    #[serde(skip)]
    publish_id: Option<String>,
}

/// What the push service took.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Published {
    /// The push service's id.
    #[serde(rename = "publishId")]
    publish_id: String,
}

impl Command for PushNotification {
    const NAME: &'static str = "push-notification";
    type Reply = OrFalse<Published>;

    async fn prepare(&mut self, context: &Context) -> Result<(), Failure> {
        let service = &context.service;
        let settings = service.settings()?;
        let Some(instance) = push(&service.config, &settings)? else {
            return Ok(());
        };
        let icon = match (&self.icon.0, settings.text(&PUSH_ICON)) {
            (Some(icon), _) => icon.clone(),
            (None, "") => format!("{}/media/agent.svg", service.public_url),
            (None, icon) => icon.to_owned(),
        };
        let conversation = self.conversation_id.0;
        let notification = Notification {
            title: self.title.0.clone(),
            body: self.message.0.clone(),
            icon: Some(icon),
            deep_link: conversation.map(|id| format!("{}/?conversation={id}", service.public_url)),
        };
        let interests = self.interests();
        let published =
            pusher_beams::publish(&service.outgoing, &instance, &interests, &notification).await;
        self.publish_id = Some(published.map_err(push_said)?);
        Ok(())
    }

    fn decide(self, decision: &mut Decision<'_>) -> Result<OrFalse<Published>, Failure> {
        let interests = self.interests();
        if interests.is_empty() {
            return Err(Refusal::MissingArgument("interest is missing".to_owned()).into());
        }
        let Some(publish_id) = self.publish_id else {
            return Ok(OrFalse::False);
        };
        let sent = PushSent {
            interests,
            title: self.title.0,
            message: self.message.0,
            conversation: self.conversation_id.0,
            publish_id: publish_id.clone(),
        };
        decision.record(stream(None), sent)?;
        Ok(OrFalse::Is(Published { publish_id }))
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

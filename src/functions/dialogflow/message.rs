//! `dialogflow-message`

use events::{ConversationId, bot::Said};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{
    GoogleToken, Language, agent, given, language,
    takeover::{Replied, Voice, hand_over, voice},
    talk::{Input, asks_for_people, detect_intent, is_fallback, messages, session},
};
use crate::{
    clock,
    functions::{
        Command, Context, Decision, Failure, Refusal,
        assistants::bot::{Reply, answered},
        conversations::state::known_conversation,
        messages::content::{TEXT_CHARS_MAX, attachments},
    },
    wire::{Attachment, JsonText, Key, List, Maybe, Text},
};

/// Asks Dialogflow, and adds its answer to a conversation as messages of the bot.
///
/// The session is that of the conversation's user, so contexts last over all the user's
/// conversations. Dialogflow reads the first 256 characters of `message`; with an `event` the message
/// may be left out, and is not sent. `parameters` are the event's, else they are in the query's
/// payload under `parameters`, where a fulfillment webhook finds them, with `attachments`,
/// `conversation_id` and `user_id`. Each text of the answer becomes a message, with the webhook
/// `bot-message` for all of them; a custom payload goes with the last one. `response` is Dialogflow's
/// answer without its audio. The conversation's status stays.
///
/// People come first. While the agent who has taken the conversation over is online, Dialogflow is
/// not asked: `messages` and `response` are empty. For ten days after that nothing is stored when
/// Dialogflow has not understood (a fallback intent). An intent that is marked for the handoff to a
/// live agent, or a custom payload `{"human-takeover": true}`, does what dialogflow-human-takeover
/// with `auto_messages` does.
///
/// `token` is the admin's; Google's is kept by the service and not needed. It may be given as
/// `dialogflow_token`, or as `token` where the admin's comes as a Bearer; the answer's `token` is
/// always empty. Without `message` and `event` it is `missing-argument`, with an unknown conversation
/// `conversation-not-found`; while Dialogflow is switched off or lacks its settings
/// `dialogflow-not-active`, and `dialogflow-error`, with Google's own words, when that does not
/// answer or refuses: then nothing is stored.
/// # Example
/// `{"conversation_id": 1, "message": "Hello", "language": "en", "parameters": {"shop": "Madrid"}}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct DialogflowMessage {
    /// The conversation.
    conversation_id: Key<ConversationId>,
    /// What the user says.
    #[serde(default)]
    message: Maybe<Text<TEXT_CHARS_MAX>>,
    /// Google's token, if you have one; not needed.
    #[serde(default)]
    dialogflow_token: GoogleToken,
    /// The language that is spoken; the bot's main one when it isn't given.
    #[serde(default)]
    language: Language,
    /// Files that are uploaded elsewhere: name and URL of each.
    #[serde(default)]
    attachments: List<Attachment>,
    /// The name of an event of Dialogflow to trigger.
    #[serde(default)]
    event: Maybe<Text<150>>,
    /// Whatever else Dialogflow is to know.
    #[serde(default)]
    parameters: Maybe<JsonText<Map<String, Value>>>,
    #[serde(skip)]
    prepared: Prepared,
}

/// What was found out before the decision.
#[derive(Debug, Default)]
struct Prepared {
    replied: Replied,
    response: Option<Value>,
}

/// What Dialogflow answered, and what the bot says.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DialogflowAnswer {
    /// Always empty: the service keeps Google's tokens.
    token: &'static str,
    /// The messages that were added.
    messages: Vec<BotMessage>,
    /// Dialogflow's answer; empty where it was not asked.
    response: Value,
}

/// A message of the bot.
#[derive(Debug, Serialize, JsonSchema)]
struct BotMessage {
    /// The text.
    message: String,
    /// Name and URL of each file.
    attachments: Vec<[String; 2]>,
}

impl Command for DialogflowMessage {
    const NAME: &'static str = "dialogflow-message";
    type Reply = DialogflowAnswer;

    async fn prepare(&mut self, context: &Context) -> Result<(), Failure> {
        let service = &context.service;
        let settings = service.settings()?;
        let agent = agent(context, &settings, given(&self.dialogflow_token))?;
        let (id, state) = (self.conversation_id.0, service.journal.reader());
        let conversation = known_conversation(state, id)?;
        let attached = attachments(self.attachments.0.clone())?;
        let parameters = self.parameters.0.take().unwrap_or_default();
        let mut payload = Map::new();
        let input = match (&self.event.0, &self.message.0) {
            (Some(event), _) => Input::Event(event.clone(), parameters),
            (None, Some(text)) => {
                if !parameters.is_empty() {
                    payload.insert("parameters".to_owned(), Value::Object(parameters));
                }
                Input::Text(text.clone())
            }
            (None, None) => {
                let why = "message is missing, and so is event";
                return Err(Refusal::MissingArgument(why.to_owned()).into());
            }
        };
        let now_ms = clock::now_ms();
        let replied = Replied::read(context, id).await?;
        self.prepared.replied = replied;
        let is_online = |agent| service.presence.is_online(agent, now_ms);
        if voice(state, id, &conversation, replied, now_ms, is_online)? == Voice::Silent {
            return Ok(());
        }
        payload.insert("conversation_id".to_owned(), json!(id.to_string()));
        payload.insert("user_id".to_owned(), json!(conversation.user.to_string()));
        if !attached.is_empty() {
            let pairs: Vec<[&str; 2]> = attached
                .iter()
                .map(|file| [&*file.name, &*file.url])
                .collect();
            payload.insert("attachments".to_owned(), json!(pairs));
        }
        let language = language(given(&self.language).as_deref(), &settings);
        let session = session(conversation.user);
        let params = json!({ "payload": payload });
        let response = detect_intent(&agent, &session, input, &language, params).await?;
        self.prepared.response = Some(Value::Object(response));
        Ok(())
    }

    fn decide(self, decision: &mut Decision<'_>) -> Result<DialogflowAnswer, Failure> {
        let id = self.conversation_id.0;
        let conversation = known_conversation(decision.state(), id)?;
        let Some(response) = self.prepared.response else {
            return Ok(DialogflowAnswer::nothing_said(json!({})));
        };
        let facts = decision.facts();
        let voice = voice(
            decision.state(),
            id,
            &conversation,
            self.prepared.replied,
            facts.now_ms,
            |agent| facts.is_online(agent),
        )?;
        // An agent may have come while Dialogflow was thinking.
        if voice == Voice::Silent || (voice == Voice::NoFallback && is_fallback(&response)) {
            return Ok(DialogflowAnswer::nothing_said(response));
        }
        let reply = Reply {
            question: self.message.0.unwrap_or_default(),
            messages: messages(&response),
            response: response.clone(),
        };
        let said = answered(decision, id, Self::NAME, reply)?;
        if asks_for_people(&response) {
            hand_over(decision, id, true)?;
        }
        Ok(DialogflowAnswer {
            token: "",
            messages: said.into_iter().map(BotMessage::from).collect(),
            response,
        })
    }
}

impl DialogflowAnswer {
    fn nothing_said(response: Value) -> Self {
        Self {
            token: "",
            messages: Vec::new(),
            response,
        }
    }
}

impl From<Said> for BotMessage {
    fn from(said: Said) -> Self {
        let pairs = said.attachments.into_iter();
        Self {
            message: said.text,
            attachments: pairs.map(|file| [file.name, file.url]).collect(),
        }
    }
}

#[cfg(test)]
mod tests;

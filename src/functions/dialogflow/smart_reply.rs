//! `dialogflow-smart-reply`

mod assist;

use events::ConversationId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    GoogleToken, Language, agent, given, language,
    talk::{Input, detect_intent, is_fallback, texts},
};
use crate::{
    adapters::google_translate::detect,
    functions::{
        Command, Context, Decision, Failure,
        answer::OrFalse,
        assistants::vendors::{google, google_said},
        conversations::state::known_conversation,
        settings::{registry::DIALOGFLOW_SMART_REPLY_PROFILE, state::Settings},
    },
    wire::{self, Flag, Key, Text},
};

/// Characters that are enough to recognise a language by.
const ENOUGH_CHARS: usize = 2_000;

/// Suggests to an agent how to reply to a message.
///
/// With the setting `dialogflow-smart-reply-profile` the suggestions are Agent Assist's, which hears
/// the message in a conversation of its own, one a day for each conversation here. Without it they
/// are what the agent of Dialogflow would answer, in a session apart from the user's; nothing where it
/// has not understood. `smart_reply_data` is not needed, as the service finds the conversation again
/// by itself, and `smart_reply` is always false. With `language_detection` Google Translate recognises
/// the message's language by its first 2,000 characters, and it is the one that is spoken:
/// `detected_language`. That is false where none was recognised, or the setting `google-key` is
/// missing, or nobody asked; when Google Translate refuses it is `google-error`. `token` is as with
/// dialogflow-message. An unknown conversation is `conversation-not-found`; while Dialogflow is
/// switched off or lacks its settings it is `dialogflow-not-active`, and `dialogflow-error`, with
/// Google's own words, when that does not answer or refuses.
/// # Example
/// `{"conversation_id": 1, "message": "Hello, I need help", "smart_reply_data": false}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct DialogflowSmartReply {
    /// The conversation.
    #[serde(default)]
    conversation_id: wire::OrFalse<Key<ConversationId>>,
    /// What is to be replied to.
    message: Text<100_000, 1>,
    /// Not needed.
    #[serde(default, rename = "smart_reply_data")]
    _smart_reply_data: Option<Value>,
    /// The language that is spoken; the bot's main one when it isn't given.
    #[serde(default)]
    dialogflow_language: Language,
    /// Google's token, if you have one; not needed.
    #[serde(default)]
    dialogflow_token: GoogleToken,
    /// Whether to find out the language from the message.
    #[serde(default)]
    language_detection: Flag,
    #[serde(skip)]
    detected: Option<String>,
    #[serde(skip)]
    suggestions: Vec<String>,
}

/// What an agent may reply.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Suggestions {
    /// The texts.
    suggestions: Vec<String>,
    /// Always empty: the service keeps Google's tokens.
    token: &'static str,
    /// The code of the message's language, or false.
    detected_language: OrFalse<String>,
    /// Always false.
    smart_reply: bool,
}

impl Command for DialogflowSmartReply {
    const NAME: &'static str = "dialogflow-smart-reply";
    type Reply = Suggestions;

    async fn prepare(&mut self, context: &Context) -> Result<(), Failure> {
        let service = &context.service;
        let settings = service.settings()?;
        let agent = agent(context, &settings, given(&self.dialogflow_token))?;
        let conversation = self.conversation_id.0;
        if let Some(id) = conversation {
            known_conversation(service.journal.reader(), id)?;
        }
        // Without a conversation the talk is the caller's own.
        let talk = match conversation {
            Some(id) => format!("conversation-{id}"),
            None => format!("user-{}", context.caller.active_user()),
        };
        if self.language_detection.0 {
            self.detected = detected(context, &settings, &self.message.0).await?;
        }
        let asked = self.detected.clone();
        let asked = asked.or_else(|| given(&self.dialogflow_language));
        let language = language(asked.as_deref(), &settings);
        let text = self.message.0.clone();
        let profile = settings.text(&DIALOGFLOW_SMART_REPLY_PROFILE);
        self.suggestions = if profile.is_empty() {
            let session = format!("smart-reply-{talk}");
            let input = Input::Text(text);
            let answer = detect_intent(&agent, &session, input, &language, json!({})).await?;
            let answer = Value::Object(answer);
            match is_fallback(&answer) {
                true => Vec::new(),
                false => texts(&answer),
            }
        } else {
            assist::suggestions(&agent, profile, &talk, &text, &language).await?
        };
        Ok(())
    }

    fn decide(self, _: &mut Decision<'_>) -> Result<Suggestions, Failure> {
        Ok(Suggestions {
            suggestions: self.suggestions,
            token: "",
            detected_language: self.detected.into(),
            smart_reply: false,
        })
    }
}

/// The language of a text, where Google Translate may be asked and recognises it.
async fn detected(
    context: &Context,
    settings: &Settings,
    text: &str,
) -> Result<Option<String>, Failure> {
    let service = &context.service;
    let Ok(project) = google(&service.config, settings) else {
        return Ok(None);
    };
    let text: String = text.chars().take(ENOUGH_CHARS).collect();
    let language = detect(&service.outgoing, &project, &text).await;
    Ok(language.map_err(google_said)?)
}

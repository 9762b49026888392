//! `open-ai-message`

use eventlog::View;
use events::{ConversationId, UserId};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    bot::{Message, Reply, answered},
    history::history,
    vendors::open_ai,
};
use crate::{
    adapters::{
        openai::{Account, Answer, Question, Turn, chat},
        vendor::Problem,
    },
    clock,
    functions::{
        Command, Context, Decision, Failure,
        conversations::state::known_conversation,
        dialogflow::takeover::{Replied, Voice, voice},
        messages::content::TEXT_CHARS_MAX,
        settings::{
            registry::{
                OPEN_AI_FREQUENCY_PENALTY, OPEN_AI_MODEL, OPEN_AI_PRESENCE_PENALTY, OPEN_AI_PROMPT,
                OPEN_AI_TEMPERATURE,
            },
            state::Settings,
        },
    },
    wire::{Integer, Key, OrFalse, Text},
};

/// Tokens of an answer, unless asked otherwise.
const MAX_TOKENS: u32 = 100;

/// Sends a message to OpenAI and returns the answer, which it can add to a conversation.
///
/// Answers `[true, text]`, or `[false, why]` with OpenAI's own words when it refuses, is not configured
/// (the setting `open-ai-key`) or does not answer in time; then nothing is stored, and nothing remembered:
/// the same call with its Idempotency-Key asks again. With a `conversation_id` the answer becomes a
/// message of the bot there: the conversation's status stays as it is, and the webhooks message-sent and
/// bot-message are sent. The `message` itself is not stored; send-message does that, before or after. An
/// unknown conversation is `conversation-not-found`, and OpenAI is not asked.
///
/// OpenAI is told the conversation's last messages before the question: as many as the setting
/// `open-ai-history` says, 10 by default, of 12,000 characters together at most; what customers wrote is
/// the user's, all else the assistant's. While people have taken the conversation over and its last agent
/// is online (see dialogflow-human-takeover) the bot is silent: OpenAI is not asked, and the text is
/// empty. Where an agent comes while OpenAI is thinking, the answer is returned and not added.
///
/// The settings `open-ai-model`, `open-ai-prompt`, `open-ai-temperature`, `open-ai-presence-penalty` and
/// `open-ai-frequency-penalty` say who answers and how.
/// # Example
/// `{"message": "How long does a parcel take to Spain?", "max_tokens": 150, "conversation_id": 1}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct OpenAiMessage {
    /// What is said to OpenAI.
    message: Text<TEXT_CHARS_MAX, 1>,
    /// The most tokens of the answer; 100 by default.
    #[serde(default)]
    max_tokens: OrFalse<Integer<1, 16_384>>,
    /// The conversation that the answer is added to; false for none.
    #[serde(default)]
    conversation_id: OrFalse<Key<ConversationId>>,
    /// None where nobody was asked, because an agent is there.
    #[serde(skip)]
    answer: Option<Result<Answer, String>>,
}

impl Command for OpenAiMessage {
    const NAME: &'static str = "open-ai-message";
    type Reply = (bool, String);

    async fn prepare(&mut self, context: &Context) -> Result<(), Failure> {
        let service = &context.service;
        // Before it costs anything.
        if let Some(id) = self.conversation_id.0 {
            let (state, now_ms) = (service.journal.reader(), clock::now_ms());
            if is_silent(state, id, now_ms, |agent| {
                service.presence.is_online(agent, now_ms)
            })? {
                return Ok(());
            }
        }
        let settings = service.settings()?;
        let account = match open_ai(&service.config, &settings) {
            Ok(account) => account,
            Err(missing) => {
                self.answer = Some(Err(missing.to_string()));
                return Ok(());
            }
        };
        let earlier = match self.conversation_id.0 {
            Some(id) => history(context, &settings, id, &self.message.0).await?,
            None => Vec::new(),
        };
        let question = self.question(&settings, earlier);
        let answer = chat(&service.outgoing, &account, &question).await;
        let answer = answer.map_err(|problem| told(problem, &account));
        self.answer = Some(answer.and_then(within_limit));
        Ok(())
    }

    fn decide(self, decision: &mut Decision<'_>) -> Result<(bool, String), Failure> {
        let answer = match self.answer {
            None => return Ok((true, String::new())),
            Some(Err(why)) => {
                decision.answers_for_now();
                return Ok((false, why));
            }
            Some(Ok(answer)) => answer,
        };
        let (state, facts) = (decision.state(), decision.facts());
        let is_online = |agent| facts.is_online(agent);
        if let Some(conversation) = self.conversation_id.0
            && !is_silent(state, conversation, facts.now_ms, is_online)?
        {
            let message = Message {
                text: answer.text.clone(),
                ..Message::default()
            };
            let reply = Reply {
                question: self.message.0,
                messages: vec![message],
                response: answer.response,
            };
            answered(decision, conversation, Self::NAME, reply)?;
        }
        Ok((true, answer.text))
    }
}

/// Whether people have taken this conversation over and are there.
///
/// # Errors
/// `conversation-not-found`, or the state's own failure.
fn is_silent(
    state: &dyn View,
    id: ConversationId,
    now_ms: i64,
    is_online: impl Fn(UserId) -> bool,
) -> Result<bool, Failure> {
    let conversation = known_conversation(state, id)?;
    let unread = Replied::default();
    let voice = voice(state, id, &conversation, unread, now_ms, is_online)?;
    Ok(voice == Voice::Silent)
}

impl OpenAiMessage {
    fn question(&self, settings: &Settings, earlier: Vec<Turn>) -> Question {
        let max_tokens = self.max_tokens.0.and_then(|tokens| tokens.try_into().ok());
        Question {
            model: settings.text(&OPEN_AI_MODEL).trim().to_owned(),
            instructions: settings.text(&OPEN_AI_PROMPT).trim().to_owned(),
            earlier,
            message: self.message.0.clone(),
            max_tokens: max_tokens.unwrap_or(MAX_TOKENS),
            temperature: settings.decimal(&OPEN_AI_TEMPERATURE),
            presence_penalty: settings.decimal(&OPEN_AI_PRESENCE_PENALTY),
            frequency_penalty: settings.decimal(&OPEN_AI_FREQUENCY_PENALTY),
        }
    }
}

/// OpenAI's own words, in which the key has no place.
fn told(problem: Problem, account: &Account) -> String {
    match problem {
        Problem::Said { text, .. } => text.replace(&account.key, "********"),
        Problem::Invalid(why) => why,
        Problem::Unanswered(why) => format!("OpenAI: {why}."),
    }
}

fn within_limit(answer: Answer) -> Result<Answer, String> {
    if answer.text.chars().count() <= TEXT_CHARS_MAX {
        return Ok(answer);
    }
    Err(format!(
        "OpenAI's answer is longer than a message may be: {TEXT_CHARS_MAX} characters."
    ))
}

#[cfg(test)]
mod tests {
    use events::{
        MessageId,
        bot::{Answered, Said},
        user::UserType,
    };
    use serde_json::json;

    use super::*;
    use crate::functions::{
        conversations::histories::{and, arguments, john_and_agents, problem, sent, somebody},
        scenario::{given, happened},
    };

    fn asked(conversation: u64, answer: Result<&str, &str>) -> OpenAiMessage {
        let mut command: OpenAiMessage =
            arguments(json!({"message": "Hello", "conversation_id": conversation}));
        command.answer = Some(match answer {
            Ok(text) => Ok(Answer {
                text: text.to_owned(),
                response: json!({"id": "chatcmpl-1"}),
            }),
            Err(why) => Err(why.to_owned()),
        });
        command
    }

    #[test]
    fn the_answer_is_the_bots_message() {
        let mut history = john_and_agents();
        history.insert(0, somebody(1, UserType::Bot));
        let said = Said {
            message: MessageId(1),
            text: "Hi!".to_owned(),
            attachments: Vec::new(),
        };
        let answered = Answered {
            function: "open-ai-message".to_owned(),
            question: "Hello".to_owned(),
            messages: vec![said],
            response: json!({"id": "chatcmpl-1"}),
        };
        let id = ConversationId(1);
        given(history)
            .when(asked(1, Ok("Hi!")))
            .then([
                happened(id, sent(1, 1, UserType::Bot, "Hi!")),
                happened(id, answered),
            ])
            .answering(json!([true, "Hi!"]));
    }

    #[test]
    fn an_error_and_an_answer_for_nobody_store_nothing() {
        given(john_and_agents())
            .when(asked(1, Err("overloaded")))
            .then([])
            .answering(json!([false, "overloaded"]));
        let mut nobody = asked(1, Ok("Hi!"));
        nobody.conversation_id = OrFalse(None);
        given(john_and_agents())
            .when(nobody)
            .then([])
            .answering(json!([true, "Hi!"]));
    }

    #[test]
    fn the_bot_is_silent_while_the_agent_of_a_takeover_is_there() {
        let mut history = john_and_agents();
        history.insert(0, somebody(1, UserType::Bot));
        let said = sent(1, 4, UserType::Agent, "I take it");
        let history = and(history, ConversationId(1), said);
        given(history.clone())
            .online([4])
            .when(asked(1, Ok("Hi!")))
            .then([])
            .answering(json!([true, "Hi!"]));
        let away = given(history).online([5]).when(asked(1, Ok("Hi!")));
        assert_eq!(
            away.recorded().len(),
            2,
            "the message, and that it was given"
        );
        // Nobody was asked.
        let mut unasked = asked(1, Ok("Hi!"));
        unasked.answer = None;
        given(john_and_agents())
            .when(unasked)
            .then([])
            .answering(json!([true, ""]));
    }

    #[test]
    fn arguments_have_limits() {
        assert_eq!(problem::<OpenAiMessage>(json!({})), "missing-argument");
        for (name, value) in [
            ("max_tokens", "16385"),
            ("max_tokens", "x"),
            ("conversation_id", "x"),
        ] {
            let mut given = json!({"message": "Hello"});
            given[name] = json!(value);
            assert_eq!(problem::<OpenAiMessage>(given), "invalid-argument");
        }
        let command: OpenAiMessage =
            arguments(json!({"message": "Hello", "max_tokens": "", "conversation_id": "false"}));
        assert_eq!(command.conversation_id.0, None);
        let question = command.question(&Settings::default(), Vec::new());
        assert_eq!(question.max_tokens, 100);
    }
}

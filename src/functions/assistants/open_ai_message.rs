//! `open-ai-message`

use events::ConversationId;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    bot::{Message, Reply, answered},
    vendors::open_ai,
};
use crate::{
    adapters::{
        openai::{Account, Answer, Question, chat},
        vendor::Problem,
    },
    functions::{
        Command, Context, Decision, Failure, Refusal,
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
/// (the setting `open-ai-key`) or does not answer in time; then nothing is stored. With a
/// `conversation_id` the answer becomes a message of the bot there: the conversation's status stays as it
/// is, and the webhooks message-sent and bot-message are sent. The `message` itself is not stored;
/// send-message does that. While people have taken the conversation over and its last agent is online
/// (see dialogflow-human-takeover) the bot is silent: the answer is returned and not added. An unknown
/// conversation is `conversation-not-found`, and OpenAI is not asked.
///
/// The settings `open-ai-model`, `open-ai-prompt`, `open-ai-temperature`, `open-ai-presence-penalty` and
/// `open-ai-frequency-penalty` say who answers and how. An error is an answer as well: after one, ask
/// again with another Idempotency-Key.
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
    #[serde(skip)]
    answer: Option<Result<Answer, String>>,
}

impl Command for OpenAiMessage {
    const NAME: &'static str = "open-ai-message";
    type Reply = (bool, String);

    async fn prepare(&mut self, context: &Context) -> Result<(), Failure> {
        let service = &context.service;
        // Before it costs anything.
        if let Some(conversation) = self.conversation_id.0 {
            known_conversation(service.journal.reader(), conversation)?;
        }
        let settings = service.settings()?;
        self.answer = Some(match open_ai(&service.config, &settings) {
            Err(missing) => Err(missing.to_string()),
            Ok(account) => {
                let answer = chat(&service.outgoing, &account, &self.question(&settings)).await;
                answer
                    .map_err(|problem| told(problem, &account))
                    .and_then(within_limit)
            }
        });
        Ok(())
    }

    fn decide(self, decision: &mut Decision<'_>) -> Result<(bool, String), Failure> {
        let answer = match self.answer {
            None => return Err(Refusal::MissingArgument("message is missing".to_owned()).into()),
            Some(Err(why)) => return Ok((false, why)),
            Some(Ok(answer)) => answer,
        };
        if let Some(conversation) = self.conversation_id.0
            && !is_silent(decision, conversation)?
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
fn is_silent(decision: &Decision<'_>, id: ConversationId) -> Result<bool, Failure> {
    let (state, facts) = (decision.state(), decision.facts());
    let conversation = known_conversation(state, id)?;
    let is_online = |agent| facts.is_online(agent);
    let unread = Replied::default();
    let voice = voice(state, id, &conversation, unread, facts.now_ms, is_online)?;
    Ok(voice == Voice::Silent)
}

impl OpenAiMessage {
    fn question(&self, settings: &Settings) -> Question {
        let max_tokens = self.max_tokens.0.and_then(|tokens| tokens.try_into().ok());
        Question {
            model: settings.text(&OPEN_AI_MODEL).trim().to_owned(),
            instructions: settings.text(&OPEN_AI_PROMPT).trim().to_owned(),
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
        assert_eq!(command.question(&Settings::default()).max_tokens, 100);
    }
}

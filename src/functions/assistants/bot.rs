//! The bot's answer: one place for whatever vendor thought it up.

use events::{
    ConversationId,
    bot::{Answered, Said},
    message::Attachment,
};
use serde_json::Value;

use crate::functions::{
    Decision, Failure, Refusal,
    messages::send::{Ask, Draft, send},
    users::first::bot,
};

/// What the bot was asked, and what it answers.
#[derive(Clone, Debug, Default)]
pub struct Reply {
    /// What it was asked; empty where nobody said anything, as when an event was triggered.
    pub question: String,
    /// What it says, message by message.
    pub messages: Vec<Message>,
    /// The vendor's own answer, without any token. Whoever is sent the webhook reads it.
    pub response: Value,
}

/// A message that the bot sends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// The text.
    pub text: String,
    /// Attached files.
    pub attachments: Vec<Attachment>,
    /// JSON text, for rich messages; empty for none.
    pub payload: String,
}

/// Sends the bot's answer into a conversation, whose status stays as it is, and records that it was
/// given: the webhook bot-message follows from that. `function` is the API function by which the bot
/// was asked. An answer without messages records nothing. Returns what was sent, with the messages'
/// ids.
///
/// # Errors
/// `conversation-not-found`, or the state's own failure. Whoever shall tell of a missing conversation
/// before a vendor is paid for an answer asks for it in `prepare`.
pub fn answered(
    decision: &mut Decision<'_>,
    conversation: ConversationId,
    function: &'static str,
    reply: Reply,
) -> Result<Vec<Said>, Failure> {
    let Some(author) = bot(decision.state())? else {
        let why = "The workspace has no bot yet; try again in a moment.";
        return Err(Refusal::Unavailable(why.to_owned()).into());
    };
    let mut messages = Vec::with_capacity(reply.messages.len());
    for message in reply.messages {
        let draft = Draft {
            text: message.text.clone(),
            attachments: message.attachments.clone(),
            payload: message.payload,
            status: Ask::Skip,
            recipient: None,
        };
        messages.push(Said {
            message: send(decision, author, conversation, draft)?.message,
            text: message.text,
            attachments: message.attachments,
        });
    }
    if !messages.is_empty() {
        let answered = Answered {
            function: function.to_owned(),
            question: reply.question,
            messages: messages.clone(),
            response: reply.response,
        };
        decision.record(conversation, answered)?;
    }
    Ok(messages)
}

#[cfg(test)]
mod tests {
    use events::{
        Event, MessageId, Stream,
        conversation::{Status, StatusChanged},
        message::Sent,
        user::UserType,
    };
    use schemars::JsonSchema;
    use serde::Deserialize;
    use serde_json::json;

    use super::*;
    use crate::functions::{
        Command,
        conversations::histories::{and, john_and_agents, sent, somebody},
        scenario::{given, happened},
    };

    const ID: ConversationId = ConversationId(1);

    /// Has the bot say these texts in this conversation.
    #[derive(Deserialize, JsonSchema)]
    struct Say(u64, Vec<String>);

    impl Command for Say {
        const NAME: &'static str = "say";
        type Reply = Vec<u64>;

        fn decide(self, decision: &mut Decision<'_>) -> Result<Vec<u64>, Failure> {
            let message = |text| Message {
                text,
                payload: "{\"a\":1}".to_owned(),
                ..Message::default()
            };
            let reply = Reply {
                question: "Hello".to_owned(),
                messages: self.1.into_iter().map(message).collect(),
                response: json!({"id": "r1"}),
            };
            let said = answered(decision, ConversationId(self.0), "open-ai-message", reply)?;
            Ok(said.into_iter().map(|said| said.message.0).collect())
        }
    }

    fn say(conversation: u64, texts: &[&str]) -> Say {
        let texts = texts.iter().map(|text| (*text).to_owned());
        Say(conversation, texts.collect())
    }

    fn history() -> Vec<(Stream, Event)> {
        let mut history = john_and_agents();
        history.insert(0, somebody(1, UserType::Bot));
        let from = Status::Live;
        let to = Status::WaitingAgent;
        and(history, ID, StatusChanged { from, to })
    }

    #[test]
    fn the_bot_sends_each_message_and_the_answer_is_recorded_once() {
        let bots = |id, text: &str| Sent {
            payload: "{\"a\":1}".to_owned(),
            ..sent(id, 1, UserType::Bot, text)
        };
        let said = |id, text: &str| Said {
            message: MessageId(id),
            text: text.to_owned(),
            attachments: Vec::new(),
        };
        let answered = Answered {
            function: "open-ai-message".to_owned(),
            question: "Hello".to_owned(),
            messages: vec![said(1, "Hi!"), said(2, "How are you?")],
            response: json!({"id": "r1"}),
        };
        // The status stays: the conversation still waits for an agent.
        given(history())
            .when(say(1, &["Hi!", "How are you?"]))
            .then([
                happened(ID, bots(1, "Hi!")),
                happened(ID, bots(2, "How are you?")),
                happened(ID, answered),
            ])
            .answering(json!([1, 2]));
    }

    #[test]
    fn nothing_said_is_nothing_recorded() {
        given(history())
            .when(say(1, &[]))
            .then([])
            .answering(json!([]));
    }

    #[test]
    fn a_conversation_that_is_gone_gets_no_answer() {
        given(history())
            .when(say(9, &["Hi!"]))
            .then_refused(Refusal::ConversationNotFound(9));
    }
}

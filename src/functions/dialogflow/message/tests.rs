//! What the bot says, and when it holds back.

use events::{
    Event, MessageId, Stream,
    bot::Answered,
    conversation::{Status, StatusChanged, TakenOver},
    user::UserType,
};

use super::*;
use crate::functions::{
    conversations::histories::{and, arguments, john_and_agents, sent, somebody},
    scenario::{NOW_MS, given as history_of, happened},
};

const ID: ConversationId = ConversationId(1);
const DAY_MS: i64 = 24 * 3_600_000;

fn history() -> Vec<(Stream, Event)> {
    let mut history = john_and_agents();
    history.insert(0, somebody(1, UserType::Bot));
    history
}

fn moved(from: Status, to: Status) -> StatusChanged {
    StatusChanged { from, to }
}

/// The question `Hello`, to which Dialogflow has given this answer.
fn asked(response: &Value, replied: Replied) -> DialogflowMessage {
    let mut command: DialogflowMessage =
        arguments(json!({"conversation_id": 1, "message": "Hello"}));
    command.prepared = Prepared {
        replied,
        response: Some(response.clone()),
    };
    command
}

fn hi() -> Value {
    json!({"responseId": "r1", "queryResult": {"fulfillmentText": "Hi!"}})
}

fn unknown() -> Value {
    json!({"queryResult": {"fulfillmentText": "What?", "intent": {"isFallback": true}}})
}

fn bot_says(text: &str, response: Value) -> [(Stream, Event); 2] {
    let answered = Answered {
        function: "dialogflow-message".to_owned(),
        question: "Hello".to_owned(),
        messages: vec![Said {
            message: MessageId(1),
            text: text.to_owned(),
            attachments: Vec::new(),
        }],
        response,
    };
    [
        happened(ID, sent(1, 1, UserType::Bot, text)),
        happened(ID, answered),
    ]
}

#[test]
fn the_answer_is_stored_and_told() {
    history_of(history())
        .when(asked(&hi(), Replied::default()))
        .then(bot_says("Hi!", hi()))
        .answering(json!({
            "token": "", "messages": [{"message": "Hi!", "attachments": []}], "response": hi(),
        }));
}

#[test]
fn the_bot_is_silent_while_the_last_agent_is_online() {
    let replied = and(history(), ID, sent(7, 4, UserType::Agent, "I am here"));
    let nothing = |response: &Value| json!({"token": "", "messages": [], "response": response});
    history_of(replied.clone())
        .online([4])
        .when(asked(&hi(), Replied::default()))
        .then([])
        .answering(nothing(&hi()));
    // Another agent is there, the last one is not.
    let says = history_of(replied.clone())
        .online([5])
        .when(asked(&hi(), Replied::default()));
    says.answering(json!({
        "token": "", "messages": [{"message": "Hi!", "attachments": []}], "response": hi(),
    }));
    let archived = and(replied, ID, moved(Status::Live, Status::Archived));
    history_of(and(archived, ID, moved(Status::Archived, Status::Live)))
        .online([4])
        .when(asked(&unknown(), Replied::default()))
        .answering(json!({
            "token": "", "messages": [{"message": "What?", "attachments": []}], "response": unknown(),
        }));
}

#[test]
fn for_ten_days_the_bot_does_not_say_that_it_has_not_understood() {
    let taken = |ago_ms: i64| {
        let at_ms = NOW_MS - ago_ms;
        and(history(), ID, TakenOver { at_ms })
    };
    let young = taken(10 * DAY_MS - 1);
    history_of(young.clone())
        .when(asked(&unknown(), Replied::default()))
        .then([]);
    history_of(young)
        .when(asked(&hi(), Replied::default()))
        .then(bot_says("Hi!", hi()));
    let old = taken(10 * DAY_MS);
    history_of(old.clone())
        .when(asked(&unknown(), Replied::default()))
        .then(bot_says("What?", unknown()));
    // An agent's reply is a takeover too; its time is read before the decision.
    let reply = and(old, ID, sent(7, 4, UserType::Admin, "I am here"));
    let at = |message, ago_ms: i64| Replied::at(MessageId(message), NOW_MS - ago_ms);
    history_of(reply.clone())
        .when(asked(&unknown(), at(7, DAY_MS)))
        .then([]);
    // A newer one than was known then is of now.
    history_of(reply.clone())
        .when(asked(&unknown(), at(6, 11 * DAY_MS)))
        .then([]);
    history_of(reply)
        .when(asked(&unknown(), at(7, 11 * DAY_MS)))
        .answering(json!({
            "token": "", "messages": [{"message": "What?", "attachments": []}], "response": unknown(),
        }));
}

#[test]
fn an_answer_that_calls_for_people_hands_over() {
    let calling = json!({"queryResult": {
        "fulfillmentText": "Of course.", "intent": {"liveAgentHandoff": true},
    }});
    let message = events::message::Sent {
        payload: r#"{"human-takeover":true}"#.to_owned(),
        asked_status: Some(Status::WaitingAgent),
        ..sent(
            2,
            1,
            UserType::Bot,
            "One of our agents will answer you soon.",
        )
    };
    let mut expected = bot_says("Of course.", calling.clone()).to_vec();
    expected.extend([
        happened(ID, TakenOver { at_ms: NOW_MS }),
        happened(ID, message),
        happened(ID, moved(Status::Live, Status::WaitingAgent)),
    ]);
    history_of(history())
        .when(asked(&calling, Replied::default()))
        .then(expected);
}

#[test]
fn nothing_is_said_where_there_is_no_conversation() {
    let mut command = asked(&hi(), Replied::default());
    command.conversation_id = Key(ConversationId(9));
    history_of(history())
        .when(command)
        .then_refused(Refusal::ConversationNotFound(9));
}

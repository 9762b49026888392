//! What is asked of Dialogflow in a session, and what its answer makes the bot say.

use events::{UserId, message::Attachment};
use serde_json::{Map, Value, json};

use super::{place, said};
use crate::{
    adapters::dialogflow::{Agent, Call, TEXT_CHARS_MAX},
    functions::{
        Failure,
        assistants::bot::Message,
        messages::content::{PAYLOAD_BYTES_MAX, TEXT_CHARS_MAX as MESSAGE_CHARS_MAX, attachments},
    },
    wire,
};

/// The most messages that one answer makes.
const MESSAGES_MAX: usize = 20;

/// What is said to the agent.
pub enum Input {
    /// A text; what is beyond Dialogflow's 256 characters is not read by it.
    Text(String),
    /// An event, with its parameters.
    Event(String, Map<String, Value>),
}

/// The session of a user: what is said in all conversations of one, and what contexts are set, is
/// one talk.
pub fn session(user: UserId) -> String {
    user.0.to_string()
}

/// Asks the agent in this session, and gives its answer as it is, but for the spoken one: it may be
/// megabytes, and nobody hears it here.
///
/// # Errors
/// `dialogflow-error`.
pub async fn detect_intent(
    agent: &Agent<'_>,
    session: &str,
    input: Input,
    language: &str,
    query_params: Value,
) -> Result<Map<String, Value>, Failure> {
    let place = place(&format!("/agent/sessions/{session}:detectIntent"))?;
    let input = match input {
        Input::Text(text) => {
            let text: String = text.chars().take(TEXT_CHARS_MAX).collect();
            json!({"text": {"text": text, "languageCode": language}})
        }
        Input::Event(name, parameters) => json!({"event": {
            "name": name, "parameters": parameters, "languageCode": language,
        }}),
    };
    let mut body = json!({ "queryInput": input });
    if query_params.as_object().is_some_and(|it| !it.is_empty()) {
        body["queryParams"] = query_params;
    }
    let mut answer = agent.call(&Call::post(place, body)).await.map_err(said)?;
    answer.shift_remove("outputAudio");
    answer.shift_remove("outputAudioConfig");
    Ok(answer)
}

/// What the bot says by this answer: a message for each text, with the variant that Dialogflow chose;
/// the fulfillment's text where there is none. What is meant for another platform is left out. A
/// custom payload goes with the last message; its `attachments` are attached to it.
pub fn messages(answer: &Value) -> Vec<Message> {
    let mut messages = Vec::new();
    for text in texts(answer).into_iter().take(MESSAGES_MAX) {
        messages.push(Message {
            text: text.chars().take(MESSAGE_CHARS_MAX).collect(),
            ..Message::default()
        });
    }
    let mut payload = payloads(answer);
    let attached = attached(payload.shift_remove("attachments"));
    payload.shift_remove("human-takeover");
    let payload = match payload.is_empty() {
        true => String::new(),
        false => Value::Object(payload).to_string(),
    };
    let payload = Some(payload).filter(|text| text.len() <= PAYLOAD_BYTES_MAX);
    let payload = payload.unwrap_or_default();
    if messages.is_empty() && !(attached.is_empty() && payload.is_empty()) {
        messages.push(Message::default());
    }
    if let Some(last) = messages.last_mut() {
        (last.attachments, last.payload) = (attached, payload);
    }
    messages
}

/// The texts of an answer, in order.
pub fn texts(answer: &Value) -> Vec<String> {
    let result = &answer["queryResult"];
    let text = |message: &Value| {
        let variants = message["text"]["text"].as_array()?.iter();
        let mut variants = variants.filter_map(Value::as_str);
        variants
            .find(|text| !text.trim().is_empty())
            .map(str::to_owned)
    };
    let texts: Vec<String> = ours(result).filter_map(text).collect();
    let alone = result["fulfillmentText"].as_str().unwrap_or_default();
    if texts.is_empty() && !alone.trim().is_empty() {
        return vec![alone.to_owned()];
    }
    texts
}

/// Whether the agent has not understood.
pub fn is_fallback(answer: &Value) -> bool {
    let result = &answer["queryResult"];
    result["intent"]["isFallback"] == true || result["action"] == "input.unknown"
}

/// Whether the agent asks for people: an intent that is marked for the handoff to a live agent, or a
/// custom payload with `"human-takeover": true`.
pub fn asks_for_people(answer: &Value) -> bool {
    let marked = answer["queryResult"]["intent"]["liveAgentHandoff"] == true;
    let by_payload = payloads(answer).get("human-takeover").cloned();
    marked || matches!(by_payload, Some(Value::Bool(true)))
}

/// The messages that are meant for no platform in particular.
fn ours(result: &Value) -> impl Iterator<Item = &Value> {
    let messages = result["fulfillmentMessages"].as_array();
    messages.into_iter().flatten().filter(|message| {
        let platform = message["platform"].as_str().unwrap_or_default();
        matches!(platform, "" | "PLATFORM_UNSPECIFIED")
    })
}

/// All custom payloads of an answer in one.
fn payloads(answer: &Value) -> Map<String, Value> {
    let result = &answer["queryResult"];
    let by_messages = ours(result).map(|message| &message["payload"]);
    let all = by_messages.chain([&result["webhookPayload"]]);
    let members = all.filter_map(Value::as_object).flatten();
    members
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// `[["name", "link"], …]`, or bare links; those that are no links of the web are left out.
fn attached(given: Option<Value>) -> Vec<Attachment> {
    let Some(Value::Array(rows)) = given else {
        return Vec::new();
    };
    let one = |row| {
        let row = <wire::Attachment as wire::Argument>::read(row).ok()?;
        attachments(vec![row]).ok()?.pop()
    };
    rows.into_iter().take(100).filter_map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(result: Value) -> Value {
        json!({"responseId": "r1", "queryResult": result})
    }

    #[test]
    fn each_text_is_a_message() {
        let answer = result(json!({
            "fulfillmentText": "Hi!", "fulfillmentMessages": [
                {"platform": "ACTIONS_ON_GOOGLE", "text": {"text": ["For Google"]}},
                {"text": {"text": ["", "Hi!"]}},
                {"text": {"text": []}},
                {"text": {"text": ["How are you?"]}, "platform": "PLATFORM_UNSPECIFIED"},
                {"payload": {"a": 1, "human-takeover": false, "attachments": [
                    ["plan.pdf", "https://example.com/plan.pdf"], ["x", "javascript:alert(1)"], 5,
                ]}},
            ],
        }));
        let messages = messages(&answer);
        let texts: Vec<&str> = messages.iter().map(|message| &*message.text).collect();
        assert_eq!(texts, ["Hi!", "How are you?"]);
        assert_eq!(messages[0].payload, "");
        assert_eq!(messages[1].payload, r#"{"a":1}"#);
        assert_eq!(messages[1].attachments.len(), 1);
        assert_eq!(messages[1].attachments[0].name, "plan.pdf");
        assert!(!asks_for_people(&answer) && !is_fallback(&answer));
    }

    #[test]
    fn a_fulfillment_alone_is_one_and_nothing_is_none() {
        let alone = result(json!({"fulfillmentText": "Hi!", "webhookPayload": {"b": 2}}));
        let said = messages(&alone);
        assert_eq!((said.len(), &*said[0].text), (1, "Hi!"));
        assert_eq!(said[0].payload, r#"{"b":2}"#);
        assert_eq!(messages(&result(json!({"fulfillmentText": " "}))), []);
        assert_eq!(messages(&json!({})), []);
        let only_payload = result(json!({"webhookPayload": {"b": 2}}));
        assert_eq!(messages(&only_payload).len(), 1);
    }

    #[test]
    fn fallbacks_and_calls_for_people_are_noticed() {
        for unknown in [
            json!({"action": "input.unknown"}),
            json!({"intent": {"isFallback": true}}),
        ] {
            assert!(is_fallback(&result(unknown)));
        }
        let payload = json!({"fulfillmentMessages": [{"payload": {"human-takeover": true}}]});
        for asked in [
            payload.clone(),
            json!({"intent": {"liveAgentHandoff": true}}),
            json!({"webhookPayload": {"human-takeover": true}}),
        ] {
            assert!(asks_for_people(&result(asked)));
        }
        assert_eq!(messages(&result(payload)), []);
    }
}

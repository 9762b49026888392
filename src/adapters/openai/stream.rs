//! Answers that come as server-sent events, put together to what they would have been in one piece.

use serde_json::{Map, Value, json};

/// The whole answer; `None` where the stream ends before it does.
///
/// Chunks of chat completions and of completions become the completion; of the Responses API the last
/// event has all. An error on the way is the answer.
pub(super) fn whole(text: &str) -> Option<Value> {
    let mut whole = Map::new();
    let mut is_done = false;
    for data in events(text) {
        if data.trim() == "[DONE]" {
            is_done = true;
            break;
        }
        let Ok(Value::Object(mut event)) = serde_json::from_str::<Value>(&data) else {
            return None;
        };
        if event.get("error").is_some_and(|error| !error.is_null()) {
            return Some(Value::Object(event));
        }
        let kind = event.get("type").and_then(Value::as_str).unwrap_or("");
        match kind {
            "error" => return Some(json!({ "error": event })),
            "response.completed" | "response.incomplete" | "response.failed" => {
                return event.remove("response");
            }
            _ => add(&mut whole, event),
        }
    }
    let ends = |choice: &Value| choice.get("finish_reason").is_some_and(Value::is_string);
    let choices = whole.get("choices").and_then(Value::as_array);
    let is_finished =
        choices.is_some_and(|choices| !choices.is_empty() && choices.iter().all(ends));
    ((is_done && choices.is_some()) || is_finished).then_some(Value::Object(whole))
}

/// The data of each event (WHATWG HTML, "Interpreting an event stream").
fn events(text: &str) -> Vec<String> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut events = Vec::new();
    for event in text.split("\n\n") {
        let lines = event.lines().filter_map(|line| line.strip_prefix("data:"));
        let data: Vec<&str> = lines
            .map(|line| line.strip_prefix(' ').unwrap_or(line))
            .collect();
        if !data.is_empty() {
            events.push(data.join("\n"));
        }
    }
    events
}

fn add(whole: &mut Map<String, Value>, chunk: Map<String, Value>) {
    for (name, value) in chunk {
        match (name.as_str(), value) {
            ("choices", Value::Array(choices)) => {
                let known = whole.entry("choices").or_insert_with(|| json!([]));
                for choice in choices {
                    merge_item(known, as_message(choice));
                }
            }
            ("object", Value::String(kind)) => {
                let kind = kind.trim_end_matches(".chunk").to_owned();
                whole.insert(name, kind.into());
            }
            (_, Value::Null) => {}
            (_, value) => {
                whole.insert(name, value);
            }
        }
    }
}

/// A choice in a chunk, called as in the whole.
fn as_message(mut choice: Value) -> Value {
    if let Some(choice) = choice.as_object_mut()
        && let Some(delta) = choice.remove("delta")
    {
        choice.insert("message".to_owned(), delta);
    }
    choice
}

/// Adds an item of a list to the one with the same index, or as a new one.
fn merge_item(list: &mut Value, item: Value) {
    let Some(list) = list.as_array_mut() else {
        return;
    };
    let index = item.get("index").cloned();
    let same = |known: &&mut Value| index.is_some() && known.get("index") == index.as_ref();
    match list.iter_mut().find(same) {
        Some(known) => merge(known, item),
        None => list.push(item),
    }
}

/// Texts go on, lists and objects are merged; what names or ends something is said anew.
fn merge(known: &mut Value, more: Value) {
    match (known, more) {
        (_, Value::Null) => {}
        (Value::String(text), Value::String(more)) => text.push_str(&more),
        (Value::Object(known), Value::Object(more)) => {
            for (name, value) in more {
                let is_name = matches!(
                    name.as_str(),
                    "index" | "id" | "type" | "role" | "finish_reason"
                );
                match known.get_mut(&name) {
                    Some(former) if !is_name && !former.is_null() => merge(former, value),
                    Some(_) if value.is_null() => {}
                    _ => {
                        known.insert(name, value);
                    }
                }
            }
        }
        (list @ Value::Array(_), Value::Array(more)) => {
            for item in more {
                merge_item(list, item);
            }
        }
        (known, more) => *known = more,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn streamed(events: &[Value]) -> String {
        let events = events.iter();
        let texts: Vec<String> = events
            .map(|event| format!("event: x\ndata: {event}\n\n"))
            .collect();
        ": a remark\n\n".to_owned() + &texts.concat()
    }

    fn chunk(choice: &Value) -> Value {
        json!({
            "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m",
            "usage": null, "choices": [choice],
        })
    }

    #[test]
    fn a_completion_in_pieces_is_whole_again() {
        let mut events = vec![
            chunk(
                &json!({"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": null}),
            ),
            chunk(
                &json!({"index": 0, "delta": {"role": "assistant", "content": "Héllo\n"}, "finish_reason": null}),
            ),
            chunk(&json!({"index": 1, "delta": {"content": "Other"}, "finish_reason": "stop"})),
            chunk(&json!({"index": 0, "delta": {"content": "you"}, "finish_reason": null})),
            chunk(&json!({"index": 0, "delta": {}, "finish_reason": "stop"})),
        ];
        events.push(json!({
            "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m",
            "choices": [], "usage": {"total_tokens": 7},
        }));
        let expected = json!({
            "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "m",
            "choices": [
                {"index": 0, "message": {"role": "assistant", "content": "Héllo\nyou"}, "finish_reason": "stop"},
                {"index": 1, "message": {"content": "Other"}, "finish_reason": "stop"},
            ],
            "usage": {"total_tokens": 7},
        });
        let text = streamed(&events) + "data: [DONE]\n\n";
        assert_eq!(whole(&text), Some(expected.clone()));
        assert_eq!(whole(&text.replace('\n', "\r\n")), Some(expected));
    }

    #[test]
    fn calls_of_tools_and_texts_are_whole_too() {
        let call = |arguments: &str| {
            let call = json!([{"index": 0, "function": {"arguments": arguments}}]);
            chunk(&json!({"index": 0, "delta": {"tool_calls": call}, "finish_reason": null}))
        };
        let mut events = vec![chunk(&json!({"index": 0, "delta": {"tool_calls": [
            {"index": 0, "id": "call_1", "type": "function", "function": {"name": "f", "arguments": ""}},
        ]}}))];
        events.extend([call("{\"a\""), call(":1}")]);
        events.push(chunk(
            &json!({"index": 0, "delta": {}, "finish_reason": "tool_calls"}),
        ));
        let call = whole(&streamed(&events)).unwrap();
        let call = call.pointer("/choices/0/message/tool_calls").cloned();
        let expected = json!([{
            "index": 0, "id": "call_1", "type": "function",
            "function": {"name": "f", "arguments": "{\"a\":1}"},
        }]);
        assert_eq!(call, Some(expected));
        let text = |text: &str, end: &Value| {
            json!({"object": "text_completion", "choices": [
                {"index": 0, "text": text, "finish_reason": end},
            ]})
        };
        let events = [text("Hel", &Value::Null), text("lo", &json!("length"))];
        let completed = whole(&streamed(&events)).unwrap();
        assert_eq!(completed.pointer("/choices/0/text"), Some(&json!("Hello")));
    }

    #[test]
    fn the_last_event_of_a_response_has_all() {
        let events = [
            json!({"type": "response.created", "response": {"id": "r", "output": []}}),
            json!({"type": "response.output_text.delta", "delta": "Hi"}),
            json!({"type": "response.completed", "response": {"id": "r", "output": ["Hi"]}}),
        ];
        let expected = json!({"id": "r", "output": ["Hi"]});
        assert_eq!(whole(&streamed(&events)), Some(expected));
    }

    #[test]
    fn errors_are_the_answer_and_half_a_stream_is_none() {
        let half = chunk(&json!({"index": 0, "delta": {"content": "Hi"}, "finish_reason": null}));
        let error = json!({"error": {"message": "overloaded", "type": "server_error"}});
        let events = [half.clone(), error.clone()];
        assert_eq!(whole(&streamed(&events)), Some(error));
        assert_eq!(whole(&streamed(&[half])), None);
        for text in [
            "",
            "data: [DONE]\n\n",
            "data: nonsense\n\n",
            "data: [1]\n\n",
        ] {
            assert_eq!(whole(text), None, "{text}");
        }
    }
}

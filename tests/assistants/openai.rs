//! OpenAI: its answers, its errors and its API.

use serde_json::{Value, json};

use super::{john, service};
use crate::harness::{Body, Engine, Peers, Receiver, Vendor, on_both_engines};

on_both_engines!(std::future::ready => an_answer_of_openai_is_the_bots_message_once);

fn completion(text: &str) -> Value {
    json!({
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "gpt-4o-mini",
        "choices": [{
            "index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop",
        }],
    })
}

async fn an_answer_of_openai_is_the_bots_message_once(engine: Engine) {
    let peers = Peers::start().await;
    let server = peers.service(engine).await;
    let receiver = Receiver::start().await;
    server
        .save(json!({
            "webhooks-enabled": true, "webhooks-url": receiver.url, "webhooks-key": "s3cret",
            "webhooks-active": "message-sent, bot-message, conversation-status-updated",
            "open-ai-prompt": "You sell kettles.", "open-ai-temperature": 0.5,
        }))
        .await;
    john(&server).await;
    receiver.wait(2).await; // John's message and the status that it moved
    receiver.forget();
    let ask = json!({
        "message": "How long does a parcel take?", "conversation_id": 1, "max_tokens": 50,
        "idempotency_key": "answer-1",
    });
    let answer = json!([true, "Two days."]);
    assert_eq!(server.ok("open-ai-message", ask.clone()).await, answer);
    assert_eq!(
        server.ok("open-ai-message", ask).await,
        answer,
        "again with its key"
    );
    // The agents who are away were told of John's message by push.
    let mut asked = peers.vendor.asked();
    asked.retain(|asked| asked.what == "POST /v1/chat/completions");
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].headers["authorization"], "Bearer sk-test");
    let body: Value = serde_json::from_str(&asked[0].body).expect("JSON");
    assert_eq!(
        body,
        json!({
            "model": "gpt-4o-mini", "max_completion_tokens": 50, "temperature": 0.5,
            "messages": [
                {"role": "system", "content": "You sell kettles."},
                {"role": "user", "content": "Hello?"},
                {"role": "user", "content": "How long does a parcel take?"},
            ],
        })
    );
    let messages = server.messages(1).await;
    let messages = messages.as_array().expect("messages");
    assert_eq!(messages.len(), 2, "John's and one answer");
    assert_eq!(messages[1]["message"], "Two days.");
    assert_eq!(messages[1]["user_type"], "bot");
    let bot = server.ok("get-bot-id", json!({})).await;
    assert_eq!(messages[1]["user_id"], bot.to_string());
    assert_eq!(server.status(1).await, "2", "John still waits for an agent");

    let data = receiver.data("bot-message").await;
    assert_eq!(
        data,
        json!({
            "response": {
                "token": "********", "messages": [{"message": "Two days."}],
                "response": completion("Two days."),
            },
            "message": "How long does a parcel take?", "conversation_id": 1,
        })
    );
    let sent = receiver.data("message-sent").await;
    assert_eq!(
        (&sent["user_id"], &sent["message"]),
        (&json!(bot.to_string()), &json!("Two days."))
    );
    let mut hooks = receiver.functions();
    hooks.sort();
    assert_eq!(hooks, ["bot-message", "message-sent"], "and no status");

    // Without a conversation nobody hears of it.
    receiver.forget();
    let alone = json!({"message": "Hello"});
    assert_eq!(server.ok("open-ai-message", alone).await, answer);
    server.say(3, 1, "Thanks").await;
    receiver.wait(1).await;
    assert_eq!(receiver.functions(), ["message-sent"]);
    let told = server.events_told();
    assert!(told.contains("bot.answered") && !told.contains("sk-test"));
}

#[tokio::test]
async fn an_error_of_openai_is_told_and_nothing_is_stored() {
    let vendor = Vendor::answering(200, completion("Hi!")).await;
    let server = service(&vendor, "").await;
    let before = server.everything().await;
    let error = |message: &str| json!({"error": {"message": message, "type": "t", "code": null}});
    for (status, answer, told) in [
        (
            401,
            error("Incorrect API key provided: sk-test."),
            "Incorrect API key provided: ********.",
        ),
        (
            429,
            error("You exceeded your current quota."),
            "You exceeded your current quota.",
        ),
        (200, completion(""), "the answer has no text"),
        (200, json!({}), "the answer has no text"),
        (500, json!("oops"), "\"oops\""),
    ] {
        vendor.answer(status, answer);
        let ask = json!({"message": "Hello", "conversation_id": 1});
        for body in [Body::Php, Body::Json] {
            let answer = server.call(body, "open-ai-message", ask.clone()).await;
            assert_eq!(answer.response(), json!([false, told]));
        }
    }
    let asked = vendor.asked().len();
    let refused = |arguments: Value| server.refused("open-ai-message", arguments);
    assert_eq!(refused(json!({})).await, "missing-argument");
    assert_eq!(refused(json!({"message": ""})).await, "missing-argument");
    let wrong = json!({"message": "Hi", "max_tokens": 16_385});
    let wrong = server.v1("open-ai-message", wrong).await;
    assert_eq!(wrong.problem(), "invalid-argument");
    let nowhere = json!({"message": "Hi", "conversation_id": 99});
    assert_eq!(refused(nowhere).await, "conversation-not-found");
    assert_eq!(vendor.asked().len(), asked, "what is wrong is not paid for");
    server.save(json!({"open-ai-key": ""})).await;
    let answer = server
        .ok(
            "open-ai-message",
            json!({"message": "Hi", "conversation_id": 1}),
        )
        .await;
    assert_eq!(answer[0], false);
    assert!(
        answer[1]
            .as_str()
            .is_some_and(|why| why.contains("open-ai-key")),
        "{answer}"
    );
    assert_eq!(server.everything().await, before);
}

#[tokio::test]
async fn the_api_of_openai_is_called_as_asked_and_nothing_else() {
    let models = json!({"object": "list", "data": [{"id": "gpt-4o-mini"}]});
    let vendor = Vendor::answering(200, models.clone()).await;
    vendor.answer_at("/files/plan.jsonl", json!({"a": 1}));
    let server = service(&vendor, "").await;
    let call = |arguments: Value| server.ok("open-ai-curl", arguments);
    let get = json!({"url_part": "models", "type": "GET", "post_fields": {"limit": 2}});
    assert_eq!(call(get).await, models);
    let post =
        json!({"url_part": "completions", "post_fields": "{\"prompt\":\"Hi\",\"max_tokens\":5}"});
    assert_eq!(call(post).await, models);
    let url = format!("{}/files/plan.jsonl", vendor.url);
    let fields = json!({"purpose": "fine-tune", "file": url});
    let upload = json!({"url_part": "files", "post_fields": fields, "type": "UPLOAD"});
    assert_eq!(call(upload).await, models);
    let asked = vendor.asked();
    let what: Vec<_> = asked.iter().map(|one| one.what.as_str()).collect();
    assert_eq!(
        what,
        [
            "GET /v1/models?limit=2",
            "POST /v1/completions",
            "GET /files/plan.jsonl",
            "POST /v1/files"
        ]
    );
    assert_eq!(asked[1].body, "{\"prompt\":\"Hi\",\"max_tokens\":5}");
    assert!(
        !asked[2].headers.contains_key("authorization"),
        "the key is for OpenAI"
    );
    assert_eq!(asked[3].headers["authorization"], "Bearer sk-test");
    for part in [
        "name=\"purpose\"\r\n\r\nfine-tune\r\n",
        "name=\"file\"; filename=\"plan.jsonl\"\r\nContent-Type: application/json\r\n\r\n{\"a\":1}\r\n",
    ] {
        assert!(
            asked[3].body.contains(part),
            "{part} is not in {}",
            asked[3].body
        );
    }
    let error =
        json!({"error": {"message": "No such model", "type": "t", "code": "model_not_found"}});
    vendor.answer(404, error.clone());
    assert_eq!(
        call(json!({"url_part": "models/x", "type": "GET"})).await,
        error
    );

    let before = vendor.asked().len();
    for part in [
        "//evil.example",
        "../admin",
        "@evil.example",
        "\\evil",
        "https://evil.example",
        "%2e%2e/x",
    ] {
        let arguments = json!({"url_part": part, "type": "GET"});
        assert_eq!(
            server.refused("open-ai-curl", arguments).await,
            "invalid-argument",
            "{part}"
        );
    }
    let refused = |arguments: Value| server.refused("open-ai-curl", arguments);
    assert_eq!(refused(json!({"type": "GET"})).await, "missing-argument");
    let wrong = json!({"url_part": "models", "type": "DELETE"});
    assert_eq!(refused(wrong).await, "invalid-argument");
    for file in [json!("/etc/passwd"), json!("http://10.0.0.1/secret")] {
        let fields = json!({ "file": file });
        let wrong = json!({"url_part": "files", "post_fields": fields, "type": "UPLOAD"});
        assert_eq!(refused(wrong).await, "invalid-argument");
    }
    assert_eq!(vendor.asked().len(), before);
    server.save(json!({"open-ai-key": ""})).await;
    assert_eq!(refused(json!({"url_part": "models"})).await, "unavailable");
}

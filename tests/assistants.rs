//! Answers of OpenAI, translations and languages by Google: asked of peers on this machine, as both
//! vendors publish it; and what becomes of a call when a vendor is down.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::harness::{
    Body, Engine, Peers, Receiver, Server, Setup, Vendor, eventually, on_both_engines,
};

const LOOPBACK: &str = "allow_private_targets = [\"127.0.0.0/8\"]\n";

/// A service whose vendors are all this one, with John (3) and his conversation (1).
async fn service(vendor: &Vendor, more: &str) -> Server {
    let config = format!(
        "{LOOPBACK}openai_url = \"{0}/v1\"\ngoogle_translate_url = \"{0}\"\ntwilio_url = \"{0}\"\n{more}",
        vendor.url
    );
    let server = Setup::on(Engine::Sqlite).config(&config).start().await;
    save(
        &server,
        json!({
            "open-ai-key": "sk-test", "google-key": "AIza-test",
            "sms-account": "AC1", "sms-token": "t0ken", "sms-sender": "+15104564545",
        }),
    )
    .await;
    john(&server).await;
    server
}

async fn john(server: &Server) {
    assert_eq!(server.user("John", "Doe", "john@example.com").await, 3);
    assert_eq!(server.conversation(3).await, 1);
    server.say(3, 1, "Hello?").await;
}

async fn save(server: &Server, settings: Value) {
    let saved = server
        .ok("save-settings", json!({ "settings": settings }))
        .await;
    assert_eq!(saved, json!(true));
}

fn completion(text: &str) -> Value {
    json!({
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "gpt-4o-mini",
        "choices": [{
            "index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop",
        }],
    })
}

on_both_engines!(an_answer_of_openai_is_the_bots_message_once);

async fn an_answer_of_openai_is_the_bots_message_once(server: Server) {
    let engine = server.engine();
    drop(server);
    let peers = Peers::start().await;
    let server = peers.service(engine).await;
    let receiver = Receiver::start().await;
    save(
        &server,
        json!({
            "webhooks-enabled": true, "webhooks-url": receiver.url, "webhooks-key": "s3cret",
            "webhooks-active": "message-sent, bot-message, conversation-status-updated",
            "open-ai-prompt": "You sell kettles.", "open-ai-temperature": 0.5,
        }),
    )
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
    let told = String::from_utf8(server.run(&["events"]).stdout).expect("UTF-8");
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
    save(&server, json!({"open-ai-key": ""})).await;
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
    save(&server, json!({"open-ai-key": ""})).await;
    assert_eq!(refused(json!({"url_part": "models"})).await, "unavailable");
}

#[tokio::test]
async fn translations_keep_their_order_and_tell_no_key() {
    let rows = |texts: &[&str]| -> Value {
        texts
            .iter()
            .map(|text| json!({"translatedText": text, "detectedSourceLanguage": "en"}))
            .collect()
    };
    let translations = json!({"data": {"translations": rows(&["Ciao mondo", "Come stai?"])}});
    let vendor = Vendor::answering(200, translations).await;
    let server = service(&vendor, "").await;
    let strings = json!(["Hello world", "", "How are you?"]);
    let ask = json!({"strings": strings, "language_code": "it"});
    let blank = json!({"translatedText": "", "detectedSourceLanguage": ""});
    let mut expected = rows(&["Ciao mondo", "Come stai?"]);
    expected.as_array_mut().expect("rows").insert(1, blank);
    for body in [Body::Php, Body::Jquery, Body::Json, Body::Multipart] {
        let answer = server.call(body, "google-translate", ask.clone()).await;
        assert_eq!(answer.response(), json!([expected, ""]), "{body:?}");
    }
    let asked = &vendor.asked()[0];
    assert_eq!(asked.what, "POST /language/translate/v2");
    assert_eq!(asked.headers["x-goog-api-key"], "AIza-test");
    let body: Value = serde_json::from_str(&asked.body).expect("JSON");
    assert_eq!(
        body,
        json!({"q": ["Hello world", "How are you?"], "target": "it", "format": "text"})
    );
    let error =
        json!({"error": {"code": 400, "message": "Invalid Value", "status": "INVALID_ARGUMENT"}});
    vendor.answer(400, error);
    let answer = server.v1("google-translate", ask.clone()).await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (503, "google-error")
    );
    assert_eq!(
        answer.json()["detail"],
        "Google Translate refused: Invalid Value."
    );
    let refused = |arguments: Value| server.refused("google-translate", arguments);
    assert_eq!(
        refused(json!({"language_code": "it"})).await,
        "missing-argument"
    );
    assert_eq!(refused(json!({"strings": ["a"]})).await, "missing-argument");
    for (strings, language) in [
        (json!(["a"]), "klingon"),
        (json!(["x".repeat(15_001)]), "it"),
    ] {
        let wrong = json!({"strings": strings, "language_code": language});
        assert_eq!(refused(wrong).await, "invalid-argument");
    }
    let many = json!({"strings": vec!["a"; 1_001], "language_code": "it"});
    assert_eq!(refused(many).await, "too-large");
    save(&server, json!({"google-key": ""})).await;
    assert_eq!(refused(ask).await, "unavailable");
}

on_both_engines!(a_recognised_language_is_the_users);

async fn a_recognised_language_is_the_users(server: Server) {
    let engine = server.engine();
    drop(server);
    let detected = |language: &str| {
        let found = json!({"language": language, "confidence": 0.9, "isReliable": false});
        json!({"data": {"detections": [[found]]}})
    };
    let vendor = Vendor::answering(200, detected("it")).await;
    let config = format!("{LOOPBACK}google_translate_url = \"{}\"\n", vendor.url);
    let server = Setup::on(engine).config(&config).start().await;
    john(&server).await;
    let detect = json!({"string": "Ciao, ho bisogno di aiuto", "user_id": 3});
    let function = "google-language-detection-update-user";
    assert_eq!(
        server.refused(function, detect.clone()).await,
        "unavailable"
    );
    save(&server, json!({"google-key": "AIza-test"})).await;
    let language = || server.ok("get-user-language", json!({"user_id": 3}));
    assert_eq!(language().await, json!(false));
    let once = json!({"string": "Ciao", "user_id": 3, "idempotency_key": "language-1"});
    for _ in 0..2 {
        assert_eq!(server.ok(function, once.clone()).await, json!(true));
    }
    assert_eq!(vendor.asked().len(), 1);
    assert_eq!(vendor.asked()[0].what, "POST /language/translate/v2/detect");
    assert_eq!(vendor.asked()[0].body, "{\"q\":[\"Ciao\"]}");
    assert_eq!(language().await, json!("it"));
    let extra = server.ok("get-user-extra", json!({"user_id": 3})).await;
    assert_eq!(
        extra,
        json!([{"slug": "language", "name": "Language", "value": "it"}])
    );
    vendor.answer(200, detected("und"));
    assert_eq!(server.ok(function, detect.clone()).await, json!(false));
    assert_eq!(language().await, json!("it"), "it stays");
    let nobody = json!({"string": "Ciao", "user_id": 99});
    assert_eq!(server.refused(function, nobody).await, "user-not-found");
    assert_eq!(
        server.refused(function, json!({"user_id": 3})).await,
        "missing-argument"
    );
    vendor.answer(
        403,
        json!({"error": {"code": 403, "message": "Daily Limit Exceeded"}}),
    );
    assert_eq!(server.refused(function, detect).await, "google-error");
    assert_eq!(language().await, json!("it"));
}

/// Everybody who needs a vendor, and what they say when it is down.
async fn all_fail(server: &Server) {
    let ask = json!({"message": "Hello", "conversation_id": 1});
    let answer = server.ok("open-ai-message", ask).await;
    assert_eq!(answer[0], false, "{answer}");
    for (function, arguments, code) in [
        (
            "open-ai-curl",
            json!({"url_part": "models", "type": "GET"}),
            "open-ai-error",
        ),
        (
            "google-translate",
            json!({"strings": ["a"], "language_code": "it"}),
            "google-error",
        ),
        (
            "google-language-detection-update-user",
            json!({"string": "Ciao", "user_id": 3}),
            "google-error",
        ),
        (
            "send-sms",
            json!({"to": "+15305431221", "message": "Hi"}),
            "sms-error",
        ),
    ] {
        assert_eq!(
            server.refused(function, arguments).await,
            code,
            "{function}"
        );
    }
}

#[tokio::test]
async fn a_vendor_that_is_gone_is_told_at_once_and_stores_nothing() {
    let vendor = Vendor::answering(200, json!({})).await;
    let server = service(&vendor, "vendor_retries = 0\n").await;
    let before = server.everything().await;
    drop(vendor);
    let begun = Instant::now();
    all_fail(&server).await;
    all_fail(&server).await;
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(server.everything().await, before);
    // Nothing waits for the vendor: whoever needs none is served.
    server.say(3, 1, "Still there?").await;
}

fn down() -> Value {
    json!({"error": {"message": "down"}})
}

#[tokio::test]
async fn a_vendor_that_fails_is_not_asked_for_a_while() {
    let vendor = Vendor::answering(500, down()).await;
    let limits = "vendor_retries = 0\nvendor_failures_max = 3\nvendor_pause_seconds = 600\n";
    let server = service(&vendor, limits).await;
    let before = server.everything().await;
    let translate = json!({"strings": ["a"], "language_code": "it"});
    for _ in 0..3 {
        let code = server.refused("google-translate", translate.clone()).await;
        assert_eq!(code, "google-error");
    }
    assert_eq!(vendor.asked().len(), 3);
    all_fail(&server).await;
    assert_eq!(vendor.asked().len(), 3, "nobody is asked");
    let why = server
        .v1("google-translate", translate.clone())
        .await
        .json();
    let why = why["detail"].as_str().expect("a sentence");
    assert!(why.contains("is not asked for a while"), "{why}");
    assert_eq!(server.everything().await, before);
}

#[tokio::test]
async fn a_vendor_that_is_back_is_found_again() {
    let vendor = Vendor::answering(500, down()).await;
    let limits = "vendor_retries = 0\nvendor_failures_max = 1\nvendor_pause_seconds = 1\n";
    let server = service(&vendor, limits).await;
    let translate = json!({"strings": ["a"], "language_code": "it"});
    let code = server.refused("google-translate", translate.clone()).await;
    assert_eq!(code, "google-error");
    let answer = json!({"data": {"translations": [{"translatedText": "b"}]}});
    vendor.answer(200, answer);
    eventually("it is asked again", || async {
        server
            .v1("google-translate", translate.clone())
            .await
            .status
            == 200
    })
    .await;
    assert_eq!(vendor.asked().len(), 2, "by the one that succeeded");
    eventually("it is told", || async {
        server.log().contains("answers again")
    })
    .await;
}

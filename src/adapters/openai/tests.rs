//! Requests as OpenAI's own client sends them, and what becomes of answers.

use super::*;
use crate::adapters::{
    loopback::{Peer, Received, Reply, client},
    outgoing,
};

fn account(peer: &Peer) -> Account {
    Account {
        base_url: peer.url("/v1"),
        key: "sk-test".to_owned(),
        timeout: Duration::from_secs(5),
    }
}

fn question() -> Question {
    Question {
        model: "gpt-4o-mini".to_owned(),
        instructions: "Be brief.".to_owned(),
        earlier: Vec::new(),
        message: "Hello".to_owned(),
        max_tokens: 100,
        temperature: Some(0.5),
        presence_penalty: Some(0.1),
        frequency_penalty: Some(-0.1),
    }
}

fn completion(message: &Value) -> Value {
    json!({
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "gpt-4o-mini",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
    })
}

/// The request of this name that the official client was seen to send.
fn recorded(name: &str) -> Value {
    let all: Value = serde_json::from_str(include_str!("requests.json")).unwrap();
    let all = all["requests"].as_array().unwrap().clone();
    all.into_iter().find(|one| one["name"] == name).unwrap()
}

/// A request that came here, as the recorded ones are written.
fn written(name: &str, request: &Received) -> Value {
    let mut written = json!({
        "name": name, "method": request.method, "target": request.target,
        "authorization": request.header("authorization"),
    });
    if let Some(kind) = request.header("content-type") {
        let boundary = kind.split_once("boundary=").map(|(_, boundary)| boundary);
        let text = boundary.map(|boundary| request.text().replace(boundary, "BOUNDARY"));
        let kind = boundary.map_or(kind.to_owned(), |boundary| {
            kind.replace(boundary, "BOUNDARY")
        });
        written["content_type"] = json!(kind);
        written["body"] = match text {
            Some(text) => json!(text),
            None => serde_json::from_slice(&request.body).unwrap(),
        };
    }
    written
}

#[tokio::test]
async fn a_chat_is_asked_as_by_the_official_client() {
    let answer = completion(&json!({"role": "assistant", "content": " Hi there. \n"}));
    let reply = answer.clone();
    let peer = Peer::start(move |_| Reply::json(200, &reply));
    let got = chat(&client(), &account(&peer), &question()).await.unwrap();
    assert_eq!((got.text.as_str(), got.response), ("Hi there.", answer));
    let plain = Question {
        model: "gpt-4o-mini".to_owned(),
        message: "Hello".to_owned(),
        max_tokens: 100,
        ..Question::default()
    };
    chat(&client(), &account(&peer), &plain).await.unwrap();
    let asked = peer.received();
    for (name, request) in ["chat", "chat-plain"].into_iter().zip(&asked) {
        assert_eq!(written(name, request), recorded(name));
    }
}

fn object(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap()
}

#[tokio::test]
async fn any_call_goes_out_as_by_the_official_client() {
    let peer = Peer::start(|_| Reply::json(200, &json!({"object": "list"})));
    let (outgoing, account) = (client(), account(&peer));
    let file = |name: &str, file: &str, kind: &str, bytes: &[u8]| Part {
        name: name.to_owned(),
        file: Some((file.to_owned(), kind.to_owned())),
        bytes: bytes.to_vec(),
    };
    let field = |(name, text): (String, String)| Part {
        name,
        file: None,
        bytes: text.into_bytes(),
    };
    let fields = |value| flat(&object(value)).into_iter().map(field);
    let mut upload: Vec<Part> = fields(json!({
        "purpose": "fine-tune", "expires_after": {"anchor": "created_at", "seconds": 3600},
    }))
    .collect();
    upload.push(file(
        "file",
        "a.jsonl",
        "application/octet-stream",
        b"{\"a\":1}\n",
    ));
    let mut images: Vec<Part> = fields(json!({"prompt": "Both", "n": 2, "mask": null})).collect();
    images.push(file("image[]", "a.png", "image/png", b"A"));
    images.push(file("image[]", "b.png", "image/png", b"B"));
    let calls = [
        ("models", "models", Call::Get(Map::new())),
        (
            "query",
            "fine_tuning/jobs",
            Call::Get(object(json!({"limit": 2}))),
        ),
        ("files", "/files", Call::Upload(upload)),
        ("images", "images/edits", Call::Upload(images)),
    ];
    for (name, part, one) in calls {
        let got = call(&outgoing, &account, part, one).await.unwrap();
        assert_eq!(got, Said::Done(json!({"object": "list"})));
        let asked = peer.received().pop().unwrap();
        assert_eq!(written(name, &asked), recorded(name));
    }
    let post = Call::Post(object(json!({"model": "m", "prompt": "Hi"})));
    call(&outgoing, &account, "completions", post)
        .await
        .unwrap();
    let asked = peer.received().pop().unwrap();
    assert_eq!(asked.target, "/v1/completions");
    assert_eq!(asked.text(), r#"{"model":"m","prompt":"Hi"}"#);
}

#[tokio::test]
async fn errors_are_told_in_openais_words() {
    let error = json!({"error": {
        "message": "Incorrect API key provided: sk-test.", "type": "invalid_request_error",
        "param": null, "code": "invalid_api_key",
    }});
    let reply = error.clone();
    let peer = Peer::start(move |_| Reply::json(401, &reply));
    let refused = chat(&client(), &account(&peer), &question())
        .await
        .unwrap_err();
    let expected = Problem::Said {
        status: 401,
        code: Some("invalid_api_key".to_owned()),
        text: "Incorrect API key provided: sk-test.".to_owned(),
    };
    assert_eq!(refused, expected);
    let models = || Call::Get(Map::new());
    let got = call(&client(), &account(&peer), "models", models()).await;
    assert_eq!(got, Ok(Said::Refused(error)), "of a call it is the answer");
    let peer = Peer::start(|_| Reply::new(404, "<html>no such page</html>"));
    let odd = call(&client(), &account(&peer), "models", models()).await;
    assert_eq!(odd.unwrap_err().to_string(), "<html>no such page</html>");
}

#[tokio::test]
async fn an_answer_without_a_text_is_no_answer() {
    for (message, text) in [
        (
            json!({"content": null, "refusal": "I can't help with that."}),
            "I can't help with that.",
        ),
        (json!({"content": "  "}), "the answer has no text"),
        (json!({}), "the answer has no text"),
    ] {
        let reply = completion(&message);
        let peer = Peer::start(move |_| Reply::json(200, &reply));
        let refused = chat(&client(), &account(&peer), &question())
            .await
            .unwrap_err();
        assert_eq!(refused.to_string(), text);
    }
    let peer = Peer::start(|_| Reply::new(200, "OK"));
    let refused = chat(&client(), &account(&peer), &question())
        .await
        .unwrap_err();
    assert_eq!(refused.to_string(), "the answer has no JSON object");
    let file = call(
        &client(),
        &account(&peer),
        "files/f/content",
        Call::Get(Map::new()),
    )
    .await;
    assert_eq!(file, Ok(Said::Done(json!("OK"))), "a file is a text");
}

#[tokio::test]
async fn a_stream_is_put_together_and_half_of_one_is_an_error() {
    let chunk = |text: &str, end: &str| {
        format!(
            "data: {{\"object\":\"chat.completion.chunk\",\"choices\":[{{\"index\":0,\
             \"delta\":{{\"content\":\"{text}\"}},\"finish_reason\":{end}}}]}}\n\n"
        )
    };
    let whole = chunk("Hel", "null") + &chunk("lo", "\"stop\"") + "data: [DONE]\n\n";
    let stream = |text: &str| {
        Reply::new(200, text).header("Content-Type", "text/event-stream; charset=utf-8")
    };
    let reply = stream(&whole);
    let peer = Peer::start(move |_| reply.clone());
    let got = chat(&client(), &account(&peer), &question()).await.unwrap();
    assert_eq!(got.text, "Hello");
    let post = || Call::Post(object(json!({"model": "m", "stream": true})));
    let got = call(&client(), &account(&peer), "chat/completions", post()).await;
    let Ok(Said::Done(got)) = got else {
        panic!("{got:?}")
    };
    assert_eq!(got["object"], "chat.completion");
    assert_eq!(got["choices"][0]["message"]["content"], "Hello");
    let reply = stream(&chunk("Hel", "null"));
    let peer = Peer::start(move |_| reply.clone());
    let half = call(&client(), &account(&peer), "chat/completions", post())
        .await
        .unwrap_err();
    assert_eq!(half.to_string(), "the answer has no end");
}

#[tokio::test]
async fn silence_ends_in_time_and_the_key_is_not_told() {
    let peer = Peer::start(|_| Reply::silence());
    let account = Account {
        timeout: Duration::from_millis(200),
        ..account(&peer)
    };
    let late = chat(&client(), &account, &question()).await.unwrap_err();
    assert!(matches!(
        &late,
        Problem::Unanswered(outgoing::Problem::TimedOut(_))
    ));
    assert!(!late.to_string().contains("sk-test"));
    assert_eq!(peer.received().len(), 1, "what costs money is not repeated");
}

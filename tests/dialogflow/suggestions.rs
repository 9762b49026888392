//! Replies that are suggested to agents.

use serde_json::{Value, json};

use super::{said, with_google};
use crate::harness::{Body, Engine, Vendor};

#[tokio::test]
async fn replies_are_suggested() {
    let (server, google) = with_google(Engine::Sqlite, "").await;
    let suggest = |message: &str| {
        let arguments = json!({
            "conversation_id": 1, "message": message, "smart_reply_data": false,
            "dialogflow_language": false, "token": server.token, "language_detection": false,
        });
        server.call(Body::Php, "dialogflow-smart-reply", arguments)
    };
    let answer = suggest("Hello").await.response();
    assert_eq!(
        answer,
        json!({
            "suggestions": ["Hi! How are you doing?"], "token": "", "detected_language": false,
            "smart_reply": false,
        })
    );
    let answer = suggest("Gibberish").await.response();
    assert_eq!(answer["suggestions"], json!([]));
    let session =
        "POST /v2/projects/example/agent/sessions/smart-reply-conversation-1:detectIntent";
    assert!(
        google.asked().iter().all(|asked| asked.what == session),
        "{:?}",
        google.asked()
    );
    server
        .save(json!({"dialogflow-smart-reply-profile": "profile-1"}))
        .await;
    for _ in 0..2 {
        let answer = suggest("Gibberish").await.response();
        let assisted = json!(["I would be happy to help!", "What can I do for you?"]);
        assert_eq!(answer["suggestions"], assisted);
    }
    let alone = json!({"message": "Hello"});
    let answer = server.ok("dialogflow-smart-reply", alone).await;
    assert_eq!(answer["suggestions"].as_array().map(Vec::len), Some(2));
    assert_eq!(said(&server).await, [""; 0], "suggestions are not said");
    let refused = |arguments: Value| server.refused("dialogflow-smart-reply", arguments);
    assert_eq!(
        refused(json!({"conversation_id": 1})).await,
        "missing-argument"
    );
    let unknown = json!({"conversation_id": 99, "message": "Hello"});
    assert_eq!(refused(unknown).await, "conversation-not-found");
    server
        .save(json!({"dialogflow-smart-reply-profile": "profile-2"}))
        .await;
    let other = json!({"message": "Hello", "conversation_id": server.conversation(3).await});
    assert_eq!(refused(other).await, "dialogflow-error");
}

#[tokio::test]
async fn replies_are_in_the_language_of_the_message() {
    let detection = json!({"data": {"detections": [[{"language": "it", "confidence": 1}]]}});
    let translate = Vendor::answering(200, detection).await;
    let more = format!("google_translate_url = \"{}\"\n", translate.url);
    let (server, google) = with_google(Engine::Sqlite, &more).await;
    let message = json!({"message": "Hello", "language_detection": true});
    let suggest = || server.ok("dialogflow-smart-reply", message.clone());
    assert_eq!(
        suggest().await["detected_language"],
        json!(false),
        "without a key"
    );
    assert!(translate.asked().is_empty());
    server.save(json!({"google-key": "AIza-test"})).await;
    assert_eq!(suggest().await["detected_language"], "it");
    let spoken: Vec<Value> = google
        .asked()
        .into_iter()
        .map(|asked| asked.body["queryInput"]["text"]["languageCode"].clone())
        .collect();
    assert_eq!(spoken, ["en", "it"]);
    translate.answer(
        403,
        json!({"error": {"code": 403, "message": "The key is wrong."}}),
    );
    let refused = server.refused("dialogflow-smart-reply", message).await;
    assert_eq!(refused, "google-error");
    let untold = json!({"message": "Hello", "language_detection": false});
    server.ok("dialogflow-smart-reply", untold).await;
    assert_eq!(translate.asked().len(), 2);
}

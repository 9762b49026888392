//! The bot's answer: what it is asked of, where it is stored, and who is told.

use serde_json::json;

use super::{ask, said, with_google};
use crate::harness::{Body, Engine, Receiver, column};

#[tokio::test]
async fn the_bots_answer_is_stored_once_and_fires_bot_message() {
    let (server, google) = with_google(Engine::Sqlite, "").await;
    let receiver = Receiver::start().await;
    server
        .save(json!({
            "webhooks-enabled": true, "webhooks-url": receiver.url,
            "webhooks-active": "bot-message,message-sent",
        }))
        .await;
    let question = json!({
        "conversation_id": 1, "message": "Two", "language": "es",
        "parameters": {"shop": "Madrid"}, "idempotency_key": "q1",
        "attachments": [["plan.pdf", "https://example.com/plan.pdf"]],
    });
    let answer = server.ok("dialogflow-message", question.clone()).await;
    let expected = json!([
        {"message": "One.", "attachments": []}, {"message": "Two.", "attachments": []},
    ]);
    assert_eq!(
        (&answer["messages"], &answer["token"]),
        (&expected, &json!(""))
    );
    assert_eq!(answer["response"]["queryResult"]["languageCode"], "es");
    assert!(answer["response"]["outputAudio"].is_null());
    let again = server.ok("dialogflow-message", question).await;
    assert_eq!(again, answer, "again with its key");
    let asked = google.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!(
        asked[0].what,
        "POST /v2/projects/example/agent/sessions/3:detectIntent"
    );
    assert_eq!(
        asked[0].body,
        json!({
            "queryInput": {"text": {"text": "Two", "languageCode": "es"}},
            "queryParams": {"payload": {
                "parameters": {"shop": "Madrid"}, "conversation_id": "1", "user_id": "3",
                "attachments": [["plan.pdf", "https://example.com/plan.pdf"]],
            }},
        })
    );
    let messages = server.messages(1).await;
    assert_eq!(column(&messages, "message"), ["One.", "Two."]);
    assert_eq!(column(&messages, "user_type"), ["bot", "bot"]);
    assert_eq!(server.status(1).await, "0");
    let hook = receiver.data("bot-message").await;
    assert_eq!(hook["message"], "Two");
    assert_eq!(hook["conversation_id"], 1);
    let told = &hook["response"];
    assert_eq!(
        told["messages"],
        json!([{"message": "One."}, {"message": "Two."}])
    );
    assert_eq!(told["response"], answer["response"]);
    receiver.wait(3).await;
    for hook in receiver.hooks() {
        assert!(!hook.text.contains("ya29"), "{}", hook.text);
    }
    let told = format!("{answer}{:?}{}", server.events(&[]), server.log());
    assert!(told.contains("bot.answered") && !told.contains("ya29"));
    assert!(!told.contains("PRIVATE KEY"));
}

#[tokio::test]
async fn the_bots_answer_comes_of_events_and_of_long_texts_as_well() {
    let (server, google) = with_google(Engine::Sqlite, "").await;
    let event = json!({
        "conversation_id": 1, "event": "WELCOME", "parameters": {"name": "John"},
    });
    let answer = server.call(Body::Jquery, "dialogflow-message", event).await;
    let answer = answer.response();
    assert_eq!(answer["messages"][0]["message"], "Hi! How are you doing?");
    let input = &google.asked()[0].body["queryInput"];
    let event = json!({
        "name": "WELCOME", "parameters": {"name": "John"}, "languageCode": "en",
    });
    assert_eq!(*input, json!({ "event": event }));
    server.save(json!({"dialogflow-language": "pt-BR"})).await;
    ask(&server, &"é".repeat(300)).await;
    let text = &google.asked()[1].body["queryInput"]["text"];
    assert_eq!(
        *text,
        json!({"text": "é".repeat(256), "languageCode": "pt-BR"})
    );
    assert_eq!(
        said(&server).await,
        ["Hi! How are you doing?", "What was that?"]
    );
    for (arguments, code) in [
        (json!({"conversation_id": 1}), "missing-argument"),
        (
            json!({"conversation_id": 9, "message": "Hello"}),
            "conversation-not-found",
        ),
        (
            json!({"conversation_id": 1, "message": "boom"}),
            "dialogflow-error",
        ),
        (
            json!({"conversation_id": 1, "message": "Hello", "attachments": [["a", "b"]]}),
            "invalid-argument",
        ),
    ] {
        let refused = server.refused("dialogflow-message", arguments.clone());
        assert_eq!(refused.await, code, "{arguments}");
    }
    assert_eq!(said(&server).await.len(), 2);
    assert_eq!(google.asked().len(), 3, "what is wrong is not asked");
}

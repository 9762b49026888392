//! Where people have taken over, the bot keeps quiet.

use serde_json::json;

use super::{ask, said, with_google};
use crate::harness::{Engine, eventually, on_both_engines};

on_both_engines!(std::future::ready => people_come_first);

async fn people_come_first(engine: Engine) {
    let (server, google) = with_google(engine, "online_window_seconds = 5\n").await;
    let other = server.conversation(3).await;
    server.say(3, other, "Later").await;
    ask(&server, "Hello").await;
    let taken = server.ok("dialogflow-human-takeover", json!({"conversation_id": 1}));
    assert_eq!(taken.await, json!([true, true]));
    assert_eq!(server.status(1).await, "2");
    let inbox = server.ok("get-conversations", json!({})).await;
    assert_eq!(inbox[0]["conversation_id"], "1", "it is on top");
    // Not understood is not said, understood is.
    let answer = ask(&server, "Gibberish").await;
    assert_eq!(answer["messages"], json!([]));
    assert_eq!(answer["response"]["queryResult"]["action"], "input.unknown");
    let answer = ask(&server, "Hello").await;
    assert_eq!(answer["messages"][0]["message"], "Hi! How are you doing?");

    // An agent who replies takes over, and while there, the bot is not even asked.
    let asked = google.asked().len();
    server.say(4, 1, "I am here").await;
    let answer = ask(&server, "Hello").await;
    assert_eq!(answer, json!({"token": "", "messages": [], "response": {}}));
    assert_eq!(google.asked().len(), asked);
    let is_gone = || async { server.ok("is-online", json!({"user_id": 4})).await == json!(false) };
    eventually("the agent is gone", is_gone).await;
    let answer = ask(&server, "Gibberish").await;
    assert_eq!(
        answer["messages"],
        json!([]),
        "the reply is not ten days old"
    );
    let answer = ask(&server, "Hello").await;
    assert_eq!(answer["messages"][0]["message"], "Hi! How are you doing?");

    // The archive ends it.
    server.say(4, 1, "Goodbye").await;
    for status_code in [3, 0] {
        let moved = json!({"conversation_id": 1, "status_code": status_code});
        server.ok("update-conversation-status", moved).await;
    }
    let answer = ask(&server, "Gibberish").await;
    assert_eq!(answer["messages"][0]["message"], "What was that?");

    // An intent may call for people.
    let answer = ask(&server, "I want a human").await;
    assert_eq!(answer["messages"][0]["message"], "Of course.");
    assert_eq!(server.status(1).await, "2");
    let last = said(&server).await.pop();
    assert_eq!(
        last.as_deref(),
        Some("One of our agents will answer you soon.")
    );
    let unknown = json!({"conversation_id": 99});
    let refused = server.refused("dialogflow-human-takeover", unknown);
    assert_eq!(refused.await, "conversation-not-found");
    let again = json!({"conversation_id": 1, "idempotency_key": "k"});
    let first = server.ok("dialogflow-human-takeover", again.clone()).await;
    let count = said(&server).await.len();
    assert_eq!(server.ok("dialogflow-human-takeover", again).await, first);
    assert_eq!(said(&server).await.len(), count);
}

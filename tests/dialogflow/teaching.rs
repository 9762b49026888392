//! What the agent is taught: intents and entities.

use serde_json::{Value, json};

use super::with_google;
use crate::harness::{Body, Engine, column};

#[tokio::test]
async fn the_agent_is_taught_intents() {
    let (server, _google) = with_google(Engine::Sqlite, "").await;
    let intents = |arguments: Value| server.ok("dialogflow-get-intents", arguments);
    let all = intents(json!({"language": "en"})).await;
    let names = column(&all, "displayName");
    assert_eq!(
        names,
        ["Default Welcome Intent", "Second", "Third"],
        "of two pages"
    );
    assert_eq!(all[0]["trainingPhrases"][1]["parts"][0]["text"], "Hello");

    let parcel = json!({
        "expressions": ["Where is my parcel?", "Track it"], "response": "I will look it up.",
        "agent_language": "en",
    });
    for body in [Body::Php, Body::Jquery, Body::Json] {
        let made = server.call(body, "dialogflow-create-intent", parcel.clone());
        assert_eq!(made.await.response(), json!(true));
    }
    let all = intents(json!({})).await;
    assert_eq!(all.as_array().map(Vec::len), Some(4), "made once");
    let made = &all[3];
    let name = made["name"].as_str().expect("a name").to_owned();
    assert_eq!(
        made["messages"],
        json!([{"text": {"text": ["I will look it up."]}}])
    );
    let more = json!({
        "intent_name": name, "expressions": ["Track it", "Parcel?"], "idempotency_key": "u",
    });
    for _ in 0..2 {
        let updated = server.ok("dialogflow-update-intent", more.clone()).await;
        assert_eq!(updated, json!(true));
    }
    let one = intents(json!({"intent_name": name})).await;
    let phrases = one["trainingPhrases"].as_array().expect("phrases").iter();
    let phrases: Vec<&str> = phrases
        .map(|phrase| phrase["parts"][0]["text"].as_str().expect("a text"))
        .collect();
    assert_eq!(phrases, ["Where is my parcel?", "Track it", "Parcel?"]);
    assert_eq!(one["displayName"], made["displayName"]);
}

#[tokio::test]
async fn the_agent_is_taught_entities() {
    let (server, _google) = with_google(Engine::Sqlite, "").await;
    let shoes = json!({
        "entity_name": "shoes",
        "synonyms": [{"value": "Boots", "synonyms": ["wellies", "boot"]}, {"value": "Clogs"}],
    });
    let made = server
        .call(Body::Php, "dialogflow-entity", shoes.clone())
        .await;
    assert_eq!(made.response(), json!(true));
    let refused = server.call(Body::Json, "dialogflow-entity", shoes).await;
    assert_eq!(refused.code(), "dialogflow-error");
    assert_eq!(
        refused.json()["message"],
        "Dialogflow refused: The display name is taken."
    );
    let all = server
        .ok("dialogflow-get-entity", json!({"entity_id": "all"}))
        .await;
    let names = column(&all, "displayName");
    assert_eq!(names, ["opencart-products", "second", "third", "shoes"]);
    assert_eq!(
        all[3]["entities"],
        json!([
            {"value": "Boots", "synonyms": ["Boots", "wellies", "boot"]},
            {"value": "Clogs", "synonyms": ["Clogs"]},
        ])
    );
    let one = server
        .ok("dialogflow-get-entity", json!({"entity_id": "e2"}))
        .await;
    assert_eq!(one["displayName"], "second");
}

#[tokio::test]
async fn what_cannot_be_taught_is_refused() {
    let (server, google) = with_google(Engine::Sqlite, "").await;
    let asked = google.asked().len();
    for (function, arguments, code) in [
        (
            "dialogflow-create-intent",
            json!({"response": "b"}),
            "missing-argument",
        ),
        (
            "dialogflow-create-intent",
            json!({"expressions": ["a"]}),
            "missing-argument",
        ),
        (
            "dialogflow-update-intent",
            json!({"intent_name": "2"}),
            "missing-argument",
        ),
        (
            "dialogflow-update-intent",
            json!({"intent_name": "projects/other/agent/intents/2", "expressions": ["a"]}),
            "invalid-argument",
        ),
        (
            "dialogflow-get-intents",
            json!({"intent_name": "../agent"}),
            "invalid-argument",
        ),
        (
            "dialogflow-get-entity",
            json!({"entity_id": "a/b"}),
            "invalid-argument",
        ),
        (
            "dialogflow-entity",
            json!({"entity_name": "a"}),
            "missing-argument",
        ),
        (
            "dialogflow-entity",
            json!({"synonyms": [{"value": "a"}]}),
            "missing-argument",
        ),
        (
            "dialogflow-entity",
            json!({"entity_name": "a", "synonyms": [{"synonyms": ["b"]}]}),
            "invalid-argument",
        ),
    ] {
        let refused = server.refused(function, arguments.clone()).await;
        assert_eq!(refused, code, "{function} {arguments}");
    }
    assert_eq!(google.asked().len(), asked, "what is wrong is not asked");
    for (function, arguments) in [
        ("dialogflow-get-intents", json!({"intent_name": "nothing"})),
        ("dialogflow-get-entity", json!({"entity_id": "nothing"})),
        (
            "dialogflow-update-intent",
            json!({"intent_name": "nothing", "expressions": ["a"]}),
        ),
    ] {
        let refused = server.refused(function, arguments).await;
        assert_eq!(refused, "dialogflow-error", "{function}");
    }
}

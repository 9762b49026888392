//! Dialogflow's functions to a peer that holds every request to Google's own description.

use serde_json::{Value, json};

use crate::harness::{
    Body, CLIENT_ID, CLIENT_SECRET, Engine, Google, REFRESH_TOKEN, Receiver, Server, Setup, Vendor,
    column, eventually, on_both_engines,
};

const LOOPBACK: &str = "allow_private_targets = [\"127.0.0.0/8\"]\n";

async fn save(server: &Server, settings: Value) {
    let saved = server.ok("save-settings", json!({ "settings": settings }));
    assert_eq!(saved.await, json!(true));
}

/// A service with an agent of Dialogflow, John (3) and his conversation 1, and the agent Ada (4).
async fn with_google(engine: Engine, more: &str) -> (Server, Google) {
    let google = Google::start().await;
    let config = format!("{LOOPBACK}{}{more}", google.config());
    let server = Setup::on(engine).config(&config).start().await;
    save(&server, Google::settings()).await;
    assert_eq!(server.user("John", "Doe", "john@example.com").await, 3);
    assert_eq!(server.agent("Ada").await, 4);
    assert_eq!(server.conversation(3).await, 1);
    (server, google)
}

async fn ask(server: &Server, message: &str) -> Value {
    let question = json!({"conversation_id": 1, "message": message});
    server.ok("dialogflow-message", question).await
}

/// The texts of the conversation.
async fn said(server: &Server) -> Vec<String> {
    column(&server.messages(1).await, "message")
}

const TEN: [(&str, &str); 10] = [
    (
        "dialogflow-message",
        r#"{"conversation_id": 1, "message": "Hello"}"#,
    ),
    ("dialogflow-get-intents", "{}"),
    (
        "dialogflow-create-intent",
        r#"{"expressions": ["a"], "response": "b"}"#,
    ),
    (
        "dialogflow-update-intent",
        r#"{"intent_name": "2", "expressions": ["a"]}"#,
    ),
    (
        "dialogflow-entity",
        r#"{"entity_name": "a", "synonyms": [{"value": "b"}]}"#,
    ),
    ("dialogflow-get-entity", "{}"),
    ("dialogflow-get-agent", "{}"),
    (
        "dialogflow-set-active-context",
        r#"{"context_name": "a", "user_id": 3}"#,
    ),
    (
        "dialogflow-curl",
        r#"{"query": {"queryInput": {"text": {"text": "Hello"}}}}"#,
    ),
    ("dialogflow-smart-reply", r#"{"message": "Hello"}"#),
];

/// Every function that asks Google is refused with this code, and nothing is stored.
async fn all_are_refused_with(server: &Server, code: &str) {
    let before = server.everything().await;
    let token = ("dialogflow-get-token", "{}");
    for (function, arguments) in TEN.into_iter().chain([token]) {
        let arguments = serde_json::from_str(arguments).expect("JSON");
        assert_eq!(
            server.refused(function, arguments).await,
            code,
            "{function}"
        );
    }
    assert_eq!(server.everything().await, before);
}

mod the_bots_answer {
    use super::*;

    #[tokio::test]
    async fn is_stored_once_and_fires_bot_message() {
        let (server, google) = with_google(Engine::Sqlite, "").await;
        let receiver = Receiver::start().await;
        save(
            &server,
            json!({
                "webhooks-enabled": true, "webhooks-url": receiver.url,
                "webhooks-active": "bot-message,message-sent",
            }),
        )
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
    async fn comes_of_events_and_of_long_texts_as_well() {
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
        save(&server, json!({"dialogflow-language": "pt-BR"})).await;
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
}

on_both_engines!(people_come_first);

async fn people_come_first(server: Server) {
    let engine = server.engine();
    drop(server);
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

#[tokio::test]
async fn what_is_not_configured_is_not_active() {
    let google = Google::start().await;
    let config = format!("{LOOPBACK}{}", google.config());
    let server = Setup::on(Engine::Sqlite).config(&config).start().await;
    server.user("John", "Doe", "john@example.com").await;
    server.conversation(3).await;
    all_are_refused_with(&server, "dialogflow-not-active").await;
    // People can take over from whatever bot there is.
    let taken = server.ok("dialogflow-human-takeover", json!({"conversation_id": 1}));
    assert_eq!(taken.await, json!([true, true]));
    save(&server, json!({"dialogflow-enabled": true})).await;
    all_are_refused_with(&server, "dialogflow-not-active").await;
    // A consent says nothing of the project.
    save(
        &server,
        json!({
            "dialogflow-client-id": CLIENT_ID, "dialogflow-client-secret": CLIENT_SECRET,
            "dialogflow-refresh-token": REFRESH_TOKEN,
        }),
    )
    .await;
    all_are_refused_with(&server, "dialogflow-not-active").await;
    assert_eq!((google.asked().len(), google.tokens_given()), (0, 0));
    save(&server, json!({"dialogflow-project": "example"})).await;
    let agent = server.ok("dialogflow-get-agent", json!({})).await;
    assert_eq!(agent["parent"], "projects/example");
    let wrong = json!({"settings": {"dialogflow-service-account": "{}"}});
    assert_eq!(
        server.refused("save-settings", wrong).await,
        "invalid-argument"
    );
    let shown = server.ok("get-settings", json!({})).await;
    for secret in ["dialogflow-client-secret", "dialogflow-refresh-token"] {
        assert_eq!(shown[secret], json!(["********", "password"]));
    }
}

#[tokio::test]
async fn a_peer_that_is_down_or_silent_is_told_soon() {
    let more = "vendor_timeout_seconds = 1\n";
    let (server, google) = with_google(Engine::Sqlite, more).await;
    google.stall();
    let started = std::time::Instant::now();
    all_are_refused_with(&server, "dialogflow-error").await;
    // Five wait for their second; then the breaker knows, and nobody waits.
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());

    let (server, google) = with_google(Engine::Sqlite, "").await;
    drop(google);
    let started = std::time::Instant::now();
    all_are_refused_with(&server, "dialogflow-error").await;
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}

#[tokio::test]
async fn tokens_are_kept_and_renewed_when_they_are_refused() {
    let (server, google) = with_google(Engine::Sqlite, "").await;
    ask(&server, "Hello").await;
    server.ok("dialogflow-get-agent", json!({})).await;
    assert_eq!(google.tokens_given(), 1);
    google.revoke();
    ask(&server, "Hello").await;
    assert_eq!(google.tokens_given(), 2);
    let token = server.ok("dialogflow-get-token", json!({})).await;
    assert_eq!(token, "ya29.t0ken-3");
    server.ok("dialogflow-get-agent", json!({})).await;
    assert_eq!(
        google.asked().last().expect("a request").token,
        "ya29.t0ken-3"
    );
    // A caller may bring a token along, in either of its places; a stale one does no harm.
    let own = json!({"conversation_id": 1, "message": "Hello", "dialogflow_token": "ya29.stale"});
    server.ok("dialogflow-message", own).await;
    let tokens: Vec<String> = google
        .asked()
        .into_iter()
        .map(|asked| asked.token)
        .collect();
    assert_eq!(tokens[tokens.len() - 2..], ["ya29.stale", "ya29.t0ken-3"]);
    let theirs = json!({"conversation_id": 1, "message": "Hello", "token": "ya29.stale"});
    let answer = server.v1("dialogflow-message", theirs.clone()).await;
    assert_eq!(answer.status, 200, "{answer}");
    let refused = server.refused("dialogflow-message", theirs).await;
    assert_eq!(
        refused, "invalid-token",
        "beside no Bearer it is the admin's"
    );
}

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

#[tokio::test]
async fn contexts_are_set_and_listed_page_by_page() {
    let (server, google) = with_google(Engine::Sqlite, "").await;
    for name in ["products", "colours", "sizes"] {
        let context = json!({
            "context_name": name, "user_id": 3, "parameters": {"opencart-products": "Shoes"},
            "idempotency_key": name,
        });
        let first = server
            .ok("dialogflow-set-active-context", context.clone())
            .await;
        let result = &first["queryResult"];
        assert_eq!(result["queryText"], "sb-trigger-context");
        let contexts = result["outputContexts"].as_array().expect("contexts");
        let last = contexts.last().expect("a context");
        assert_eq!(
            *last,
            json!({
                "name": format!("projects/example/agent/sessions/3/contexts/{name}"),
                "lifespanCount": 4, "parameters": {"opencart-products": "Shoes"},
            })
        );
        let again = server.ok("dialogflow-set-active-context", context).await;
        assert_eq!(again, first, "again with its key");
    }
    assert_eq!(google.asked().len(), 3);
    let list = |query: Value| {
        let arguments = json!({
            "type": "GET", "url_part": "/agent/sessions/3/contexts", "query": query,
        });
        server.call(Body::Php, "dialogflow-curl", arguments)
    };
    let first = list(json!({"pageSize": 2})).await.response();
    let token = first["nextPageToken"].as_str().expect("another page");
    let second = list(json!({"pageSize": 2, "pageToken": token}))
        .await
        .response();
    assert_eq!(second["contexts"].as_array().map(Vec::len), Some(1));
    for (arguments, code) in [
        (
            json!({"context_name": "a", "user_id": 99}),
            "user-not-found",
        ),
        (
            json!({"context_name": "a/../b", "user_id": 3}),
            "invalid-argument",
        ),
        (
            json!({"context_name": "a", "user_id": 3, "life_span": -1}),
            "invalid-argument",
        ),
        (json!({"user_id": 3}), "missing-argument"),
    ] {
        let refused = server.refused("dialogflow-set-active-context", arguments);
        assert_eq!(refused.await, code);
    }
    // The bot's answers hear of the contexts: the session is the user's.
    let answer = ask(&server, "Hello").await;
    let contexts = &answer["response"]["queryResult"]["outputContexts"];
    assert_eq!(contexts.as_array().map(Vec::len), Some(3));
}

#[tokio::test]
async fn queries_of_ones_own_stay_in_the_project() {
    let (server, google) = with_google(Engine::Sqlite, "").await;
    let curl = |arguments: Value| server.call(Body::Json, "dialogflow-curl", arguments);
    let hello = json!({"queryInput": {"text": {"text": "Hello"}}});
    let answer =
        curl(json!({"query": hello.to_string(), "language": "es", "idempotency_key": "k"}));
    let answer = answer.await.response();
    assert_eq!(
        answer["queryResult"]["intent"]["displayName"],
        "Default Welcome Intent"
    );
    let again = json!({"query": hello.to_string(), "language": "es", "idempotency_key": "k"});
    assert_eq!(curl(again).await.response(), answer, "again with its key");
    let asked = google.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!(
        asked[0].what,
        "POST /v2/projects/example/agent/sessions/2:detectIntent"
    );
    assert_eq!(asked[0].body["queryInput"]["text"]["languageCode"], "es");
    let agent = curl(json!({"type": "GET"})).await.response();
    assert_eq!(agent["displayName"], "ABCDE");
    let renamed = json!({
        "type": "PATCH", "url_part": "agent/intents/2?updateMask=displayName", "language": "en",
        "query": {"displayName": "Renamed"},
    });
    assert_eq!(curl(renamed).await.response()["displayName"], "Renamed");
    assert_eq!(
        google.asked().last().expect("a request").what,
        "PATCH /v2/projects/example/agent/intents/2?updateMask=displayName&languageCode=en"
    );
    let made = json!({"url_part": "/agent/entityTypes", "query": {
        "displayName": "sizes", "kind": "KIND_LIST",
    }});
    assert_eq!(curl(made).await.response()["displayName"], "sizes");

    let count = google.asked().len();
    for wrong in [
        "//evil.example/x",
        "https://evil.example/x",
        "http:/evil.example",
        "/../../other/agent",
        "/agent/../../other",
        "@evil.example",
        "/agent@evil.example",
        ":8080/x//y",
        "/agent/%2e%2e/x",
        "/agent#x",
        "\\evil.example",
        "/agent/intents//",
        ".",
        "..",
    ] {
        let refused = curl(json!({"query": hello, "url_part": wrong})).await;
        assert_eq!(refused.code(), "invalid-argument", "{wrong}");
    }
    for (arguments, code) in [
        (json!({}), "missing-argument"),
        (
            json!({"type": "PATCH", "query": {"a": 1}}),
            "missing-argument",
        ),
        (
            json!({"type": "DELETE", "query": {"a": 1}}),
            "invalid-argument",
        ),
        (json!({"query": "no JSON"}), "invalid-argument"),
        (
            json!({"type": "GET", "query": {"a": {"b": 1}}}),
            "invalid-argument",
        ),
    ] {
        let refused = curl(arguments.clone()).await;
        assert_eq!(refused.code(), code, "{arguments}");
    }
    assert_eq!(google.asked().len(), count);
}

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
    save(
        &server,
        json!({"dialogflow-smart-reply-profile": "profile-1"}),
    )
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
    save(
        &server,
        json!({"dialogflow-smart-reply-profile": "profile-2"}),
    )
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
    save(&server, json!({"google-key": "AIza-test"})).await;
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

//! What is run, by whom it is asked for, by what users do and by the time: each once.

use serde_json::{Value, json};

use super::login;
use crate::harness::{Engine, Server, Setup, eventually, on_both_engines};

on_both_engines!(
    all_are_run_once_and_the_rest_is_returned,
    what_users_do_runs_them_once,
);

const ALL: &str = "automations-run-all";

/// The texts of the bot's messages to a user, newest conversation alone.
async fn told(server: &Server, user: u64) -> Vec<String> {
    let conversations = server
        .ok("get-user-conversations", json!({"user_id": user}))
        .await;
    let Some(newest) = conversations.as_array().and_then(|rows| rows.first()) else {
        return Vec::new();
    };
    let id = newest["conversation_id"].as_str().expect("an id").parse();
    let messages = server.messages(id.expect("a number")).await;
    let rows = messages.as_array().expect("messages").iter();
    rows.filter(|row| row["user_type"] == "bot")
        .map(|row| row["message"].as_str().expect("a text").to_owned())
        .collect()
}

/// Has these messages, and no others, sent by themselves.
async fn automate(server: &Server, messages: Value) {
    let automations = json!({"automations": {"messages": messages}});
    assert_eq!(
        server.ok("automations-save", automations).await,
        json!(true)
    );
}

async fn all_are_run_once_and_the_rest_is_returned(mut server: Server) {
    let (mia, cookie) = login(&server, "mia@example.com").await;
    let past = json!([["datetime", "is-exactly", "13/04/2021"]]);
    let english = json!([["languages", "en"]]);
    let time = json!([["browsing_time", "30"]]);
    let all = json!({
        "automations": {
            "emails": [{"id": "e1", "message": "x", "conditions": time}, {"id": "e2", "message": "x"}],
            "messages": [
                {"id": "m1", "message": "Hello {user_name}, {user_email}"}, {"id": "m2", "message": "x", "conditions": past},
                {"id": "m3", "message": "x", "conditions": time},
            ],
            "popups": [{"id": "p1", "title": "t", "message": "x", "conditions": english}],
            "design": [{"id": "d1", "name": "d", "color_1": "rgb(0, 235, 26)"}],
        },
        "translations": {"fr": {"popups": [{"id": "p1", "message": "coucou"}]}},
    });
    server.ok("automations-save", all).await;
    let run_all = json!({"login-cookie": cookie, "idempotency_key": "first"});
    let rest = json!([
        {"id": "e1", "message": "x", "conditions": time, "type": "emails"},
        {"id": "m3", "message": "x", "conditions": time, "type": "messages"},
        {"id": "p1", "title": "t", "message": "coucou", "conditions": english, "type": "popups"},
        {"id": "d1", "name": "d", "color_1": "rgb(0, 235, 26)", "conditions": [], "type": "design"},
    ]);
    let said = ["Hello Mia Moe, mia@example.com"];
    assert_eq!(server.ok(ALL, run_all.clone()).await, rest);
    assert_eq!(told(&server, mia).await, said);
    let again = json!({"login-cookie": cookie});
    assert_eq!(server.ok(ALL, run_all).await, rest, "a retry");
    assert_eq!(server.ok(ALL, again.clone()).await, rest);
    server.restart();
    assert_eq!(server.ok(ALL, again).await, rest);
    assert_eq!(told(&server, mia).await, said, "once");

    let one = |automation: Value, validate: Value| json!({"automation": automation, "validate": validate, "login-cookie": cookie});
    let run = |arguments: Value| server.ok("automations-run", arguments);
    assert_eq!(run(one(json!("m1"), json!(false))).await, json!(false));
    assert_eq!(run(one(json!("m2"), json!("true"))).await, json!(false));
    assert_eq!(run(one(json!("m3"), json!("1"))).await, json!(false));
    assert_eq!(told(&server, mia).await, said, "nothing yet");
    let own = json!({"id": "m3", "message": "From me", "conditions": time});
    assert_eq!(run(one(own.clone(), json!("0"))).await, json!(true));
    assert_eq!(run(one(own, json!("false"))).await, json!(false));
    assert_eq!(told(&server, mia).await, [said[0], "From me"]);

    let refused =
        |automation: Value| server.refused("automations-run", one(automation, json!(false)));
    assert_eq!(refused(json!("e2")).await, "unavailable");
    assert_eq!(
        refused(json!({"id": "s", "type": "sms"})).await,
        "unavailable"
    );
    assert_eq!(refused(json!("p1")).await, "invalid-argument");
    assert_eq!(refused(json!("unknown")).await, "invalid-argument");
    assert_eq!(refused(json!({"id": "new"})).await, "invalid-argument");
    assert_eq!(
        refused(json!({"type": "messages"})).await,
        "invalid-argument"
    );
    let silent = json!({"id": "new", "type": "messages"});
    assert_eq!(refused(silent).await, "invalid-argument");
    let missing = server.refused("automations-run", json!({})).await;
    assert_eq!(missing, "missing-argument");
    for function in [
        "automations-run",
        "automations-run-all",
        "automations-get",
        "automations-validate",
    ] {
        let nobody = json!({"token": "0".repeat(40), "automation": "m1"});
        assert_eq!(server.refused(function, nobody).await, "invalid-token");
    }
    server.stop();
    server.assert_sound();
}

/// How many events of this type there are.
fn count(events: &[Value], name: &str) -> usize {
    events.iter().filter(|event| event["type"] == name).count()
}

async fn what_users_do_runs_them_once(mut server: Server) {
    let john = server.user("John", "Doe", "john@example.com").await;
    let ann = server.user("Ann", "Doe", "ann@example.com").await;
    let agent = server.agent("Ada").await;
    let messages = json!([
        {"id": "one", "message": "One for {user_name}"},
        {"id": "two", "message": "Two", "conditions": [["include_urls", "contains", "/prices"]]},
        {"id": "three", "message": "Three", "conditions": [["include_urls", "contains", "/prices"], ["browsing_time", "5"]]},
    ]);
    automate(&server, messages).await;
    let conversation = server.conversation(john).await;
    server.say(john, conversation, "Hello").await;
    let came = |count: usize, user: u64| {
        let server = &server;
        move || async move { told(server, user).await.len() == count }
    };
    eventually("the first ran", came(1, john)).await;
    let visit = |user: u64, page: &str| {
        let url = format!("https://example.com/{page}");
        server.ok("current-url", json!({"user_id": user, "url": url}))
    };
    visit(john, "prices").await;
    eventually("the second ran", came(2, john)).await;
    // More of the same, by which nothing runs again; the agent is nobody's customer.
    server.say(john, conversation, "Hello again").await;
    visit(john, "prices?again").await;
    let archive = json!({"conversation_id": conversation, "status_code": 3});
    server.ok("update-conversation-status", archive).await;
    server.say(agent, conversation, "I am here").await;
    // Events are looked at in their order: once Ann has hers, all of the above is done with.
    visit(ann, "prices").await;
    eventually("Ann has hers", came(2, ann)).await;
    let both = |name: &str| [format!("One for {name} Doe"), "Two".to_owned()];
    assert_eq!(told(&server, john).await, both("John"));
    assert_eq!(told(&server, ann).await, both("Ann"));

    // Killed, the reaction looks at some events again, and still nothing runs twice.
    server.kill9();
    server.start_again();
    let messages = json!([
        {"id": "one", "message": "One"}, {"id": "two", "message": "Two"}, {"id": "mark", "message": "Mark"},
    ]);
    automate(&server, messages).await;
    server.say(ann, 2, "Is anybody there?").await;
    eventually("the mark ran", || async {
        told(&server, ann).await.len() == 3
    })
    .await;
    server.stop();
    let events = server.events(&[]);
    let ran: Vec<&Value> = events
        .iter()
        .filter(|event| event["type"] == "automation.ran")
        .collect();
    let of = |user: u64, id: &str| {
        let stream = format!("user-{user}");
        let is_it =
            |event: &&&Value| event["stream"] == *stream && event["data"]["automation"] == id;
        ran.iter().filter(is_it).count()
    };
    for id in ["one", "two"] {
        assert_eq!((of(john, id), of(ann, id)), (1, 1), "{id}");
    }
    assert_eq!((of(ann, "mark"), of(agent, "one")), (1, 0));
    let of_bot =
        |event: &&Value| event["type"] == "message.sent" && event["data"]["author_type"] == "bot";
    assert_eq!(
        events.iter().filter(of_bot).count(),
        ran.len(),
        "a message each"
    );
    for event in ran {
        assert!(
            event["causation"].as_u64().is_some_and(|cause| cause > 0),
            "{event}"
        );
        assert_eq!(event["actor"], 0);
    }
    assert_eq!(count(&events, "automations.saved"), 2);
    server.assert_sound();
}

#[tokio::test]
async fn time_alone_runs_them_for_users_who_are_online() {
    let config = "automations_every_seconds = 1\nonline_window_seconds = 600\n";
    let server = Setup::on(Engine::Sqlite).config(config).start().await;
    let online = server.user("John", "Doe", "john@example.com").await;
    let away = server.user("Ann", "Doe", "ann@example.com").await;
    let visit = json!({"user_id": online, "url": "https://example.com/"});
    server.ok("current-url", visit).await;
    let now = json!(["datetime", "is-between", "01/01/2000 - 31/12/2999"]);
    let messages = json!([
        {"id": "now", "message": "Now", "conditions": [now]},
        {"id": "daily", "message": "Daily", "conditions": [now, ["repeat", "every-day"]]},
        {"id": "past", "message": "Past", "conditions": [["datetime", "is-exactly", "01/01/2001"]]},
        {"id": "any", "message": "Any"},
    ]);
    automate(&server, messages).await;
    let came = || async { told(&server, online).await.len() >= 2 };
    eventually("the time came", came).await;
    // The first message made the user's first conversation; all of the look is one decision.
    assert_eq!(told(&server, online).await, ["Now", "Daily", "Any"]);
    assert_eq!(told(&server, away).await, [] as [&str; 0]);
}

//! Automations: saved and read, validated, run once, and run by what users do and by the time.

use serde_json::{Value, json};

use crate::harness::{Body, Engine, Server, Setup, eventually, on_both_engines};

on_both_engines!(
    what_is_saved_is_read_the_same_by_every_client,
    conditions_hold_or_not,
    all_are_run_once_and_the_rest_is_returned,
    what_users_do_runs_them_once,
);

/// The cookie of a user with this address, who is made for it.
async fn login(server: &Server, email: &str) -> (u64, Value) {
    let id = server
        .add_user(json!({
            "first_name": "Mia", "last_name": "Moe", "email": email, "password": "secret-3",
            "user_type": "user", "settings_extra": {"browser_language": ["fr-CA", "Language"]},
        }))
        .await;
    let login = json!({"email": email, "password": "secret-3"});
    (id, server.ok("login", login).await[1].clone())
}

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

async fn save(server: &Server, messages: Value) {
    let automations = json!({"automations": {"messages": messages}});
    assert_eq!(
        server.ok("automations-save", automations).await,
        json!(true)
    );
}

async fn what_is_saved_is_read_the_same_by_every_client(mut server: Server) {
    let nothing =
        json!([{"emails": [], "sms": [], "messages": [], "popups": [], "design": []}, {}]);
    assert_eq!(server.ok("automations-get", json!({})).await, nothing);
    let mine = json!({
        "automations": {
            "emails": [{
                "id": "0BOaG", "name": "Ünï \"quoted\" + & = %", "message": "Two\r\nlines", "subject": "S",
                "conditions": [
                    ["datetime", "is-between", "10/04/2021 - 13/04/2021"], ["include_urls", "contains", "https://example.com"],
                    ["repeat", "every-year"], ["countries", ["fr", "es"]],
                ],
            }],
            "sms": [{"id": "hwkmQ", "name": "n", "message": "m"}],
            "popups": [{"id": "ckN24", "conditions": [["user_type", "is-user"], ["languages", "en"]], "name": "s", "message": "", "own": {"a": ["1"]}}],
            "design": [{"id": "bX1qA", "name": "d", "color_1": "rgb(0, 235, 26)", "title": ""}],
        },
        "translations": {"fr": {"sms": [{"id": "hwkmQ", "name": "n", "message": "à bientôt"}]}},
    });
    server.ok("automations-save", mine.clone()).await;
    let mut all = mine["automations"].clone();
    all["messages"] = json!([]);
    let expected = json!([all, mine["translations"]]);
    for body in [Body::Php, Body::Jquery, Body::Json, Body::Multipart] {
        let seen = server.ok("automations-get", json!({})).await;
        assert_eq!(seen, expected, "before {body:?}");
        let both = json!({"automations": seen[0], "translations": seen[1]});
        server
            .ok("automations-save", json!({"automations": "{}"}))
            .await;
        let answer = server.call(body, "automations-save", both).await;
        assert_eq!(answer.response(), json!(true), "{body:?}");
    }
    let text =
        json!({"automations": expected[0].to_string(), "translations": expected[1].to_string()});
    server.ok("automations-save", text).await;
    server.restart();
    assert_eq!(server.ok("automations-get", json!({})).await, expected);
    // Every new one gets an ID of its own; translations that are not given any more are gone.
    let new = json!({"sms": [{"name": "a"}, {"name": "b"}], "popups": [{"name": "c"}]});
    server
        .ok("automations-save", json!({ "automations": new }))
        .await;
    let seen = server.ok("automations-get", json!({})).await;
    let mut ids: Vec<&str> = ["/0/sms/0/id", "/0/sms/1/id", "/0/popups/0/id"]
        .map(|place| seen.pointer(place).and_then(Value::as_str).expect("an id"))
        .to_vec();
    assert!(ids.iter().all(|id| id.len() == 5), "{ids:?}");
    ids.sort_unstable();
    ids.dedup();
    assert_eq!((ids.len(), &seen[1]), (3, &json!({})));

    let refused = |automations: Value| {
        server.refused("automations-save", json!({ "automations": automations }))
    };
    let wrong = "invalid-argument";
    assert_eq!(refused(json!({"letters": [{"id": "a"}]})).await, wrong);
    assert_eq!(refused(json!({"sms": [{"id": "a b"}]})).await, wrong);
    let twice = json!({"sms": [{"id": "a"}], "popups": [{"id": "a"}]});
    assert_eq!(refused(twice).await, wrong);
    let soon = json!({"sms": [{"conditions": [["datetime", "is-exactly", "soon"]]}]});
    assert_eq!(refused(soon).await, wrong);
    let seldom = json!({"sms": [{"conditions": [["repeat", "seldom"]]}]});
    assert_eq!(refused(seldom).await, wrong);
    let big = json!({"design": [{"css": "x".repeat(1 << 20)}]});
    assert_eq!(refused(big).await, "too-large");
    let nameless = json!({"automations": "{}", "translations": {"fr": {"sms": [{"name": "a"}]}}});
    assert_eq!(server.refused("automations-save", nameless).await, wrong);
    let missing = server.refused("automations-save", json!({})).await;
    assert_eq!(missing, "missing-argument");
    let without_token = json!({"token": "0".repeat(40), "automations": "{}"});
    let refused = server.refused("automations-save", without_token).await;
    assert_eq!(refused, "invalid-token");
    assert_eq!(
        server.ok("automations-get", json!({})).await,
        seen,
        "nothing was saved"
    );
}

async fn conditions_hold_or_not(server: Server) {
    let (mia, cookie) = login(&server, "mia@example.com").await;
    let validate = |conditions: Value| {
        let automation = json!({"id": "a", "conditions": conditions});
        server.ok(
            "automations-validate",
            json!({"automation": automation, "login-cookie": cookie}),
        )
    };
    let left = |conditions: Value| json!({"conditions": conditions, "repeat_id": ""});
    let always = json!(["datetime", "is-between", "01/01/2000 - 31/12/2999"]);
    let past = json!(["datetime", "is-between", "10/04/2021 - 13/04/2021"]);
    assert_eq!(validate(json!([always])).await, left(json!([])));
    assert_eq!(validate(json!([past])).await, json!(false));
    assert_eq!(
        validate(json!([["user_type", "is-user"], past])).await,
        json!(false)
    );
    let time = json!(["browsing_time", "30"]);
    assert_eq!(
        validate(json!([["user_type", "is-user"], time, ["languages", "fr"]])).await,
        left(json!([time]))
    );
    assert_eq!(
        validate(json!([["languages", "en, es"]])).await,
        json!(false)
    );
    let country = json!([["countries", "fr"]]);
    assert_eq!(validate(country.clone()).await, left(country));
    let first = json!([["returning_visitor", "is-first-time"]]);
    assert_eq!(validate(first).await, left(json!([])));
    let returning = json!([["returning_visitor", "is-returning"]]);
    assert_eq!(validate(returning.clone()).await, left(returning));
    let prices = json!([["include_urls", "contains", "example.com/prices"]]);
    assert_eq!(validate(prices.clone()).await, left(prices.clone()));
    let visit = json!({"user_id": mia, "url": "https://www.example.com/Prices?a"});
    server.ok("current-url", visit).await;
    assert_eq!(validate(prices).await, left(json!([])));
    let no_prices = json!([["exclude_urls", "contains", "example.com/prices"]]);
    assert_eq!(validate(no_prices.clone()).await, left(no_prices));
    let daily = validate(json!([always, ["repeat", "every-day"]])).await;
    let today = chrono::DateTime::from_timestamp(0, 0)
        .expect("a time")
        .date_naive();
    let key = daily["repeat_id"].as_str().expect("a text");
    let began = chrono::NaiveDate::parse_from_str(key, "%Y-%m-%d").expect("a date");
    assert!(began > today, "{key}");
    // Without a cookie it is about the admin of the token.
    let about_admin = json!({"automation": {"conditions": [["user_type", "is-user"]]}});
    assert_eq!(
        server.ok("automations-validate", about_admin).await,
        left(json!([["user_type", "is-user"]]))
    );
    let one = json!({"id": "saved", "conditions": [["datetime", "is-exactly", "01/01/2001"]]});
    let saved = json!({"automations": {"popups": [one]}});
    server.ok("automations-save", saved).await;
    let saved = server.ok("automations-validate", json!({"automation": "saved"}));
    assert_eq!(saved.await, json!(false));
    for automation in [
        json!("unknown"),
        json!({"conditions": [["datetime", "is-exactly", "?"]]}),
        json!({"type": "letters"}),
    ] {
        let arguments = json!({ "automation": automation });
        let code = server.refused("automations-validate", arguments).await;
        assert_eq!(code, "invalid-argument", "{automation}");
    }
    let missing = server.refused("automations-validate", json!({})).await;
    assert_eq!(missing, "missing-argument");
}

const ALL: &str = "automations-run-all";

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
    let verified = server.verb("verify", &[]);
    let said = String::from_utf8_lossy(&verified.stdout);
    assert!(verified.status.success(), "{said}");
}

/// How many events of this type there are.
fn count(events: &[Value], name: &str) -> usize {
    events.iter().filter(|event| event["type"] == name).count()
}

async fn what_users_do_runs_them_once(mut server: Server) {
    let john = server.user("John", "Doe", "john@example.com").await;
    let ann = server.user("Ann", "Doe", "ann@example.com").await;
    let agent = server.agent("Ada").await;
    save(
        &server,
        json!([
            {"id": "one", "message": "One for {user_name}"},
            {"id": "two", "message": "Two", "conditions": [["include_urls", "contains", "/prices"]]},
            {"id": "three", "message": "Three", "conditions": [["include_urls", "contains", "/prices"], ["browsing_time", "5"]]},
        ]),
    )
    .await;
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
    save(
        &server,
        json!([{"id": "one", "message": "One"}, {"id": "two", "message": "Two"}, {"id": "mark", "message": "Mark"}]),
    )
    .await;
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
    let verified = server.verb("verify", &[]);
    let said = String::from_utf8_lossy(&verified.stdout);
    assert!(verified.status.success(), "{said}");
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
    save(
        &server,
        json!([
            {"id": "now", "message": "Now", "conditions": [now]},
            {"id": "daily", "message": "Daily", "conditions": [now, ["repeat", "every-day"]]},
            {"id": "past", "message": "Past", "conditions": [["datetime", "is-exactly", "01/01/2001"]]},
            {"id": "any", "message": "Any"},
        ]),
    )
    .await;
    let came = || async { told(&server, online).await.len() >= 2 };
    eventually("the time came", came).await;
    // The first message made the user's first conversation; all of the look is one decision.
    assert_eq!(told(&server, online).await, ["Now", "Daily", "Any"]);
    assert_eq!(told(&server, away).await, [] as [&str; 0]);
}

//! Reports: every one in its documented shape, numbers from a story told through the API, periods
//! in timezones, rows that callers add, and the images.

use serde_json::{Value, json};

use crate::harness::{Body, Engine, Server, Setup, Vendor, eventually, on_both_engines};

on_both_engines!(
    a_story_is_reported,
    every_report_has_the_documented_shape,
    callers_add_rows,
    a_rebuild_reports_the_same,
);

/// All 27 names, each with its kind of chart and of number.
const REPORTS: [(&str, &str, u64); 27] = [
    ("conversations", "line", 1),
    ("missed-conversations", "line", 1),
    ("conversations-time", "line", 2),
    ("visitors", "line", 1),
    ("leads", "line", 1),
    ("users", "line", 1),
    ("agents-response-time", "bar", 2),
    ("agents-conversations", "bar", 1),
    ("agents-conversations-time", "bar", 2),
    ("agents-ratings", "bar", 3),
    ("countries", "pie", 1),
    ("languages", "pie", 1),
    ("browsers", "pie", 1),
    ("os", "pie", 1),
    ("subscribe", "line", 1),
    ("follow-up", "line", 1),
    ("registrations", "line", 1),
    ("articles-searches", "line", 1),
    ("articles-ratings", "bar", 3),
    ("articles-views-single", "bar", 1),
    ("articles-views", "line", 1),
    ("sms-automations", "line", 1),
    ("email-automations", "line", 1),
    ("message-automations", "line", 1),
    ("direct-sms", "line", 1),
    ("direct-emails", "line", 1),
    ("direct-messages", "line", 1),
];

async fn report(server: &Server, name: &str) -> Value {
    server.ok("reports", json!({"name": name})).await["data"].clone()
}

/// The sum of a report's first numbers.
async fn total(server: &Server, name: &str) -> u64 {
    let data = report(server, name).await;
    let rows = data.as_object().expect("rows").values();
    rows.map(|row| row[0].as_u64().expect("a number")).sum()
}

/// John, who was answered by Ada and rated her; a lead whom nobody answered; a visitor.
async fn story(server: &Server) -> (u64, u64, u64) {
    let john = json!({
        "first_name": "John", "last_name": "Doe", "email": "john@example.com", "user_type": "user",
        "settings_extra": {
            "country_code": ["gb", "Country"], "browser": ["Firefox", "Browser"],
            "browser_language": ["de-AT", "Language"], "os": ["Debian", "System"],
        },
    });
    let john = server.add_user(john).await;
    let ada = server.agent("Ada").await;
    let lead = server.add_user(json!({"user_type": "lead"})).await;
    server.add_user(json!({"user_type": "visitor"})).await;
    let conversation = server.conversation(john).await;
    server.say(john, conversation, "Hello?").await;
    server.say(ada, conversation, "Good day").await;
    let rating = json!({"settings": {"conversation_id": conversation, "rating": 1}});
    server.ok("set-rating", rating).await;
    let unanswered = server.conversation(lead).await;
    server.say(lead, unanswered, "Anybody?").await;
    let news = json!({"user_ids": [john, lead], "message": "We are back"});
    server.ok("direct-message", news).await;
    (john, lead, unanswered)
}

async fn a_story_is_reported(server: Server) {
    let (john, lead, _) = story(&server).await;
    let totals = [
        ("conversations", 2),
        ("missed-conversations", 0), // the direct message answered the lead
        ("visitors", 1),
        ("leads", 1),
        ("users", 1),
        ("registrations", 1),
        ("direct-messages", 2),
        ("subscribe", 0),
    ];
    for (name, expected) in totals {
        assert_eq!(total(&server, name).await, expected, "{name}");
    }
    let rows = [
        ("agents-ratings", json!({"Ada Agent": [1, 0]})),
        ("countries", json!({"GB": [1]})),
        ("languages", json!({"de": [1]})),
        ("browsers", json!({"Firefox": [1]})),
        ("os", json!({"Debian": [1]})),
    ];
    for (name, expected) in rows {
        assert_eq!(report(&server, name).await, expected, "{name}");
    }
    let conversations = report(&server, "agents-conversations").await;
    assert_eq!(conversations["Ada Agent"], json!([1]));
    let times = report(&server, "agents-response-time").await;
    assert!(
        times["Ada Agent"][0]
            .as_u64()
            .is_some_and(|seconds| seconds < 60),
        "{times}"
    );
    assert_eq!(
        times.as_object().map(serde_json::Map::len),
        Some(2),
        "{times}"
    );

    let email = json!({"user_id": lead, "email": "lead@example.com"});
    server.ok("update-user", email).await;
    for (name, expected) in [("leads", 0), ("users", 2), ("registrations", 2)] {
        assert_eq!(total(&server, name).await, expected, "{name}");
    }
    let rating = json!({"settings": {"conversation_id": 1, "rating": 0}});
    server.ok("set-rating", rating).await;
    let ratings = report(&server, "agents-ratings").await;
    // It is credited to who wrote last: by now that is the admin, with the direct message.
    assert_eq!(ratings, json!({"Admin": [0, 1]}));

    server.ok("delete-user", json!({"user_id": john})).await;
    for (name, expected) in [("conversations", 1), ("users", 1), ("visitors", 1)] {
        assert_eq!(total(&server, name).await, expected, "{name}");
    }
    assert_eq!(report(&server, "countries").await, json!({}));
    assert_eq!(report(&server, "agents-ratings").await, json!({}));
}

async fn every_report_has_the_documented_shape(server: Server) {
    story(&server).await;
    for (name, chart, label) in REPORTS {
        server.ok("reports-update", json!({"name": name})).await;
        let answer = server.ok("reports", json!({"name": name})).await;
        let keys: Vec<_> = answer.as_object().expect("an object").keys().collect();
        let documented = [
            "title",
            "description",
            "data",
            "table",
            "table-inverse",
            "label_type",
            "chart_type",
        ];
        assert_eq!(keys, documented, "{name}");
        assert_eq!(
            (&answer["chart_type"], &answer["label_type"]),
            (&json!(chart), &json!(label))
        );
        assert_eq!(answer["table-inverse"], json!(chart == "line"), "{name}");
        for text in ["title", "description"] {
            assert!(
                answer[text].as_str().is_some_and(|text| text.len() > 5),
                "{name}"
            );
        }
        let data = answer["data"].as_object().expect("rows");
        let heads = answer["table"].as_array().expect("heads").len();
        for (key, row) in data {
            assert_eq!(
                row.as_array().map(Vec::len),
                Some(heads - 1),
                "{name} {key}"
            );
            assert!(
                row.as_array()
                    .is_some_and(|row| row.iter().all(Value::is_u64)),
                "{name}"
            );
        }
        if chart == "line" {
            assert_eq!(
                data.len(),
                30,
                "{name}: thirty days by default, empty ones too"
            );
        }
    }
}

async fn callers_add_rows(server: Server) {
    let before = total(&server, "articles-views").await;
    let row =
        json!({"name": "articles-views", "value": "false", "external_id": "6P2Oq", "extra": "en"});
    assert_eq!(server.ok("reports-update", row.clone()).await, true);
    assert_eq!(
        server
            .call(Body::Jquery, "reports-update", row)
            .await
            .response(),
        true
    );
    assert_eq!(total(&server, "articles-views").await, before + 2);
    // The same key does it once.
    for _ in 0..3 {
        let row = json!({"name": "articles-views", "idempotency_key": "once"});
        assert_eq!(server.ok("reports-update", row).await, true);
    }
    assert_eq!(total(&server, "articles-views").await, before + 3);

    let ada = server.agent("Ada").await;
    for seconds in ["60", "0"] {
        let row = json!({"name": "agents-response-time", "value": seconds, "external_id": ada});
        server.ok("reports-update", row).await;
    }
    server
        .ok(
            "reports-update",
            json!({"name": "agents-conversations", "external_id": "99"}),
        )
        .await;
    server
        .ok("reports-update", json!({"name": "agents-conversations"}))
        .await;
    let times = report(&server, "agents-response-time").await;
    assert_eq!(times, json!({"Ada Agent": [30]}));
    let conversations = report(&server, "agents-conversations").await;
    assert_eq!(conversations, json!({"Unknown": [1], "#99": [1]}));
    for rating in ["1", "-1", "0"] {
        let row = json!({"name": "articles-ratings", "value": rating, "external_id": "6P2Oq"});
        server.ok("reports-update", row).await;
    }
    let ratings = report(&server, "articles-ratings").await;
    assert_eq!(ratings, json!({"6P2Oq": [1, 2]}));
    server
        .ok(
            "reports-update",
            json!({"name": "direct-emails", "value": "7"}),
        )
        .await;
    assert_eq!(total(&server, "direct-emails").await, 7);

    let wrong = [
        json!({"name": "weather"}),
        json!({"name": "agents-response-time", "value": "soon"}),
        json!({"name": "agents-ratings", "value": "5"}),
        json!({"name": "agents-conversations", "external_id": "Ada"}),
        json!({"name": "subscribe", "value": "x".repeat(1_001)}),
    ];
    for row in wrong {
        assert_eq!(
            server.refused("reports-update", row).await,
            "invalid-argument"
        );
    }
    assert_eq!(
        server.refused("reports-update", json!({})).await,
        "missing-argument"
    );
    assert_eq!(total(&server, "subscribe").await, 0);
}

/// What a caller had sent is counted once it was taken; what the service sends by itself is not.
async fn text_messages_are_counted(engine: Engine) {
    let twilio = Vendor::answering(201, json!({"sid": "SM1"})).await;
    let config = format!(
        "allow_private_targets = [\"127.0.0.0/8\"]\ntwilio_url = \"{}\"\n",
        twilio.url
    );
    let mut server = Setup::on(engine).config(&config).start().await;
    let settings = json!({
        "sms-account": "AC1", "sms-token": "t", "sms-sender": "+15104564545",
    });
    server
        .ok("save-settings", json!({"settings": settings}))
        .await;
    let sms = json!({"to": "+15305431221", "message": "Hello", "idempotency_key": "sms-1"});
    for call in [
        sms.clone(),
        sms,
        json!({"to": "+15305431222", "message": "Hello"}),
    ] {
        server.ok("send-sms", call).await;
    }
    assert_eq!(total(&server, "direct-sms").await, 2);

    let john = json!({
        "first_name": "John", "user_type": "user",
        "settings_extra": {"phone": ["+15305431223", "Phone"]},
    });
    let john = server.add_user(john).await;
    let ada = server.agent("Ada").await;
    let conversation = server.conversation(john).await;
    server.say(ada, conversation, "Are you there?").await;
    eventually("John was told", || async { twilio.asked().len() == 3 }).await;
    twilio.answer(400, json!({"message": "no", "status": 400}));
    let refused = json!({"to": "+15305431224", "message": "Hello"});
    assert_eq!(server.refused("send-sms", refused).await, "sms-error");
    // In order, so that what was taken is recorded.
    server.restart();
    assert_eq!(total(&server, "direct-sms").await, 2);
    let rebuilt = server.verb("verify", &[]);
    assert!(rebuilt.status.success());
}

#[tokio::test]
async fn text_messages_are_counted_on_sqlite() {
    text_messages_are_counted(Engine::Sqlite).await;
}

#[tokio::test]
async fn text_messages_are_counted_on_postgres() {
    text_messages_are_counted(Engine::Postgres).await;
}

async fn a_rebuild_reports_the_same(mut server: Server) {
    let (john, ..) = story(&server).await;
    server
        .ok(
            "reports-update",
            json!({"name": "subscribe", "value": "a@example.com"}),
        )
        .await;
    server.ok("delete-user", json!({"user_id": john})).await;
    let mut before = Vec::new();
    for (name, ..) in REPORTS {
        before.push(server.ok("reports", json!({"name": name})).await);
    }
    server.stop();
    for arguments in [
        &["rebuild"] as &[&str],
        &["rebuild", "--projection", "reports"],
        &["verify"],
    ] {
        let output = server.run(arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {said}");
    }
    server.start_again();
    for ((name, ..), before) in REPORTS.into_iter().zip(before) {
        assert_eq!(
            server.ok("reports", json!({"name": name})).await,
            before,
            "{name}"
        );
    }
}

#[tokio::test]
async fn periods_are_days_or_months_of_a_timezone() {
    let server = Server::start(Engine::Sqlite).await;
    let keys = async |period: Value| -> Vec<String> {
        let mut arguments = json!({"name": "conversations"});
        let members = arguments.as_object_mut().expect("an object");
        members.extend(period.as_object().expect("an object").clone());
        let answer = server.ok("reports", arguments).await;
        let data = answer["data"].as_object().expect("rows");
        assert!(
            data.values().all(|row| *row == json!([0])),
            "empty days are there"
        );
        data.keys().cloned().collect()
    };
    let months = json!({"date_start": "01/03/2021", "date_end": "2021-05-31"});
    assert_eq!(keys(months).await, ["03/2021", "04/2021", "05/2021"]);
    let days =
        json!({"date_start": "2021-03-27", "date_end": "29/03/2021", "timezone": "Europe/London"});
    assert_eq!(keys(days).await, ["27/03/2021", "28/03/2021", "29/03/2021"]);
    let days = json!({"date_start": "2021-03-01", "date_end": "2021-05-01"});
    assert_eq!(keys(days).await.len(), 62);
    let years =
        json!({"date_start": "2011-01-01", "date_end": "2020-12-31", "timezone": "Asia/Kathmandu"});
    assert_eq!(keys(years).await.len(), 120);
    let none = json!({"date_start": false, "date_end": "false", "timezone": ""});
    assert_eq!(keys(none).await.len(), 30);

    // One moment has different dates at the two ends of the earth.
    server
        .ok("reports-update", json!({"name": "follow-up"}))
        .await;
    let mut dates = Vec::new();
    for zone in ["Pacific/Kiritimati", "Pacific/Niue"] {
        let asked = json!({"name": "follow-up", "timezone": zone});
        let answer = server.ok("reports", asked).await;
        let data = answer["data"].as_object().expect("rows").clone();
        let (last, row) = data.iter().next_back().expect("thirty days");
        assert_eq!(*row, json!([1]), "it happened on the last day of {zone}");
        dates.push(last.clone());
    }
    assert_ne!(dates[0], dates[1], "they are 25 hours apart");

    let wrong = [
        json!({"name": "weather"}),
        json!({"name": "users", "timezone": "Mars/Olympus"}),
        json!({"name": "users", "date_start": "2021-02-30"}),
        json!({"name": "users", "date_start": "03/31/2021"}),
        json!({"name": "users", "date_start": "02/01/2021", "date_end": "01/01/2021"}),
        json!({"name": "users", "date_start": "2001-01-01", "date_end": "2021-01-01"}),
        json!({"name": "users", "date_start": "9999-12-31"}),
    ];
    for arguments in wrong {
        assert_eq!(
            server.refused("reports", arguments).await,
            "invalid-argument"
        );
    }
    assert_eq!(
        server.refused("reports", json!({})).await,
        "missing-argument"
    );
}

#[tokio::test]
async fn two_agents_of_one_name_have_a_row_each() {
    let server = Server::start(Engine::Sqlite).await;
    let mut ids = Vec::new();
    for email in ["a@example.com", "b@example.com"] {
        let ada =
            json!({"first_name": "Ada", "last_name": "", "email": email, "user_type": "agent"});
        ids.push(server.add_user(ada).await);
    }
    for id in &ids {
        let row = json!({"name": "agents-conversations", "external_id": id});
        server.ok("reports-update", row).await;
    }
    let data = report(&server, "agents-conversations").await;
    assert_eq!(
        data.as_object().map(serde_json::Map::len),
        Some(2),
        "{data}"
    );
    assert_eq!(data["Ada"], json!([1]));
}

#[tokio::test]
async fn a_report_is_an_image_too() {
    let server = Server::start(Engine::Sqlite).await;
    story(&server).await;
    let evil = json!({"name": "browsers", "value": "<script>alert(1)</script>&\"'"});
    server.ok("reports-update", evil).await;
    for (name, chart, _) in REPORTS {
        let path = format!(
            "/v1/reports/{name}.svg?date_start=01/01/2020&timezone=Europe%2FLondon&date_end=2024-12-31"
        );
        let whole = server.get(&path).bearer_auth(&server.token);
        let ever = server
            .get(&format!("/v1/reports/{name}.svg"))
            .bearer_auth(&server.token);
        for request in [whole, ever] {
            let answer = server.send(request).await;
            assert_eq!(answer.status, 200, "{answer}");
            assert_eq!(answer.header("content-type"), Some("image/svg+xml"));
            assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
            let svg = answer.text();
            assert!(
                svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>"),
                "{name}"
            );
            assert!(!svg.contains("<script"), "{svg}");
            let title = server.ok("reports", json!({"name": name})).await["title"].clone();
            assert!(
                svg.contains(title.as_str().expect("a title")),
                "{name} {chart}"
            );
        }
    }
    let browsers = server
        .get("/v1/reports/browsers.svg")
        .bearer_auth(&server.token);
    let svg = server.send(browsers).await.text().to_owned();
    assert!(
        svg.contains("&lt;script&gt;") && svg.contains("Firefox"),
        "{svg}"
    );

    let problem = async |path: &str, token: &str| {
        let answer = server.send(server.get(path).bearer_auth(token)).await;
        (answer.status, answer.problem())
    };
    let refused = |status, code: &str| (status, code.to_owned());
    let token = server.token.clone();
    assert_eq!(
        problem("/v1/reports/weather.svg", &token).await,
        refused(400, "invalid-argument")
    );
    assert_eq!(
        problem("/v1/reports/users.svg?timezone=Mars", &token).await,
        refused(400, "invalid-argument")
    );
    assert_eq!(
        problem("/v1/reports/users.png", &token).await,
        refused(404, "not-found")
    );
    assert_eq!(
        problem("/v1/reports/users.svg", "x").await,
        refused(401, "invalid-token")
    );
    // A token in the address counts for nothing.
    let address = format!("/v1/reports/users.svg?token={token}");
    let answer = server.send(server.get(&address)).await;
    assert_eq!(answer.problem(), "invalid-token");
    let posted = server
        .send(server.post("/v1/reports/users.svg").bearer_auth(&token))
        .await;
    assert_eq!(
        (posted.status, posted.header("allow")),
        (405, Some("GET, HEAD"))
    );
}

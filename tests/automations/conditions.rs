//! Whether the conditions of an automation hold.

use serde_json::{Value, json};

use super::login;
use crate::harness::{Server, on_both_engines};

on_both_engines!(conditions_hold_or_not);

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

//! What is saved is read the same.

use serde_json::{Value, json};

use crate::harness::{Body, Server, on_both_engines};

on_both_engines!(what_is_saved_is_read_the_same_by_every_client);

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

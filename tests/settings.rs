//! Settings: saved, read, and round trips through every way of writing them.

use serde_json::{Value, json};

use crate::harness::{Body, Server, on_both_engines};

on_both_engines!(
    what_is_read_can_be_saved_by_every_client_and_stays_identical,
    settings_are_kept_checked_and_masked,
);

async fn what_is_read_can_be_saved_by_every_client_and_stays_identical(mut server: Server) {
    let mine = json!({"settings": {
        "rtl": [true, "checkbox"], "chat-manual-init": [false, "checkbox"], "limit": [12, "number"],
        "title": ["Ünï — \"quoted\" + & = %", "text"], "empty": ["", "text"], "colour": ["rgb(0, 235, 26)", "color"],
        "webhooks-enabled": [false, "checkbox"], "webhooks-key": ["s3cret", "password"],
        "parts": [{"on": [true, "checkbox"], "name": ["x", "text"]}, "multi-input"],
    }});
    assert_eq!(server.ok("save-settings", mine.clone()).await, json!(true));
    let seen = server.ok("get-settings", json!({})).await;
    for (id, saved) in mine["settings"].as_object().expect("an object") {
        if id != "webhooks-key" {
            assert_eq!(&seen[id], saved, "{id}");
        }
    }
    assert_eq!(seen["webhooks-key"], json!(["********", "password"]));
    for body in [Body::Php, Body::Jquery, Body::Json, Body::Multipart] {
        let arguments = json!({ "settings": seen });
        let answer = server.call(body, "save-settings", arguments).await;
        assert_eq!(answer.response(), json!(true), "{body:?}");
        assert_eq!(server.ok("get-settings", json!({})).await, seen, "{body:?}");
    }
    server.restart();
    assert_eq!(server.ok("get-settings", json!({})).await, seen);
}

async fn settings_are_kept_checked_and_masked(server: Server) {
    let get = |id: &'static str| server.ok("get-setting", json!({ "setting": id }));
    assert_eq!(get("webhooks-enabled").await, json!(false), "a default");
    assert_eq!(get("nonsense").await, json!(false), "unknown");
    let saved = json!({
        "settings": {
            "webhooks-key": ["s3cret", "password"],
            "parts": [{"on": ["1", "checkbox"]}, "multi-input"],
        },
        "external_settings": {"departments": [{"id": "1", "name": "Sales"}]},
        "external_settings_translations": {"departments": {"fr": [{"name": "Ventes"}]}},
    });
    server.ok("save-settings", saved).await;
    assert_eq!(get("webhooks-key").await, json!("********"));
    assert_eq!(get("parts").await, json!({"on": true}));
    assert_eq!(
        get("departments").await,
        json!([{"id": "1", "name": "Sales"}])
    );
    // What is not given stays.
    server
        .ok(
            "save-settings",
            json!({"settings": {"rtl": [true, "checkbox"]}}),
        )
        .await;
    assert_eq!(get("webhooks-key").await, json!("********"));

    let refused =
        |settings: Value| server.refused("save-settings", json!({ "settings": settings }));
    let before = server.ok("get-settings", json!({})).await;
    assert_eq!(
        refused(json!({"rtl": [false, "checkbox"], "bad id": [1, "x"]})).await,
        "invalid-argument"
    );
    assert_eq!(
        refused(json!({"webhooks-url": ["not a URL", "text"]})).await,
        "invalid-argument"
    );
    assert_eq!(
        refused(json!({"webhooks-active": ["nonsense", "text"]})).await,
        "invalid-argument"
    );
    assert_eq!(
        refused(json!({"webhooks-enabled": ["perhaps", "checkbox"]})).await,
        "invalid-argument"
    );
    assert_eq!(
        refused(json!({"big": ["x".repeat(1 << 20), "text"]})).await,
        "too-large"
    );
    assert_eq!(
        server.refused("save-settings", json!({})).await,
        "missing-argument"
    );
    assert_eq!(
        server.refused("get-setting", json!({})).await,
        "missing-argument"
    );
    assert_eq!(
        server.ok("get-settings", json!({})).await,
        before,
        "nothing was saved"
    );

    let exported = server.run(&["events"]);
    let exported = String::from_utf8(exported.stdout).expect("UTF-8");
    assert!(exported.contains("settings.saved") && !exported.contains("s3cret"));
}

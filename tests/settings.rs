//! Settings: saved, read, and round trips through every way of writing them.

use serde_json::{Value, json};

use crate::harness::{Body, Server, on_both_engines};

on_both_engines!(
    what_is_read_can_be_saved_by_every_client_and_stays_identical,
    settings_are_kept_checked_and_masked,
    departments_and_saved_replies_are_settings,
    every_registered_setting_makes_the_round_trip,
);

async fn what_is_read_can_be_saved_by_every_client_and_stays_identical(mut server: Server) {
    let mine = json!({"settings": {
        "rtl": [true, "checkbox"], "chat-manual-init": [false, "checkbox"], "limit": [12, "number"],
        "title": ["Ünï — \"quoted\" + & = %", "text"], "empty": ["", "text"], "colour": ["rgb(0, 235, 26)", "color"],
        "webhooks-enabled": [false, "checkbox"], "webhooks-key": ["s3cret", "password"],
        "parts": [{"on": [true, "checkbox"], "name": ["x", "text"]}, "multi-input"],
        "departments": [[{"department-id": "1", "department-name": "Sales", "department-color": "", "department-image": ""}], "repeater"],
        "saved-replies": [[], "repeater"], "own-list": [[], "repeater"], "own-parts": [{}, "multi-input"],
        "own-items": [[{"a": "1", "b": ["x", "y"]}, {"a": ""}], "repeater"],
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
        "external_settings": {"emails": [{"id": "1", "name": "Sales"}]},
        "external_settings_translations": {"emails": {"fr": [{"name": "Ventes"}]}},
    });
    server.ok("save-settings", saved).await;
    assert_eq!(get("webhooks-key").await, json!("********"));
    assert_eq!(get("parts").await, json!({"on": true}));
    assert_eq!(get("emails").await, json!([{"id": "1", "name": "Sales"}]));
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
    for departments in [
        json!([{"department-name": "Sales"}]),
        json!([{"department-id": 1}]),
        json!([{"department-id": 1, "department-name": "A"}, {"department-id": 1, "department-name": "B"}]),
        json!("Sales"),
    ] {
        let code = refused(json!({"departments": [departments, "repeater"]})).await;
        assert_eq!(code, "invalid-argument", "{departments}");
    }
    assert_eq!(
        refused(json!({"saved-replies": [[{"reply-name": "hello"}], "repeater"]})).await,
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

    let exported = server.events_told();
    assert!(exported.contains("settings.saved") && !exported.contains("s3cret"));
}

async fn departments_and_saved_replies_are_settings(mut server: Server) {
    assert_eq!(server.ok("get-departments", json!({})).await, json!({}));
    assert_eq!(server.ok("saved-replies", json!({})).await, json!([]));
    let settings = json!({
        "departments": [[
            {"department-id": 2, "department-name": "Help", "department-color": "red", "department-image": "https://example.com/help.png"},
            {"department-id": 11, "department-name": "Sales & more"},
        ], "repeater"],
        "saved-replies": [[
            {"reply-name": "hello", "reply-text": "Hello! How can I help?"},
            {"reply-name": "email", "reply-text": "Our email is\nsupport@example.com."},
        ], "repeater"],
    });
    let departments = json!({
        "2": {"name": "Help", "color": "red", "image": "https://example.com/help.png"},
        "11": {"name": "Sales & more", "color": "", "image": ""},
    });
    let mut seen = None;
    for body in [Body::Php, Body::Jquery, Body::Json, Body::Multipart] {
        let nothing = json!({"departments": [[], "repeater"], "saved-replies": [[], "repeater"]});
        let answer = server.call(body, "save-settings", json!({ "settings": nothing }));
        assert_eq!(answer.await.response(), json!(true), "{body:?}");
        assert_eq!(
            server.ok("get-departments", json!({})).await,
            json!({}),
            "{body:?}"
        );
        assert_eq!(server.ok("saved-replies", json!({})).await, json!([]));
        let answer = server.call(body, "save-settings", json!({ "settings": settings }));
        assert_eq!(answer.await.response(), json!(true), "{body:?}");
        assert_eq!(
            server.ok("get-departments", json!({})).await,
            departments,
            "{body:?}"
        );
        let replies = server.ok("saved-replies", json!({})).await;
        assert_eq!(replies, settings["saved-replies"][0], "{body:?}");
        let all = server.ok("get-settings", json!({})).await;
        assert_eq!(*seen.get_or_insert_with(|| all.clone()), all, "{body:?}");
    }
    // As JSON text within the form, and stored apart: the same list in the same place.
    let text = json!({"departments": settings["departments"]}).to_string();
    server.ok("save-settings", json!({"settings": text})).await;
    let apart =
        json!({"settings": {}, "external_settings": {"departments": settings["departments"][0]}});
    let answer = server.call(Body::Json, "save-settings", apart).await;
    assert_eq!(answer.response(), json!(true));
    assert_eq!(Some(server.ok("get-settings", json!({})).await), seen);
    let list = server
        .ok("get-setting", json!({"setting": "departments"}))
        .await;
    assert_eq!(
        list[1],
        json!({"department-id": "11", "department-name": "Sales & more"})
    );
    server.restart();
    assert_eq!(server.ok("get-departments", json!({})).await, departments);
}

async fn every_registered_setting_makes_the_round_trip(server: Server) {
    let registry = server.v1("settings/registry", json!({})).await;
    assert_eq!(registry.status, 200, "{registry}");
    let registry = registry.json();
    let registry = registry.as_array().expect("a list");
    let before = server.ok("get-settings", json!({})).await;
    let before = before.as_object().expect("an object");
    let mut ids: Vec<_> = registry
        .iter()
        .map(|row| row["id"].as_str().expect("an ID"))
        .collect();
    ids.sort_unstable();
    assert_eq!(ids, before.keys().map(String::as_str).collect::<Vec<_>>());
    for row in registry {
        assert!(
            row["help"].as_str().is_some_and(|help| help.len() > 10),
            "{row}"
        );
        let id = row["id"].as_str().expect("an ID");
        assert_eq!(before[id], json!([row["default"], row["type"]]), "{id}");
    }
    for body in [Body::Php, Body::Jquery, Body::Json, Body::Multipart] {
        let answer = server.call(body, "save-settings", json!({ "settings": before }));
        assert_eq!(answer.await.response(), json!(true), "{body:?}");
        let after = server.ok("get-settings", json!({})).await;
        assert_eq!(after.as_object(), Some(before), "{body:?}");
    }
    // Other values than the defaults: what the type can be without breaking any rule.
    let flipped = registry.iter().filter(|row| row["type"] == "checkbox");
    let flipped: serde_json::Map<_, _> = flipped
        .map(|row| {
            let id = row["id"].as_str().expect("an ID").to_owned();
            (id, json!([row["default"] == false, "checkbox"]))
        })
        .collect();
    assert!(!flipped.is_empty());
    for body in [Body::Php, Body::Jquery, Body::Json, Body::Multipart] {
        for settings in [json!(before), json!(flipped)] {
            let saved = server.call(body, "save-settings", json!({ "settings": settings }));
            assert_eq!(saved.await.response(), json!(true), "{body:?}");
        }
        let after = server.ok("get-settings", json!({})).await;
        for (id, value) in &flipped {
            assert_eq!(&after[id], value, "{body:?} {id}");
        }
    }
    let denied = server.post("/v1/settings/registry").json(&json!({}));
    assert_eq!(server.send(denied).await.problem(), "invalid-token");
}

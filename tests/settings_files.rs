//! Settings as files: exported with all that is in them, imported whole or not at all.

use serde_json::{Value, json};

use crate::harness::{Body, Engine, LOOPBACK, Server, Setup, Vendor, on_both_engines};

on_both_engines!(
    scenario_21_settings_there_and_back,
    an_import_is_all_or_nothing
);

async fn exported(server: &Server) -> String {
    let url = server.ok("export-settings", json!({})).await;
    let url = url.as_str().expect("a URL").to_owned();
    let name = url.strip_prefix(&format!("{}/uploads/settings_", server.address()));
    let secret = name.and_then(|name| name.strip_suffix(".json"));
    assert!(secret.is_some_and(|secret| secret.len() == 22), "{url}");
    url
}

async fn settings(server: &Server) -> Value {
    server.ok("get-settings", json!({})).await
}

async fn scenario_21_settings_there_and_back(mut server: Server) {
    let mine = json!({
        "settings": {
            "rtl": [true, "checkbox"], "limit": [12, "number"], "title": ["Ünï — \"quoted\" + & = %", "text"],
            "webhooks-enabled": [true, "checkbox"], "webhooks-key": ["s3cret", "password"],
            "webhooks-url": ["https://example.com/hook", "text"],
            "parts": [{"key": ["inner", "password"], "name": ["x", "text"]}, "multi-input"],
            "departments": [[{"department-id": "1", "department-name": "Sales"}], "repeater"],
            "saved-replies": [[{"reply-name": "hello", "reply-text": "Hello!"}], "repeater"],
        },
        "external_settings": {"emails": [{"subject": "Hi"}]},
        "external_settings_translations": {"emails": {"fr": [{"subject": "Salut"}]}},
    });
    for body in [Body::Php, Body::Jquery] {
        let saved = server.call(body, "save-settings", mine.clone()).await;
        assert_eq!(saved.response(), json!(true), "{body:?}");
        let seen = settings(&server).await;
        let again = server.call(body, "save-settings", json!({ "settings": seen }));
        assert_eq!(again.await.response(), json!(true), "{body:?}");
        assert_eq!(settings(&server).await, seen, "{body:?}");
    }
    let before = settings(&server).await;

    let url = exported(&server).await;
    assert_ne!(exported(&server).await, url, "each has a name of its own");
    let export = json!({"idempotency_key": "export-1"});
    let once = server.ok("export-settings", export.clone()).await;
    assert_eq!(
        server.ok("export-settings", export).await,
        once,
        "once for its key"
    );
    let file = server.send(server.get(&url)).await;
    assert_eq!(file.status, 200, "{file}");
    assert_eq!(file.header("content-type"), Some("application/json"));
    assert_eq!(file.header("cache-control"), Some("no-store"));
    let file = file.json();
    assert_eq!(
        file["settings"]["webhooks-key"],
        json!(["s3cret", "password"])
    );
    assert_eq!(
        file["settings"]["parts"][0]["key"],
        json!(["inner", "password"])
    );
    assert_eq!(
        file["settings"]["email-port"],
        json!(["", "number"]),
        "a default"
    );
    assert_eq!(file["external_settings"], mine["external_settings"]);

    let changes = json!({
        "settings": {
            "rtl": false, "title": ["Other", "text"], "webhooks-enabled": [false, "checkbox"],
            "webhooks-key": ["other", "password"], "email-port": [25, "number"],
            "departments": [[], "repeater"],
        },
        "external_settings": {"emails": []},
    });
    let mut changes = changes;
    changes["settings"]["rtl"] = json!([false, "checkbox"]);
    let changed = server.call(Body::Json, "save-settings", changes).await;
    assert_eq!(changed.response(), json!(true));
    assert_ne!(settings(&server).await, before);

    // With its key a second time: nothing is done twice.
    let import = json!({"file_url": url, "idempotency_key": "import-1"});
    for body in [Body::Php, Body::Jquery] {
        let answer = server.call(body, "import-settings", import.clone()).await;
        assert_eq!(answer.response(), json!(true), "{body:?}");
    }
    assert_eq!(settings(&server).await, before);
    let emails = server.ok("get-setting", json!({"setting": "emails"})).await;
    assert_eq!(emails, json!([{"subject": "Hi"}]));
    let last = exported(&server).await;
    assert_eq!(
        server.send(server.get(&last)).await.json(),
        file,
        "secrets too"
    );
    let import = json!({"file_url": last});
    assert_eq!(
        server.ok("import-settings", import).await,
        json!(true),
        "nothing new"
    );
    server.restart();
    assert_eq!(settings(&server).await, before);

    let told = server.events_told();
    assert!(told.contains("file.created") && told.contains("settings.saved"));
    assert!(!told.contains("s3cret") && !told.contains("inner"));
}

/// What importing the file at this URL is refused with, and that nothing was saved.
async fn refused(server: &Server, url: &str) -> String {
    let before = settings(server).await;
    let code = server
        .refused("import-settings", json!({"file_url": url}))
        .await;
    assert_eq!(settings(server).await, before, "nothing was saved: {url}");
    code
}

async fn an_import_is_all_or_nothing(server: Server) {
    let engine = server.engine();
    // By default nothing private is called, whatever stands there.
    let peer = Vendor::answering(200, json!({"settings": {"rtl": [true, "checkbox"]}})).await;
    assert_eq!(refused(&server, &peer.url).await, "security-error");
    assert_eq!(
        refused(&server, "http://169.254.169.254/latest/meta-data/").await,
        "security-error"
    );
    assert_eq!(
        refused(&server, "file:///etc/passwd").await,
        "security-error"
    );
    assert!(peer.asked().is_empty());
    for path in [
        "settings_nowhere.json",
        "../admin-token",
        "..%2Fadmin-token",
    ] {
        let url = format!("{}/uploads/{path}", server.address());
        assert_eq!(refused(&server, &url).await, "invalid-argument", "{path}");
    }
    assert_eq!(
        server.refused("import-settings", json!({})).await,
        "missing-argument"
    );
    drop(server);

    let server = Setup::on(engine).config(LOOPBACK).start().await;
    peer.answer(
        200,
        json!({"settings": {"rtl": [true, "checkbox"], "webhooks-url": ["no URL", "text"]}}),
    );
    assert_eq!(refused(&server, &peer.url).await, "invalid-argument");
    peer.answer(200, json!(["no", "settings"]));
    assert_eq!(refused(&server, &peer.url).await, "invalid-argument");
    peer.answer(404, json!({"settings": {"rtl": [true, "checkbox"]}}));
    assert_eq!(refused(&server, &peer.url).await, "invalid-argument");
    peer.answer(503, json!({}));
    assert_eq!(refused(&server, &peer.url).await, "unavailable");
    peer.answer(200, json!({"settings": {}, "more": "x".repeat(33 << 20)}));
    assert_eq!(refused(&server, &peer.url).await, "too-large");
    let nobody = Vendor::answering(200, json!({})).await.url.clone();
    assert_eq!(refused(&server, &nobody).await, "unavailable");

    peer.answer(
        200,
        json!({"settings": {"rtl": [true, "checkbox"], "webhooks-url": ["https://example.com/", "text"]}}),
    );
    let import = json!({"file_url": format!(" {}/settings.json ", peer.url)});
    assert_eq!(server.ok("import-settings", import).await, json!(true));
    let seen = settings(&server).await;
    assert_eq!(seen["rtl"], json!([true, "checkbox"]));
    assert_eq!(
        seen["webhooks-url"],
        json!(["https://example.com/", "text"])
    );
    let asked = peer.asked();
    assert_eq!(
        asked.last().map(|asked| asked.what.as_str()),
        Some("GET /settings.json")
    );
}

/// What one workspace wrote, another takes.
#[tokio::test]
async fn settings_move_from_one_service_to_another() {
    let from = Server::start(Engine::Sqlite).await;
    let mine = json!({"settings": {
        "webhooks-key": ["s3cret", "password"], "own": ["x", "text"],
        "departments": [[{"department-id": "3", "department-name": "Help"}], "repeater"],
    }});
    assert_eq!(from.ok("save-settings", mine).await, json!(true));
    let url = exported(&from).await;
    let to = Setup::on(Engine::Sqlite).config(LOOPBACK).start().await;
    assert_eq!(
        to.ok("import-settings", json!({"file_url": url})).await,
        json!(true)
    );
    assert_eq!(settings(&to).await, settings(&from).await);
    assert_eq!(
        to.ok("get-departments", json!({})).await,
        from.ok("get-departments", json!({})).await
    );
}

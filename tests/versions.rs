//! Versions, new releases that are signed, and apps.

use serde_json::{Value, json};

use crate::harness::{LOOPBACK, Releases, Server, Setup, on_both_engines};

on_both_engines!(
    apps_are_switched_on_with_their_keys,
    a_signed_release_is_staged_and_nothing_else,
);

async fn apps_are_switched_on_with_their_keys(server: Server) {
    let versions = server.ok("get-versions", json!({})).await;
    let own = env!("CARGO_PKG_VERSION");
    assert_eq!(
        versions,
        json!({"sb": own, "dialogflow": own, "slack": own, "openai": own})
    );
    let key = |app: &'static str| server.ok("app-get-key", json!({"app_name": app}));
    assert_eq!(key("slack").await, json!(false), "no key yet");
    assert_eq!(key("nonsense").await, json!(false), "no such app");
    let activation =
        json!({"app_name": " slack ", "key": "9300AB16-014ZEE12", "idempotency_key": "app-1"});
    let done = server.ok("app-activation", activation.clone()).await;
    assert_eq!(done, json!("success"));
    assert_eq!(
        server.ok("app-activation", activation).await,
        done,
        "again with its key"
    );
    assert_eq!(key("slack").await, json!("9300AB16-014ZEE12"));
    assert_eq!(key("dialogflow").await, json!(false), "not another's");
    let settings = server.ok("get-settings", json!({})).await;
    assert_eq!(settings["slack-enabled"], json!([true, "checkbox"]));
    assert_eq!(settings["app-slack-key"], json!(["********", "password"]));
    assert_eq!(settings["dialogflow-enabled"], json!([false, "checkbox"]));

    let refused = |arguments: Value| server.refused("app-activation", arguments);
    assert_eq!(
        refused(json!({"app_name": "whatsapp", "key": "A1"})).await,
        "invalid-argument"
    );
    assert_eq!(
        refused(json!({"app_name": "slack", "key": "---"})).await,
        "invalid-argument"
    );
    assert_eq!(
        refused(json!({"app_name": "slack"})).await,
        "missing-argument"
    );
    assert_eq!(refused(json!({"key": "A1"})).await, "missing-argument");
    assert_eq!(
        server.refused("app-get-key", json!({})).await,
        "missing-argument"
    );
    assert_eq!(key("slack").await, json!("9300AB16-014ZEE12"), "as it was");
    let told = server.events_told();
    assert!(told.contains("settings.saved") && !told.contains("9300AB16"));
}

/// That neither asking nor updating works, and that nothing was staged.
async fn refused(server: &Server, code: &str, why: &str) {
    for function in ["updates-available", "update"] {
        assert_eq!(server.refused(function, json!({})).await, code, "{why}");
    }
    assert!(!server.data_dir().join("releases").exists(), "{why}");
}

async fn a_signed_release_is_staged_and_nothing_else(server: Server) {
    let engine = server.engine();
    refused(&server, "unavailable", "not configured").await;
    let releases = Releases::start().await;
    let settings = json!({"update-index": releases.index(), "update-key": releases.key()});
    server.save(settings.clone()).await;
    refused(&server, "update-error", "a private address").await;
    for (id, wrong) in [("update-key", "nonsense"), ("update-index", "/etc/passwd")] {
        let settings = json!({"settings": {id: wrong}});
        let code = server.refused("save-settings", settings).await;
        assert_eq!(code, "invalid-argument", "{id}");
    }
    drop(server);

    let server = Setup::on(engine).config(LOOPBACK).start().await;
    server.save(settings).await;
    let available = || server.ok("updates-available", json!({}));

    let good = releases.signed(&json!([releases.release("999.0.0")]));
    let mut forged = good.clone();
    forged["signed"] = json!(
        good["signed"]
            .as_str()
            .expect("a text")
            .replace("999", "998")
    );
    releases.answer(200, forged);
    refused(&server, "update-error", "forged").await;
    releases.answer(200, json!({"releases": [releases.release("999.0.0")]}));
    refused(&server, "update-error", "not signed").await;
    releases.answer(404, good);
    refused(&server, "update-error", "not there").await;

    for releases_now in [json!([]), json!([releases.release("0.0.1")])] {
        releases.publish(&releases_now);
        assert_eq!(available().await, json!(false));
        assert_eq!(server.refused("update", json!({})).await, "update-error");
    }
    let mut foreign = releases.release("999.0.0");
    foreign["files"][0]["platform"] = json!("plan9-mips");
    releases.publish(&json!([foreign]));
    assert_eq!(available().await, json!(false));
    releases.publish(&json!([releases.release(env!("CARGO_PKG_VERSION"))]));
    assert_eq!(available().await, json!(false), "it is this one");

    let mut other = releases.release("999.0.0");
    other["files"][0]["sha256"] = json!("0".repeat(64));
    releases.publish(&json!([other]));
    assert_eq!(available().await, json!(true));
    assert_eq!(
        server.refused("update", json!({})).await,
        "update-error",
        "another program than the signed one"
    );
    let mut shorter = releases.release("999.0.0");
    shorter["files"][0]["bytes"] = json!(3);
    releases.publish(&json!([shorter]));
    assert_eq!(server.refused("update", json!({})).await, "update-error");
    let mut own_file = releases.release("999.0.0");
    own_file["files"][0]["url"] = json!("file:///etc/hostname");
    releases.publish(&json!([own_file]));
    assert_eq!(
        server.refused("update", json!({})).await,
        "update-error",
        "an index of the network names no files of this machine"
    );
    assert!(!server.data_dir().join("releases").exists());

    releases.publish(&json!([
        releases.release("0.0.1"),
        releases.release("999.0.0")
    ]));
    let before = releases.fetched();
    let update = json!({"idempotency_key": "update-1"});
    assert_eq!(server.ok("update", update.clone()).await, json!("success"));
    assert_eq!(server.ok("update", update).await, json!("success"));
    assert_eq!(releases.fetched(), before + 1, "once for its key");
    assert_staged(&server, "999.0.0").await;
    assert_eq!(available().await, json!(true), "it is not installed");
    let versions = server.ok("get-versions", json!({})).await;
    assert_eq!(versions["sb"], env!("CARGO_PKG_VERSION"));

    // The same from a folder of the server's: nothing is fetched.
    let folder = tempfile::tempdir().expect("a folder");
    let program = folder.path().join("program");
    std::fs::write(&program, Releases::program().to_string()).expect("written");
    let mut release = releases.release("999.1.0");
    release["files"][0]["url"] = json!(format!("file://{}", program.display()));
    let index = folder.path().join("index.json");
    std::fs::write(&index, releases.signed(&json!([release])).to_string()).expect("written");
    let place = format!("file://{}", index.display());
    server.save(json!({"update-index": place})).await;
    assert_eq!(available().await, json!(true));
    assert_eq!(server.ok("update", json!({})).await, json!("success"));
    assert_staged(&server, "999.1.0").await;
    assert_eq!(releases.fetched(), before + 1);
    std::fs::remove_file(&index).expect("removed");
    assert_eq!(server.refused("update", json!({})).await, "update-error");
}

async fn assert_staged(server: &Server, version: &str) {
    let folder = server.data_dir().join("releases");
    let staged: Vec<_> = std::fs::read_dir(&folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    assert_eq!(staged, [version], "the newest alone");
    let program = std::fs::read(folder.join(version).join("havefunnels")).expect("a program");
    assert_eq!(program, Releases::program().to_string().into_bytes());
    let said = server
        .ok("get-setting", json!({"setting": "update-staged"}))
        .await;
    let said = said.as_str().expect("a text");
    let line = format!("install -m 755 DATA_DIR/releases/{version}/havefunnels");
    assert!(said.contains(&line), "{said}");
}

//! chat-css: the chat's colours, and nothing but colours.

use serde_json::{Value, json};

use crate::harness::{Engine, Server};

async fn sheet(server: &Server, arguments: Value) -> String {
    let answer = server.ok("chat-css", arguments).await;
    answer.as_str().expect("a text").to_owned()
}

#[tokio::test]
async fn colours_are_given_or_saved() {
    let server = Server::start(Engine::Sqlite).await;
    let css = sheet(&server, json!({})).await;
    let default = "--chat-color-1: #2b6cf6; --chat-color-2: #1f4fb8; --chat-color-3: #f2f5fa;";
    assert!(css.contains(default), "{css}");
    let settings =
        json!({"settings": {"color-1": ["RGB(1,2,3)", "color"], "color-2": ["#0F08", "color"]}});
    assert_eq!(server.ok("save-settings", settings).await, true);
    let saved = server
        .ok("get-setting", json!({"setting": "color-1"}))
        .await;
    assert_eq!(saved, "RGB(1,2,3)");
    let css = sheet(&server, json!({"color_3": "fff", "color_2": ""})).await;
    let mixed =
        "--chat-color-1: #010203; --chat-color-2: rgba(0, 255, 0, 0.53); --chat-color-3: #ffffff;";
    assert!(css.contains(mixed), "{css}");
    let braces = |brace| css.matches(brace).count();
    assert_eq!(braces('{'), braces('}'));
}

#[tokio::test]
async fn anything_else_is_refused() {
    let server = Server::start(Engine::Sqlite).await;
    for wrong in [
        "red",
        "#12",
        "#fff;} body { display: none",
        "url(https://evil.example/)",
        "rgb(300, 0, 0)",
        "</style><script>alert(1)</script>",
    ] {
        for name in ["color_1", "color_2", "color_3"] {
            let refused = server.refused("chat-css", json!({name: wrong})).await;
            assert_eq!(refused, "invalid-argument", "{name} {wrong:?}");
        }
        let settings = json!({"settings": {"color-1": [wrong, "color"]}});
        assert_eq!(
            server.refused("save-settings", settings).await,
            "invalid-argument"
        );
    }
    let empty = json!({"settings": {"color-1": ["", "color"]}});
    assert_eq!(server.ok("save-settings", empty).await, true);
    assert!(
        sheet(&server, json!({})).await.contains("#2b6cf6"),
        "the default"
    );
}

//! Translations: saved as a whole, answered as saved, with a file of what was before.

use serde_json::{Map, Value, json};

use crate::harness::{Body, Engine, Peers, Server, on_both_engines};

on_both_engines!(scenario_22_translations);

/// Texts with everything that forms and paths could break.
fn texts(count: usize) -> Map<String, Value> {
    let odd = [
        "All fields are required.",
        "a.b.c",
        "with \"quotes\" and 'more'",
        "100 % & more = less + ?",
        "Activation complete! Page reload in progress...",
        " blanks ",
        "new\nline",
        "أنشطة",
        "back\\slash",
        "👋 hello",
    ];
    let mut texts: Map<String, Value> = odd
        .iter()
        .map(|text| ((*text).to_owned(), json!(format!("«{text}» جميع المقالات"))))
        .collect();
    for number in texts.len()..count {
        texts.insert(
            format!("Text no. {number}: \"ready\""),
            json!(format!("النص {number}.")),
        );
    }
    texts
}

async fn backups(server: &Server) -> Vec<Value> {
    let folder = std::fs::read_dir(server.data_dir().join("uploads")).expect("the uploads");
    let mut found: Vec<_> = folder
        .map(|entry| entry.expect("an entry").path())
        .collect();
    found.retain(|path| {
        path.file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with("translations-"))
    });
    let mut read = Vec::new();
    for path in found {
        let name = path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        assert!(
            name.len() > "translations-2020-05-12-.json".len() + 20,
            "{name}"
        );
        let file = server.send(server.get(&format!("/uploads/{name}"))).await;
        assert_eq!(file.status, 200);
        read.push(file.json());
    }
    read
}

async fn scenario_22_translations(mut server: Server) {
    let unknown = json!({"language_code": "xx"});
    assert_eq!(server.ok("get-translation", unknown.clone()).await, false);
    let before = server.ok("get-translations", json!({})).await;
    assert!(
        before
            .as_object()
            .is_some_and(|languages| languages.len() >= 10)
    );
    assert_eq!(before["ar"]["front"]["All articles"], "جميع المقالات");
    assert_eq!(before.get("xx"), None);

    let language =
        json!({"name": "Xxish", "front": texts(1_500), "admin": {"Activate": "", "A.B": "c"}});
    for body in [Body::Php, Body::Jquery, Body::Json] {
        let saved = json!({"translations": {"xx": language}});
        assert_eq!(
            server
                .call(body, "save-translations", saved)
                .await
                .response(),
            true,
            "{body:?}"
        );
        assert_eq!(
            server.ok("get-translation", unknown.clone()).await,
            language,
            "{body:?}"
        );
    }
    let mut expected = before.clone();
    expected["xx"] = language.clone();
    assert_eq!(server.ok("get-translations", json!({})).await, expected);

    let files = backups(&server).await;
    assert_eq!(files.len(), 3, "one each time");
    assert!(files.contains(&before) && files.contains(&expected));

    // What was answered can be saved, changed, and saved again; a file restores what was before.
    let whole = json!({"translations": expected});
    assert_eq!(
        server
            .call(Body::Json, "save-translations", whole)
            .await
            .response(),
        true
    );
    assert_eq!(server.ok("get-translations", json!({})).await, expected);
    let fewer = json!({"translations": {"xx": {"front": {"a.b.c": "d"}}}});
    server.ok("save-translations", fewer).await;
    let now = server.ok("get-translation", unknown.clone()).await;
    assert_eq!(
        now,
        json!({"name": "Xxish", "front": {"a.b.c": "d"}, "admin": language["admin"]})
    );
    let text = json!({"translations": expected.to_string()});
    server.ok("save-translations", text).await;
    server.restart();
    assert_eq!(server.ok("get-translations", json!({})).await, expected);
    server.stop();
    server.assert_sound();
}

#[tokio::test]
async fn fifty_thousand_at_once() {
    let server = Server::start(Engine::Sqlite).await;
    let texts = texts(50_000);
    let language = json!({"name": "Xxish", "front": texts, "admin": {}});
    let saved = json!({"translations": {"xx": language}, "idempotency_key": "once"});
    let answer = server
        .call(Body::Json, "save-translations", saved.clone())
        .await;
    assert_eq!(answer.response(), true);
    let read = || server.ok("get-translation", json!({"language_code": "XX"}));
    assert_eq!(read().await, language);
    let head = server.events(&[]).len();
    let again = server.call(Body::Json, "save-translations", saved).await;
    assert_eq!(again.response(), true);
    assert_eq!(server.events(&[]).len(), head, "remembered");
    assert_eq!(backups(&server).await.len(), 1);
    // As a form in brackets too.
    let mut other = language;
    other["front"]["a.b.c"] = json!("changed");
    let form = json!({"translations": {"xx": other}});
    assert_eq!(
        server
            .call(Body::Php, "save-translations", form)
            .await
            .response(),
        true
    );
    assert_eq!(read().await, other);
    let events = server.events(&["--types", "translations.saved"]);
    let last = events.last().expect("an event");
    assert_eq!(
        last["data"]["texts"],
        json!({"a.b.c": "changed"}),
        "only what changed"
    );
}

#[tokio::test]
async fn refusals_change_nothing() {
    let server = Server::start(Engine::Sqlite).await;
    let before = server.ok("get-translations", json!({})).await;
    let cases = [
        (json!({}), "missing-argument"),
        (json!({"translations": "nonsense"}), "invalid-argument"),
        (
            json!({"translations": {"../x": {"front": {"a": "b"}}}}),
            "invalid-argument",
        ),
        (
            json!({"translations": {"es": {"front": {"a": {"b": "c"}}}}}),
            "invalid-argument",
        ),
        (
            json!({"translations": {"es": {"front": {"a": "x".repeat(10_001)}}}}),
            "too-large",
        ),
        (
            json!({"translations": {"es": {"nonsense": {"a": "b"}}}}),
            "invalid-argument",
        ),
    ];
    for (arguments, code) in cases {
        assert_eq!(server.refused("save-translations", arguments).await, code);
    }
    assert_eq!(server.ok("get-translations", json!({})).await, before);
    assert_eq!(backups(&server).await.len(), 0);
    for code in ["", "../es", "none"] {
        let answer = server
            .ok("get-translation", json!({"language_code": code}))
            .await;
        assert_eq!(answer, false, "{code:?}");
    }
    assert_eq!(
        server.refused("get-translation", json!({})).await,
        "missing-argument"
    );
}

#[tokio::test]
async fn emails_speak_the_language_of_who_gets_them() {
    let peers = Peers::start().await;
    let server = peers.service(Engine::Sqlite).await;
    let john = json!({
        "first_name": "John", "email": "john@example.com", "user_type": "user",
        "settings_extra": {"language": ["es", "Language"]},
    });
    let john = server.add_user(john).await;
    let ada = server.agent("Ada").await;
    let email = json!({"recipient_id": john, "sender_id": ada, "message": "Hola"});
    assert_eq!(server.ok("send-email", email.clone()).await, true);
    let own = json!({"translations": {"es": {"front": {
        "{sender_name} has sent you a message": "Mensaje de {sender_name}",
    }}}});
    server.ok("save-translations", own).await;
    assert_eq!(server.ok("send-email", email).await, true);
    let mails = peers.mail.wait(2).await;
    assert_eq!(mails[0]["subject"], "Ada Agent le ha enviado un mensaje");
    assert_eq!(mails[1]["subject"], "Mensaje de Ada Agent");
}

//! API tokens: made, kept, and how they end.

use std::path::Path;

use serde_json::{Value, json};

use crate::harness::{Engine, Server, Setup, column, eventually};

/// A day, in seconds.
const DAY: i64 = 24 * 60 * 60;
/// What both doors answer to a token that opens nothing.
const NO_TOKEN: &str = "401 invalid-token";

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

#[tokio::test]
async fn a_call_is_the_admins_who_made_the_token() {
    let server = Server::start(Engine::Sqlite).await;
    let ada = server
        .add_user(json!({"first_name": "Ada", "user_type": "admin"}))
        .await;
    let own = text(&server.row(ada).await["token"]);
    // Another's cookie says who is active, and not who makes a token.
    let arguments = json!({"name": "Ada's", "scope": "write"});
    let login = json!({"email": "jim@example.com", "password": "secret"});
    server.add_user(login.clone()).await;
    let cookie = text(&server.ok("login", login).await[1]);
    let request = server.post("/v1/tokens/create").bearer_auth(&own);
    let request = request.header("cookie", format!("sb-login={cookie}"));
    let created = server.send(request.json(&arguments)).await.json();
    let listed = server.v1("tokens/list", json!({})).await.json();
    assert_eq!(
        (&listed[0]["id"], &listed[0]["admin"], &listed[0]["state"]),
        (&created["id"], &json!(ada), &json!("valid"))
    );
    let add = json!({"first_name": "John"});
    server
        .v1_by(&text(&created["token"]), "add-user", add)
        .await;
    assert_eq!(server.events(&[]).last().expect("an event")["actor"], ada);
}

#[tokio::test]
async fn an_answer_is_given_again_to_nobody_but_its_caller() {
    let server = Server::start(Engine::Sqlite).await;
    let john = json!({"first_name": "John", "email": "john@example.com", "password": "secret-j"});
    server.add_user(john).await;
    let login =
        json!({"email": "john@example.com", "password": "secret-j", "idempotency_key": "k"});
    let of_admin = server.ok("login", login.clone()).await;
    assert_eq!(server.ok("login", login.clone()).await, of_admin);
    assert_ne!(of_admin[0]["token"], "");
    let [one, other] = [
        server.api_token("write").await,
        server.api_token("write").await,
    ];
    let of_one = server
        .call_by(&one, "login", login.clone())
        .await
        .response();
    assert_eq!(of_one[0]["token"], "");
    let again = server
        .call_by(&one, "login", login.clone())
        .await
        .response();
    assert_eq!(again, of_one, "its own is");
    let of_other = server.call_by(&other, "login", login).await.response();
    assert_ne!(of_other[1], of_one[1], "a cookie of its own");
}

#[tokio::test]
async fn a_token_ends_when_it_expires_or_is_revoked() {
    let mut server = Server::start(Engine::Sqlite).await;
    let made = |days: u32| json!({"name": "Report", "scope": "read", "expires_in_days": days});
    let short = server.v1("tokens/create", made(1)).await.json();
    let long = server.v1("tokens/create", made(3)).await.json();
    let opens = async |server: &Server, token: &Value| {
        let answer = server
            .v1_by(&text(&token["token"]), "get-users", json!({}))
            .await;
        answer.status == 200
    };
    server.restart();
    assert!(
        opens(&server, &short).await && opens(&server, &long).await,
        "outlives a restart"
    );
    server.move_clock(DAY + 60);
    assert!(!opens(&server, &short).await && opens(&server, &long).await);
    let revoked = server.v1("tokens/revoke", json!({"id": long["id"]})).await;
    assert_eq!(revoked.json(), true);
    for token in [&long["token"], &short["token"]] {
        let token = text(token);
        let answer = server.refused_by(&token, "get-users", json!({})).await;
        assert_eq!(answer, NO_TOKEN);
    }
    server.kill9();
    server.start_again();
    assert!(!opens(&server, &long).await, "and stays revoked");
    let listed = server.v1("tokens/list", json!({})).await;
    assert_eq!(column(&listed.json(), "state"), ["revoked", "expired"]);
    for secret in [&long["token"], &short["token"]] {
        assert!(!listed.text().contains(&text(secret)) && !listed.text().contains("hash"));
    }
    let unknown = server.v1("tokens/revoke", json!({"id": 99})).await;
    assert_eq!(unknown.problem(), "invalid-argument");
    let page = server.v1("tokens/list", json!({"before": 2})).await.json();
    assert_eq!(page[0]["id"], short["id"]);
    server.stop();
    let verified = server.verb("verify", &[]);
    assert!(
        verified.status.success(),
        "{}",
        String::from_utf8_lossy(&verified.stdout)
    );
}

#[tokio::test]
async fn a_token_ends_with_its_admin() {
    let server = Server::start(Engine::Sqlite).await;
    let mut of_admins = Vec::new();
    for name in ["Ada", "Bob"] {
        let id = server
            .add_user(json!({"first_name": name, "user_type": "admin"}))
            .await;
        let own = text(&server.row(id).await["token"]);
        let arguments = json!({"name": name, "scope": "admin"});
        let created = server.v1_by(&own, "tokens/create", arguments).await.json();
        of_admins.push((id, text(&created["token"])));
    }
    let [(ada, of_ada), (bob, of_bob)] = <[_; 2]>::try_from(of_admins).expect("two");
    let status = async |token: &str| server.v1_by(token, "get-users", json!({})).await.status;
    assert_eq!((status(&of_ada).await, status(&of_bob).await), (200, 200));
    server.ok("delete-user", json!({"user_id": ada})).await;
    let gone = server.refused_by(&of_ada, "get-users", json!({})).await;
    assert_eq!(gone, NO_TOKEN);
    // Bob is an admin no more; and when he is one again, his token is not.
    for user_type in ["agent", "admin"] {
        let arguments = json!({"user_id": bob, "user_type": user_type});
        server.ok("update-user", arguments).await;
        let gone = server.refused_by(&of_bob, "get-users", json!({})).await;
        assert_eq!(gone, NO_TOKEN, "{user_type}");
    }
    let listed = server.v1("tokens/list", json!({})).await.json();
    assert_eq!(column(&listed, "state"), ["revoked", "revoked"]);
}

/// The erasure forgets that Bob was an admin, and not that his token has ended.
#[tokio::test]
async fn a_token_stays_ended_when_its_admin_is_forgotten() {
    let setup = Setup::on(Engine::Sqlite).config("erase_after_seconds = 0\n");
    let mut server = setup.start().await;
    let bob = json!({"first_name": "Bob", "user_type": "admin"});
    let bob = server.add_user(bob).await;
    let own = text(&server.row(bob).await["token"]);
    let arguments = json!({"name": "Bob's", "scope": "admin"});
    let created = server.v1_by(&own, "tokens/create", arguments).await.json();
    let demoted = json!({"user_id": bob, "user_type": "user"});
    server.ok("update-user", demoted).await;
    server.ok("delete-user", json!({"user_id": bob})).await;
    eventually("it is forgotten that he was an admin", || async {
        let changed = server.events(&["--types", "user.type-changed"]);
        changed[0]["erased"] == true
    })
    .await;
    let token = text(&created["token"]);
    let gone = server.refused_by(&token, "get-users", json!({})).await;
    assert_eq!(gone, NO_TOKEN);
    server.stop();
    let verified = server.verb("verify", &[]);
    let said = String::from_utf8_lossy(&verified.stdout);
    assert!(verified.status.success(), "{said}");
}

/// Whether any file below a folder has these bytes in it.
fn is_below(folder: &Path, bytes: &[u8]) -> bool {
    let entries = std::fs::read_dir(folder).expect("a folder");
    entries
        .map(|entry| entry.expect("an entry").path())
        .any(|path| {
            if path.is_dir() {
                return is_below(&path, bytes);
            }
            let file = std::fs::read(&path).unwrap_or_default();
            file.windows(bytes.len()).any(|window| window == bytes)
        })
}

#[tokio::test]
async fn a_token_is_shown_once_and_kept_nowhere() {
    let mut server = Setup::on(Engine::Sqlite)
        .env("RUST_LOG", "trace")
        .start()
        .await;
    let create = || {
        let request = server.post("/v1/tokens/create").bearer_auth(&server.token);
        let arguments = json!({"name": "Report", "scope": "read"});
        request.header("idempotency-key", "once").json(&arguments)
    };
    let first = server.send(create()).await.json();
    let again = server.send(create()).await.json();
    assert_eq!((&again["id"], &again["token"]), (&first["id"], &json!("")));
    let token = text(&first["token"]);
    assert!(token.len() == 40 && token.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let plain = server.v1_by(&token, "get-users", json!({})).await;
    let compatible = server.call_by(&token, "get-users", json!({})).await;
    assert_eq!(compatible.response(), plain.json());
    let refused = server.refused_by(&token, "add-user", json!({})).await;
    assert_eq!(refused, "403 security-error");
    let events = server.events(&["--types", "api-token.created"]);
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["data"]["token_hash"], "********");
    let log = server.log();
    assert!(log.contains("TRACE") && !log.contains(&token));
    let of_john = server.user("John", "Doe", "john@example.com").await;
    let of_john = text(&server.row(of_john).await["token"]);
    // What was written last is not compressed yet.
    server.kill9();
    let is_kept = |token: &str| is_below(&server.data_dir(), token.as_bytes());
    assert!(is_kept(&of_john), "a user's own is, to be answered");
    assert!(!is_kept(&token));
}

#[tokio::test]
async fn the_command_line_makes_lists_and_revokes() {
    let server = Server::start(Engine::Sqlite).await;
    let run = |line: &str| {
        let line = format!("token {line} --url {}", server.address());
        let line: Vec<&str> = line.split(' ').collect();
        let output = server.run(&line);
        let said = |bytes| String::from_utf8(bytes).expect("UTF-8");
        (
            output.status.code(),
            said(output.stdout),
            said(output.stderr),
        )
    };
    let create = "create --name Report --scope read --expires-in-days 9";
    let (code, token, said) = run(create);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("token 1 until"), "{said}");
    let token = token.trim();
    let answer = server.v1_by(token, "get-users", json!({})).await;
    assert_eq!(answer.status, 200, "{answer}");
    let (_, listed, _) = run("list");
    let row: Value = serde_json::from_str(listed.trim()).expect("one row");
    assert_eq!(
        (&row["name"], &row["state"]),
        (&json!("Report"), &json!("valid"))
    );
    assert!(!listed.contains(token));
    let (code, said, _) = run("revoke 1");
    assert_eq!((code, said.trim()), (Some(0), "token 1 is revoked"));
    let gone = server.refused_by(token, "get-users", json!({})).await;
    assert_eq!(gone, NO_TOKEN);
    let (code, _, said) = run("revoke 7");
    assert!(code == Some(1) && said.contains("no API token 7"), "{said}");
    let (code, _, said) = run("create --name x --scope root");
    assert!(
        code == Some(2) && said.contains("read, write, admin"),
        "{said}"
    );
}

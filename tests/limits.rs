//! The size, number and depth of what is sent have limits, each with a clear error.

use reqwest::header::CONTENT_TYPE;
use serde_json::json;
use tokio::{io::AsyncWriteExt, net::TcpStream};

use crate::bad_input::{assert_of_the_table, given};
use crate::harness::{API, Body, Engine, Setup, column, texts};

const FORM: &str = "application/x-www-form-urlencoded";
#[tokio::test]
async fn bodies_have_a_size() {
    let (server, john, conversation) = given().await;
    let before = server.everything().await;
    let big = "x".repeat(9 << 20);
    let who = format!("user_id={john}&conversation_id={conversation}");
    assert_eq!(
        server
            .raw("send-message", &format!("{who}&message={big}"))
            .await
            .code(),
        "too-large"
    );
    let arguments = json!({"user_id": john, "conversation_id": conversation, "message": big});
    for body in [Body::Json, Body::Multipart] {
        assert_eq!(
            server
                .call(body, "send-message", arguments.clone())
                .await
                .code(),
            "too-large",
            "{body:?}"
        );
    }
    let answer = server.v1("send-message", arguments).await;
    assert_eq!(
        (answer.problem().as_str(), answer.status),
        ("too-large", 413)
    );
    assert_eq!(server.everything().await, before);
}

#[tokio::test]
async fn many_fields_arrive_whole_or_not_at_all() {
    let (server, john, _) = given().await;
    let ids = |count: usize| "user_ids[]=1000000&".repeat(count);
    let rows = server
        .raw("get-users", &format!("{}user_ids[]={john}", ids(5_000)))
        .await
        .response();
    assert_eq!(
        column(&rows, "id"),
        texts(&[john]),
        "the 5,000th field is read"
    );
    assert_of_the_table(
        &server
            .raw("get-users", &format!("{}user_ids[]={john}", ids(100_050)))
            .await,
    );
    let before = server.everything().await;
    let repeated = "user_ids[]=1&".repeat(100_050);
    assert_of_the_table(&server.raw("delete-users", &repeated).await);
    assert_eq!(server.everything().await, before);
}

#[tokio::test]
async fn depth_has_an_end() {
    let (server, john, _) = given().await;
    let before = server.everything().await;
    let brackets = format!("settings_extra{}=1", "[a]".repeat(500));
    assert_of_the_table(
        &server
            .raw("update-user", &format!("user_id={john}&{brackets}"))
            .await,
    );
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let deep = format!("{}1{}", open.repeat(500), close.repeat(500));
        assert_of_the_table(
            &server
                .raw(
                    "update-user",
                    &format!("user_id={john}&settings_extra={deep}"),
                )
                .await,
        );
        let body =
            format!(r#"{{"function":"update-user","user_id":{john},"settings_extra":{deep}}}"#);
        let request = server
            .post(API)
            .bearer_auth(&server.token)
            .header(CONTENT_TYPE, "application/json");
        assert_of_the_table(&server.send(request.body(body)).await);
        let unclosed = open.repeat(100_000);
        assert_of_the_table(
            &server
                .raw(
                    "update-user",
                    &format!("user_id={john}&settings_extra={unclosed}"),
                )
                .await,
        );
    }
    assert_eq!(server.everything().await, before);
}

#[tokio::test]
async fn bodies_that_are_not_what_they_say() {
    let (server, ..) = given().await;
    let before = server.everything().await;
    let bodies: [(&str, &[u8]); 8] = [
        ("application/json", b"{\"function\":"),
        ("application/json", b"[1,2,3]"),
        ("application/json", b"\"text\""),
        ("application/json", b""),
        ("multipart/form-data", b"no boundary"),
        (
            "multipart/form-data; boundary=x",
            b"--x\r\nContent-Disposition: form-data; name=\"function\"\r\n\r\ncut",
        ),
        (FORM, b"\x1f\x8b\x08\x00\x00"),
        (FORM, b"&&&&===&%%%&%zz=%1"),
    ];
    for (kind, body) in bodies {
        let request = server
            .post(API)
            .bearer_auth(&server.token)
            .header(CONTENT_TYPE, kind);
        assert_of_the_table(&server.send(request.body(body)).await);
    }
    assert_eq!(server.everything().await, before);
}

/// Who announces a body and sends it slowly, or never, keeps nobody else out.
#[tokio::test]
async fn slow_bodies_take_no_place() {
    let server = Setup::on(Engine::Sqlite).config("requests_max = 1\n");
    let server = server.start().await;
    let address = server.address().trim_start_matches("http://").to_owned();
    let mut slow = Vec::new();
    for path in ["/include/api.php", "/v1/get-users", "/slack/events"] {
        let mut stream = TcpStream::connect(&address).await.expect("it listens");
        let head = format!("POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nx");
        stream.write_all(head.as_bytes()).await.expect("sent");
        slow.push(stream);
    }
    for _ in 0..3 {
        server.ok("count-users", json!({})).await;
    }
}

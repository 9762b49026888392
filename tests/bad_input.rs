//! Arguments that are not what they should be: an error of the table, and nothing changed.

use reqwest::header::CONTENT_TYPE;
use serde_json::json;

use crate::harness::{API, Answer, Body, Engine, Server};

const FORM: &str = "application/x-www-form-urlencoded";

const CODES: [&str; 4] = [
    "invalid-argument",
    "missing-argument",
    "too-large",
    "function-not-found",
];

/// A server with a user, a conversation and a message that bad calls might damage.
pub async fn given() -> (Server, u64, u64) {
    let server = Server::start(Engine::Sqlite).await;
    let john = server.user("John", "Doe", "john@example.com").await;
    let conversation = server.conversation(john).await;
    server.say(john, conversation, "hello").await;
    (server, john, conversation)
}

/// The answer is a failure whose code is one of those for bad input.
pub fn assert_of_the_table(answer: &Answer) {
    let code = answer.code();
    assert!(CODES.contains(&code.as_str()), "{answer}");
}

#[tokio::test]
async fn an_id_is_a_decimal_and_nothing_else() {
    let (server, john, conversation) = given().await;
    let before = server.everything().await;
    let wrong = [
        "1 OR 1=1",
        "1;DROP TABLE users",
        "-1",
        "+1",
        "0x1",
        "1.0",
        "1e0",
        "１",
        "one",
        "1,2",
        "null",
        "NaN",
        "18446744073709551616",
        "99999999999999999999999999",
        "1\u{0}",
        "\u{0}",
        "{}",
        "[",
        "' OR ''='",
    ];
    for id in wrong {
        let calls = [
            ("get-user", json!({"user_id": id})),
            ("delete-user", json!({"user_id": id})),
            (
                "update-user",
                json!({"user_id": id, "first_name": "Mallory"}),
            ),
            ("get-conversation", json!({"conversation_id": id})),
            (
                "send-message",
                json!({"user_id": id, "conversation_id": conversation, "message": "x"}),
            ),
            (
                "send-message",
                json!({"user_id": john, "conversation_id": id, "message": "x"}),
            ),
            ("delete-message", json!({"message_id": id})),
        ];
        for (function, arguments) in calls {
            let answer = server.call(Body::Php, function, arguments).await;
            assert_eq!(answer.code(), "invalid-argument", "{id:?}: {answer}");
        }
    }
    let structures = ["user_id[]=1", "user_id[a]=1", "user_id[0][0]=1"];
    for fields in structures {
        assert_of_the_table(&server.raw("delete-user", fields).await);
    }
    for value in [
        json!(1.5),
        json!(true),
        json!({"id": 1}),
        json!([[1]]),
        json!(-1),
    ] {
        assert_of_the_table(
            &server
                .call(Body::Json, "delete-user", json!({"user_id": value}))
                .await,
        );
    }
    assert_eq!(server.everything().await, before);
}

#[tokio::test]
async fn arguments_of_a_wrong_type_are_refused() {
    let (server, john, conversation) = given().await;
    let before = server.everything().await;
    let calls = [
        ("get-users", "pagination=first"),
        ("get-users", "pagination=-1"),
        ("get-users", "sorting=[\"password\",\"ASC\"]"),
        ("get-users", "sorting=[\"last_name\",\"SIDEWAYS\"]"),
        (
            "get-users",
            "sorting[0]=last_name;DROP TABLE users&sorting[1]=ASC",
        ),
        ("get-users", "user_ids=[1,"),
        ("get-users", "user_ids=[1,\"x\"]"),
        ("get-users", "user_types=[\"boss\"]"),
        ("get-online-users", "sorting=password"),
        ("get-new-users", "datetime=yesterday"),
        ("get-new-users", "datetime=2024-13-45"),
        ("get-new-users", "datetime=2024-02-30 00:00:00"),
        ("delete-users", "user_ids=all"),
        ("delete-users", "user_ids=1 OR 1=1"),
        ("add-user", "first_name[]=John"),
        ("add-user", "first_name=a%00b"),
        ("add-user", "settings_extra=nonsense"),
        (
            "transcript",
            &format!("conversation_id={conversation}&type=exe"),
        ),
        (
            "transcript",
            &format!("conversation_id={conversation}&type=../../x"),
        ),
        ("new-conversation", &format!("user_id={john}&source=zz")),
        (
            "send-message",
            &format!("user_id={john}&conversation_id={conversation}&message=x&attachments=[[1"),
        ),
        (
            "send-message",
            &format!(
                "user_id={john}&conversation_id={conversation}&message=x&attachments=[[\"n\"]]"
            ),
        ),
        ("update-messages-status", "message_ids=[\"a\"]"),
    ];
    for (function, fields) in calls {
        let answer = server.raw(function, fields).await;
        assert!(
            ["invalid-argument", "invalid-user-type"].contains(&answer.code().as_str()),
            "{answer}"
        );
    }
    assert_eq!(server.everything().await, before);
}

#[tokio::test]
async fn text_must_be_utf8_without_nul() {
    let (server, john, conversation) = given().await;
    let before = server.everything().await;
    let who = format!("user_id={john}&conversation_id={conversation}");
    for message in ["%FF%FE", "%C3%28", "%ED%A0%80", "a%00b", "%F0%9F%98"] {
        let answer = server
            .raw("send-message", &format!("{who}&message={message}"))
            .await;
        assert_eq!(answer.code(), "invalid-argument", "{message}");
    }
    let mut body = format!(
        "token={}&function=send-message&{who}&message=",
        server.token
    )
    .into_bytes();
    body.extend([0xff, 0xfe]);
    let request = server.post(API).header(CONTENT_TYPE, FORM).body(body);
    assert_eq!(
        server.send(request).await.code(),
        "invalid-argument",
        "raw bytes"
    );
    let mut body = br#"{"function":"send-message","message":""#.to_vec();
    body.extend([0xc3, 0x28, b'"', b'}']);
    let request = server
        .post(API)
        .bearer_auth(&server.token)
        .header(CONTENT_TYPE, "application/json");
    assert_eq!(
        server.send(request.body(body)).await.code(),
        "invalid-argument",
        "in JSON"
    );
    let nul = json!({"user_id": john, "conversation_id": conversation, "message": "a\u{0}b"});
    assert_eq!(
        server.call(Body::Json, "send-message", nul).await.code(),
        "invalid-argument"
    );
    assert_eq!(server.everything().await, before);
}

#[tokio::test]
async fn an_empty_list_never_means_all() {
    let (server, ..) = given().await;
    let before = server.everything().await;
    for function in ["delete-users", "update-messages-status", "direct-message"] {
        for fields in [
            "",
            "user_ids=&message_ids=",
            "user_ids=[]&message_ids=[]",
            "user_ids[]=&message_ids[]=",
        ] {
            server
                .raw(function, &format!("{fields}&message=x"))
                .await
                .json();
        }
    }
    assert_eq!(server.everything().await, before);
    let rows = server
        .call(Body::Json, "get-users", json!({"user_ids": []}))
        .await;
    assert!(rows.json()["success"].is_boolean(), "{rows}");
}

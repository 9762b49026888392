//! How clients write arguments: every spelling of lists, objects, booleans, names and texts.

use serde_json::{Value, json};

use crate::harness::{Body, Engine, Server, column, sorted, texts};

async fn started() -> Server {
    Server::start(Engine::Sqlite).await
}

#[tokio::test]
async fn one_list_in_all_its_spellings() {
    let server = started().await;
    let (a, b) = (
        server.user("A", "A", "a@example.com").await,
        server.user("B", "B", "b@example.com").await,
    );
    let spellings = [
        format!("user_ids[0]={a}&user_ids[1]={b}"),
        format!("user_ids%5B0%5D={a}&user_ids%5B1%5D={b}"),
        format!("user_ids[]={a}&user_ids[]={b}"),
        format!("user_ids[7]={a}&user_ids[3]={b}"),
        format!("user_ids=[{a},{b}]"),
        format!("user_ids=[\"{a}\",\"{b}\"]"),
        format!("user_ids={a},{b}"),
        format!("user_ids={a},+{b}+"),
    ];
    for fields in spellings {
        let rows = server.raw("get-users", &fields).await.response();
        assert_eq!(
            sorted(column(&rows, "id")),
            sorted(texts(&[a, b])),
            "{fields}"
        );
    }
    let rows = server
        .raw("get-users", &format!("user_ids={b}"))
        .await
        .response();
    assert_eq!(
        column(&rows, "id"),
        texts(&[b]),
        "a single value is a list of one"
    );
    for body in [Body::Php, Body::Jquery, Body::Json, Body::Multipart] {
        let rows = server
            .call(body, "get-users", json!({"user_ids": [a, b]}))
            .await
            .response();
        assert_eq!(
            sorted(column(&rows, "id")),
            sorted(texts(&[a, b])),
            "{body:?}"
        );
    }
}

#[tokio::test]
async fn lists_of_lists_and_objects_in_all_their_spellings() {
    let server = started().await;
    let john = server.user("John", "Doe", "john@example.com").await;
    let conversation = server.conversation(john).await;
    let who = format!("user_id={john}&conversation_id={conversation}");
    let expected = json!([
        ["z.png", "https://example.com/z"],
        ["a.png", "https://example.com/a"]
    ]);
    let spellings = [
        "attachments[0][0]=z.png&attachments[0][1]=https://example.com/z\
         &attachments[1][0]=a.png&attachments[1][1]=https://example.com/a",
        "attachments[0][]=z.png&attachments[0][]=https://example.com/z\
         &attachments[1][]=a.png&attachments[1][]=https://example.com/a",
        "attachments[9][5]=z.png&attachments[9][6]=https://example.com/z\
         &attachments[2][0]=a.png&attachments[2][1]=https://example.com/a",
        r#"attachments=[["z.png","https://example.com/z"],["a.png","https://example.com/a"]]"#,
    ];
    for (number, attachments) in spellings.into_iter().enumerate() {
        server
            .raw("send-message", &format!("{who}&{attachments}"))
            .await
            .response();
        let stored = server.messages(conversation).await[number]["attachments"].clone();
        let stored: Value = serde_json::from_str(stored.as_str().expect("a text")).expect("JSON");
        assert_eq!(stored, expected, "{attachments}");
    }
    let spellings = [
        "settings_extra[phone][0]=%2B1&settings_extra[phone][1]=Phone",
        "settings_extra[phone][]=%2B1&settings_extra[phone][]=Phone",
        r#"settings_extra={"phone":["%2B1","Phone"]}"#,
    ];
    for fields in spellings {
        let user = server.raw("add-user", fields).await.response();
        let details = server.ok("get-user-extra", json!({"user_id": user})).await;
        assert_eq!(
            details,
            json!([{"slug": "phone", "name": "Phone", "value": "+1"}]),
            "{fields}"
        );
    }
}

#[tokio::test]
async fn true_and_false_in_all_their_spellings() {
    let server = started().await;
    let john = server.user("John", "Doe", "john@example.com").await;
    for (word, yes) in [
        ("1", true),
        ("true", true),
        ("0", false),
        ("false", false),
        ("", false),
        ("TRUE", true),
    ] {
        let row = server
            .raw("get-user", &format!("user_id={john}&extra={word}"))
            .await
            .response();
        assert_eq!(row.get("details").is_some(), yes, "extra={word}");
    }
    for body in [Body::Php, Body::Jquery, Body::Json, Body::Multipart] {
        for yes in [true, false] {
            let row = server
                .call(body, "get-user", json!({"user_id": john, "extra": yes}))
                .await
                .response();
            assert_eq!(row.get("details").is_some(), yes, "{body:?} {yes}");
        }
    }
}

#[tokio::test]
async fn names_follow_php() {
    let server = started().await;
    let john = server.user("John", "Doe", "john@example.com").await;
    for name in [
        "user_id",
        "user.id",
        "user+id",
        "user%20id",
        "user[id",
        "+user_id",
    ] {
        let row = server
            .raw("get-user", &format!("{name}={john}"))
            .await
            .response();
        assert_eq!(row["first_name"], "John", "{name}");
    }
    let row = server
        .raw("get-user", &format!("user_id=999&user_id={john}"))
        .await
        .response();
    assert_eq!(row["first_name"], "John", "of repeats the last wins");
    let fields = "settings_extra[a.b%20c][]=value&settings_extra[a.b%20c][]=Name";
    let user = server.raw("add-user", fields).await.response();
    let slug = json!({"user_id": user, "slug": "a.b c"});
    assert_eq!(
        server.ok("get-user-extra", slug).await,
        "value",
        "inside brackets names stay"
    );
    let row = server
        .raw(
            "update-user",
            &format!("user_id={john}&first_name=&last_name"),
        )
        .await
        .response();
    assert_eq!(row, true, "x and x= are the empty text");
    server
        .call(Body::Php, " get-user \n", json!({"user_id": john}))
        .await
        .response();
}

#[tokio::test]
async fn text_arrives_as_it_was() {
    let server = started().await;
    let john = server.user("John", "Doe", "john@example.com").await;
    let conversation = server.conversation(john).await;
    let who = format!("user_id={john}&conversation_id={conversation}");
    server
        .raw(
            "send-message",
            &format!("{who}&message=a+b%20c%2Bd%26e%3Df"),
        )
        .await
        .response();
    assert_eq!(
        server.messages(conversation).await[0]["message"],
        "a b c+d&e=f"
    );
    let text = "line one\r\nline two 😀🏳️‍🌈 \u{202e}עברית <b>&amp;</b> \t \\n \"'";
    for (number, body) in [Body::Php, Body::Jquery, Body::Json, Body::Multipart]
        .into_iter()
        .enumerate()
    {
        let arguments = json!({"user_id": john, "conversation_id": conversation, "message": text});
        server
            .call(body, "send-message", arguments)
            .await
            .response();
        assert_eq!(
            server.messages(conversation).await[number + 1]["message"],
            text,
            "{body:?}"
        );
    }
}

#[tokio::test]
async fn ids_and_numbers_may_be_texts_and_have_blanks_around() {
    let server = started().await;
    let john = server.user("John", "Doe", "john@example.com").await;
    for id in [
        json!(john),
        json!(john.to_string()),
        json!(format!(" {john} ")),
    ] {
        for body in [Body::Php, Body::Json, Body::Multipart] {
            let row = server
                .call(body, "get-user", json!({"user_id": id}))
                .await
                .response();
            assert_eq!(row["first_name"], "John", "{id} {body:?}");
        }
    }
}

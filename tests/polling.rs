//! What is new since an id or a time: messages and conversations.

use serde_json::{Value, json};

use crate::harness::{Server, column, on_both_engines, texts};

on_both_engines!(scenario_08_polling);

async fn scenario_08_polling(server: Server) {
    let (john, ada) = (
        server.user("John", "Doe", "john@example.com").await,
        server.agent("Ada").await,
    );
    let first = server.conversation(john).await;
    let old = server.say(john, first, "one").await;
    let new = server.say(ada, first, "two").await;

    let messages = |since: Value| {
        let arguments = json!({"user_id": john, "conversation_id": first, "datetime": since});
        server.ok("get-new-messages", arguments)
    };
    let newer = messages(json!(old)).await;
    assert_eq!(
        (column(&newer, "id"), column(&newer, "first_name")),
        (texts(&[new]), vec!["Ada".to_owned()])
    );
    assert_eq!(messages(json!(new)).await, json!([]));
    assert_eq!(messages(json!(new + 1_000)).await, json!([]));
    let time = server.messages(first).await[1]["creation_time"]
        .as_str()
        .expect("a time")
        .to_owned();
    assert_eq!(
        messages(json!(time)).await,
        json!([]),
        "nothing after the last one's own second"
    );
    assert_eq!(
        column(&messages(json!(time[..10])).await, "id"),
        texts(&[old, new]),
        "today's"
    );
    assert_eq!(
        column(&messages(json!("2020-05-12 18:04:50")).await, "id"),
        texts(&[old, new])
    );
    let other = json!({"conversation_id": 99, "datetime": 0});
    assert_eq!(server.ok("get-new-messages", other).await, json!([]));

    let second = server.conversation(john).await;
    server.say(john, second, "three").await;
    for function in ["get-new-conversations", "get-new-user-conversations"] {
        let since = async |since: Value| {
            let rows = server
                .ok(function, json!({"user_id": john, "datetime": since}))
                .await;
            column(&rows, "conversation_id")
        };
        assert_eq!(
            since(json!(first)).await,
            texts(&[second]),
            "{function} since an id"
        );
        assert_eq!(
            since(json!(time[..10])).await,
            texts(&[second, first]),
            "{function} since midnight"
        );
        assert_eq!(
            since(json!("2020-05-12 18:04:50")).await,
            texts(&[second, first])
        );
        assert_eq!(since(json!("2999-01-01 00:00:00")).await, texts(&[]));
        assert_eq!(
            since(json!(second + 1_000)).await,
            texts(&[]),
            "{function} since an unknown id"
        );
    }
    let row = server
        .ok("get-new-conversations", json!({"datetime": first}))
        .await[0]
        .clone();
    assert_eq!(
        (&row["message"], &row["message_user_type"]),
        (&json!("three"), &json!("user"))
    );
    let nobody = json!({"user_id": 4711, "datetime": "2020-05-12"});
    assert_eq!(
        server.ok("get-new-user-conversations", nobody).await,
        json!([])
    );
}

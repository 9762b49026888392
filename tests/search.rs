//! Finding conversations by what was said, attached, or by whom.

use serde_json::{Value, json};

use crate::harness::{Server, column, on_both_engines, texts};

on_both_engines!(
    scenario_09_search,
    search_is_by_substring_in_any_script,
    search_follows_changes
);

async fn scenario_09_search(server: Server) {
    let john = server.user("John", "Whittaker", "john.w@example.com").await;
    let jane = server.user("Jane", "Smith", "jane@example.org").await;
    let conversation = server
        .conversation_with(json!({"user_id": john, "title": "Broken kettle"}))
        .await;
    let other = server
        .conversation_with(json!({"user_id": jane, "title": "Broken toaster"}))
        .await;
    server.say(jane, other, "something else entirely").await;
    let send = json!({
        "user_id": john, "conversation_id": conversation, "message": "The elephant remembers",
        "attachments": [["holiday-photo.png", "https://example.com/1.png"]],
    });
    server.ok("send-message", send).await;

    let search = async |word: &str| {
        let rows = server
            .ok("search-conversations", json!({"search": word}))
            .await;
        column(&rows, "conversation_id")
    };
    for word in [
        "holiday-photo",
        "elephant",
        "john.w@example",
        "Whittaker",
        "ELEPHANT",
        "itta",
    ] {
        assert_eq!(search(word).await, texts(&[conversation]), "by {word}");
    }
    assert_eq!(search("no such word").await, texts(&[]));

    let mine = async |user: u64, word: &str| -> Value {
        server
            .ok(
                "search-user-conversations",
                json!({"id": user, "search": word}),
            )
            .await
    };
    assert_eq!(
        column(&mine(john, "kettle").await, "conversation_id"),
        texts(&[conversation])
    );
    assert_eq!(
        column(&mine(john, "elephant").await, "conversation_id"),
        texts(&[conversation])
    );
    assert_eq!(
        column(&mine(john, "holiday").await, "conversation_id"),
        texts(&[conversation])
    );
    assert_eq!(
        column(&mine(john, "broken").await, "conversation_id"),
        texts(&[conversation])
    );
    assert_eq!(mine(jane, "kettle").await, json!([]));
}

async fn search_is_by_substring_in_any_script(server: Server) {
    let john = server.user("John", "Doe", "john@example.com").await;
    let conversation = server.conversation(john).await;
    let texts_and_words = [
        ("Die STRAßENBAHN fährt", "straßenbahn"),
        ("ПРИВЕТ мир", "привет"),
        ("こんにちは世界", "世界"),
        ("مرحبا بالعالم", "بالعالم"),
        ("party 🎉🎉 tonight", "🎉🎉"),
        ("100% sure_thing", "100%"),
        ("quote ' and \" and \\", "' and \""),
        ("a.b*c(d", "b*c("),
        ("x AND y OR NOT z", "AND y OR NOT"),
        ("ab", "ab"),
        ("é", "É"),
    ];
    for (text, _) in texts_and_words {
        server.say(john, conversation, text).await;
    }
    for (text, word) in texts_and_words {
        let found = server
            .ok("search-conversations", json!({"search": word}))
            .await;
        assert_eq!(
            column(&found, "conversation_id"),
            texts(&[conversation]),
            "{text} by {word}"
        );
    }
    for word in ["%", "_", "a%c", "sure thing", "\u{1F389}\u{1F389}\u{1F389}"] {
        let literally = texts_and_words.iter().any(|(text, _)| text.contains(word));
        let found = server
            .ok("search-conversations", json!({"search": word}))
            .await;
        assert_eq!(found != json!([]), literally, "{word} is taken literally");
    }
}

async fn search_follows_changes(server: Server) {
    let john = server.user("John", "Doe", "john@example.com").await;
    let conversation = server.conversation(john).await;
    let message = server.say(john, conversation, "a zebra").await;
    let found = async |word: &str| {
        server
            .ok("search-conversations", json!({"search": word}))
            .await
            != json!([])
    };
    assert!(found("zebra").await);
    server
        .ok(
            "update-message",
            json!({"message_id": message, "message": "a giraffe"}),
        )
        .await;
    assert!(!found("zebra").await && found("giraffe").await);
    server
        .ok(
            "update-user",
            json!({"user_id": john, "last_name": "Okapi"}),
        )
        .await;
    assert!(found("okapi").await && !found("Doe").await);
    server
        .ok("delete-message", json!({"message_id": message}))
        .await;
    assert!(!found("giraffe").await);
}

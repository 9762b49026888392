//! Ratings of conversations, in the three ways clients write them.

use serde_json::json;

use crate::harness::{Body, Server, on_both_engines};

on_both_engines!(scenario_12_ratings);

async fn scenario_12_ratings(server: Server) {
    let (john, ada) = (
        server.user("John", "Doe", "john@example.com").await,
        server.agent("Ada").await,
    );
    let rating = |agent: u64| server.ok("get-rating", json!({"user_id": agent}));
    assert_eq!(rating(ada).await, json!([0, 0]));
    let mut ids = Vec::new();
    for _ in 0..3 {
        let conversation = server.conversation(john).await;
        let assign = json!({"conversation_id": conversation, "agent_id": ada});
        server.ok("update-conversation-agent", assign).await;
        ids.push(conversation);
    }
    let flat = |conversation: u64, rating: &str| json!({"conversation_id": conversation.to_string(), "rating": rating});
    let nested = json!({"settings": flat(ids[0], "1")}).to_string();
    assert_eq!(
        server.ok("set-rating", json!({"settings": nested})).await,
        true
    );
    let text = flat(ids[1], "0").to_string();
    assert_eq!(
        server.ok("set-rating", json!({"settings": text})).await,
        true
    );
    assert_eq!(
        server
            .ok("set-rating", json!({"settings": flat(ids[2], "1")}))
            .await,
        true
    );
    assert_eq!(rating(ada).await, json!([2, 1]));

    let brackets = json!({"settings": {"settings": flat(ids[1], "1")}});
    server
        .call(Body::Jquery, "set-rating", brackets.clone())
        .await
        .response();
    assert_eq!(
        rating(ada).await,
        json!([3, 0]),
        "a new rating takes the old one's place"
    );
    server
        .call(Body::Json, "set-rating", brackets)
        .await
        .response();
    assert_eq!(rating(ada).await, json!([3, 0]));

    let bob = server.agent("Bob").await;
    let conversation = server.conversation(john).await;
    server.say(bob, conversation, "Hello").await;
    server
        .ok("set-rating", json!({"settings": flat(conversation, "0")}))
        .await;
    assert_eq!(
        rating(bob).await,
        json!([0, 1]),
        "without an assigned agent the last one who wrote"
    );
    for wrong in ["2", "", "good", "1.0"] {
        server
            .refused("set-rating", json!({"settings": flat(conversation, wrong)}))
            .await;
    }
    assert_eq!(rating(bob).await, json!([0, 1]));
}

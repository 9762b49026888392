//! Routing and the queue: who gets new conversations, who waits, and who is next.

use serde_json::{Value, json};

use crate::harness::{Server, eventually, on_both_engines};

on_both_engines!(
    a_new_conversation_goes_to_the_agent_with_the_fewest,
    who_comes_when_all_are_busy_waits_in_line,
);

/// John (3), and the agents Ada (4) and Bob (5).
async fn people(server: &Server, settings: Value) {
    server.save(settings).await;
    assert_eq!(server.user("John", "Doe", "john@example.com").await, 3);
    assert_eq!(server.agent("Ada").await, 4);
    assert_eq!(server.agent("Bob").await, 5);
}

/// A sign of life.
async fn comes(server: &Server, agent: u64) {
    let elsewhere = json!({"user_id": agent, "conversation_id": 1});
    server.ok("set-typing", elsewhere).await;
}

/// Whose the conversation is; 0 while nobody has it.
async fn agent_of(server: &Server, conversation: u64) -> u64 {
    for agent in [4, 5] {
        let ask = json!({"conversation_ids": [conversation], "agent_id": agent});
        let assigned = server.ok("check-conversations-assignment", ask).await;
        if assigned == json!([conversation]) {
            return agent;
        }
    }
    0
}

async fn status(server: &Server, conversation: u64, code: u64) {
    let status = json!({"conversation_id": conversation, "status_code": code});
    server.ok("update-conversation-status", status).await;
}

async fn a_new_conversation_goes_to_the_agent_with_the_fewest(server: Server) {
    people(&server, json!({"routing": false})).await;
    assert_eq!(server.conversation(3).await, 1);
    comes(&server, 4).await;
    comes(&server, 5).await;
    assert_eq!(agent_of(&server, 1).await, 0, "routing is off");
    server.save(json!({"routing": true})).await;
    for (conversation, agent) in [(2, 4), (3, 5), (4, 4)] {
        assert_eq!(server.conversation(3).await, conversation);
        assert_eq!(
            agent_of(&server, conversation).await,
            agent,
            "{conversation}"
        );
    }
    status(&server, 2, 3).await;
    status(&server, 4, 4).await;
    assert_eq!(server.conversation(3).await, 5);
    assert_eq!(
        agent_of(&server, 5).await,
        4,
        "archive and trash take no time"
    );
    let own = json!({"user_id": 3, "agent_id": 5});
    assert_eq!(server.conversation_with(own).await, 6);
    assert_eq!(agent_of(&server, 6).await, 5, "somebody has it already");
}

async fn who_comes_when_all_are_busy_waits_in_line(mut server: Server) {
    let settings = json!({
        "queue": true, "queue-concurrent-chats": [1, "number"], "queue-response-time": [7, "number"],
    });
    people(&server, settings).await;
    assert_eq!(server.conversation(3).await, 1);
    assert_eq!(agent_of(&server, 1).await, 0, "nobody is there");
    comes(&server, 4).await;
    assert_eq!(server.conversation(3).await, 2);
    assert_eq!(agent_of(&server, 2).await, 4);
    for waiting in [3, 4] {
        assert_eq!(server.conversation(3).await, waiting);
        assert_eq!(agent_of(&server, waiting).await, 0);
    }
    let queue = async |server: &Server, conversation: u64| {
        let message = json!({
            "user_id": 3, "conversation_id": conversation, "message": "Hello?", "queue": true,
        });
        server.ok("send-message", message).await["queue"].clone()
    };
    assert_eq!(queue(&server, 3).await, json!([1, 7]));
    assert_eq!(queue(&server, 4).await, json!([2, 14]));
    assert_eq!(queue(&server, 2).await, json!(false));
    server.restart();
    comes(&server, 4).await;
    status(&server, 2, 3).await;
    assert_eq!(
        agent_of(&server, 3).await,
        4,
        "archiving hands the next over"
    );
    assert_eq!(queue(&server, 4).await, json!([1, 7]));
    comes(&server, 5).await;
    let taken = || async { agent_of(&server, 4).await == 5 };
    eventually("whoever comes takes the next", taken).await;
    assert_eq!(queue(&server, 4).await, json!(false));
    server.stop();
    server.assert_sound();
}

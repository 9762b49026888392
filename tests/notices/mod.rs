//! Who is not there is told: by email, SMS and push, once each, whatever dies on the way.

mod agents;
mod customers;
mod many;
mod retries;

use serde_json::{Value, json};

use crate::harness::{Engine, Server, Setup};

const CONFIG: &str = "allow_private_targets = [\"127.0.0.0/8\"]\nnotification_retry_seconds = [1, 1, 1, 1, 1, 1, 1, 1]\n";

async fn use_mail(server: &Server, port: u16) {
    let settings = json!({
        "email-host": "127.0.0.1", "email-port": [port, "number"], "email-security": "none",
        "email-sender": "help@shop.example", "email-sender-name": "Shop",
    });
    server.save(settings).await;
}

/// John (3), the agents Ada (4) and Bob (5), and John's conversation 1.
async fn people(server: &Server) {
    assert_eq!(server.user("John", "Doe", "john@example.com").await, 3);
    assert_eq!(server.agent("Ada").await, 4);
    assert_eq!(server.agent("Bob").await, 5);
    assert_eq!(server.conversation(3).await, 1);
}

async fn told_by(server: &Server, user: u64, message: &str) -> Value {
    let message = json!({"user_id": user, "conversation_id": 1, "message": message});
    server.ok("send-message", message).await["notifications"].clone()
}

async fn start_on(engine: Engine) -> Server {
    Setup::on(engine).config(CONFIG).start().await
}

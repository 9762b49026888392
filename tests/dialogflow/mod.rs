//! Dialogflow's functions to a peer that holds every request to Google's own description.

mod answers;
mod people;
mod queries;
mod refusals;
mod suggestions;
mod teaching;
mod tokens;

use serde_json::{Value, json};

use crate::harness::{Engine, Google, LOOPBACK, Server, Setup, column};

/// A service with an agent of Dialogflow, John (3) and his conversation 1, and the agent Ada (4).
async fn with_google(engine: Engine, more: &str) -> (Server, Google) {
    let google = Google::start().await;
    let config = format!("{LOOPBACK}{}{more}", google.config());
    let server = Setup::on(engine).config(&config).start().await;
    server.save(Google::settings()).await;
    assert_eq!(server.user("John", "Doe", "john@example.com").await, 3);
    assert_eq!(server.agent("Ada").await, 4);
    assert_eq!(server.conversation(3).await, 1);
    (server, google)
}

async fn ask(server: &Server, message: &str) -> Value {
    let question = json!({"conversation_id": 1, "message": message});
    server.ok("dialogflow-message", question).await
}

/// The texts of the conversation.
async fn said(server: &Server) -> Vec<String> {
    column(&server.messages(1).await, "message")
}

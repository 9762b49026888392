//! Answers of OpenAI, translations and languages by Google: asked of peers on this machine, as both
//! vendors publish it; and what becomes of a call when a vendor is down.

mod openai;
mod outages;
mod translations;

use serde_json::json;

use crate::harness::{Engine, LOOPBACK, Server, Setup, Vendor};

/// A service whose vendors are all this one, with John (3) and his conversation (1).
async fn service(vendor: &Vendor, more: &str) -> Server {
    let config = format!(
        "{LOOPBACK}openai_url = \"{0}/v1\"\ngoogle_translate_url = \"{0}\"\ntwilio_url = \"{0}\"\n{more}",
        vendor.url
    );
    let server = Setup::on(Engine::Sqlite).config(&config).start().await;
    server
        .save(json!({
            "open-ai-key": "sk-test", "google-key": "AIza-test",
            "sms-account": "AC1", "sms-token": "t0ken", "sms-sender": "+15104564545",
        }))
        .await;
    john(&server).await;
    server
}

async fn john(server: &Server) {
    assert_eq!(server.user("John", "Doe", "john@example.com").await, 3);
    assert_eq!(server.conversation(3).await, 1);
    server.say(3, 1, "Hello?").await;
}

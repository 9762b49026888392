//! The knowledge base: articles saved and read by every kind of client, languages, searches,
//! ratings, and what the reports tell of readers.

mod amounts;
mod languages;
mod readers;
mod refusals;
mod saved;
mod scenario;
mod searches;

use serde_json::{Value, json};

use crate::harness::Server;

fn article(id: &str, title: &str, content: &str, categories: &[&str]) -> Value {
    json!({"id": id, "title": title, "content": content, "link": "https://example.com/a?b=c&d=e", "categories": categories})
}

async fn articles(server: &Server, arguments: Value) -> Value {
    server.ok("get-articles", arguments).await
}

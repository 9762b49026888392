//! Users that are imported from a WordPress site.

mod debian;
mod peer;

use serde_json::{Value, json};

use crate::harness::{Engine, LOOPBACK, Server, Setup};

/// A service that may call this machine, and knows the site there.
async fn service(engine: Engine, settings: Value) -> Server {
    let server = Setup::on(engine).config(LOOPBACK).start().await;
    server.save(settings).await;
    server
}

fn settings(url: &str, user: &str, password: &str) -> Value {
    json!({"wordpress-url": url, "wordpress-user": user, "wordpress-password": password})
}

async fn count(server: &Server) -> String {
    let count = server.ok("count-users", json!({})).await;
    count["user"].as_str().expect("a text").to_owned()
}

async fn by_email(server: &Server, email: &str) -> Value {
    let found = server.ok("search-users", json!({"search": email})).await;
    let id = found[0]["id"].clone();
    server
        .ok("get-user", json!({"user_id": id, "extra": true}))
        .await
}

fn detail(user: &Value, slug: &str) -> Value {
    let details = user["details"].as_array().expect("details");
    let detail = details.iter().find(|detail| detail["slug"] == slug);
    detail.map_or(Value::Null, |detail| detail["value"].clone())
}

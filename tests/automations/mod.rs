//! Automations: saved and read, validated, run once, and run by what users do and by the time.

mod conditions;
mod runs;
mod saved;

use serde_json::{Value, json};

use crate::harness::Server;

/// The cookie of a user with this address, who is made for it.
async fn login(server: &Server, email: &str) -> (u64, Value) {
    let id = server
        .add_user(json!({
            "first_name": "Mia", "last_name": "Moe", "email": email, "password": "secret-3",
            "user_type": "user", "settings_extra": {"browser_language": ["fr-CA", "Language"]},
        }))
        .await;
    let login = json!({"email": email, "password": "secret-3"});
    (id, server.ok("login", login).await[1].clone())
}

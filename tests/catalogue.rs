//! The catalogue: every function has an example in its own reference, and the example works.

use serde_json::{Value, json};

use crate::harness::{Engine, Peers, Server, on_both_engines};

on_both_engines!(every_example_of_the_reference_works_as_sent);

/// A service that knows the peers, with the data that examples speak of.
async fn service(engine: Engine, peers: &Peers) -> Server {
    let server = peers.service(engine).await;
    world(&server).await;
    server
}

/// The data that examples speak of: see the list in each function's reference.
pub async fn world(server: &Server) {
    let john = json!({
        "first_name": "John", "last_name": "Doe", "email": "john@example.com", "password": "secret-3",
        "user_type": "user", "settings_extra": {
            "phone": ["+4462367136", "Phone"], "country_code": ["GB", "Country code"],
            "browser_language": ["es", "Browser language"],
        },
    });
    assert_eq!(server.add_user(john).await, 3);
    let jane = json!({
        "first_name": "Jane", "last_name": "Smith", "email": "jane@example.com", "user_type": "agent", "department": 1,
    });
    assert_eq!(server.add_user(jane).await, 4);
    assert_eq!(server.add_user(json!({"user_type": "lead"})).await, 5);
    assert_eq!(server.add_user(json!({"user_type": "visitor"})).await, 6);
    let invoice = json!({"user_id": 3, "title": "Invoice", "department": 1, "agent_id": 4});
    assert_eq!(server.conversation_with(invoice).await, 1);
    let help = json!({
        "user_id": 3, "conversation_id": 1, "message": "Hello, I need help",
        "attachments": [["invoice.pdf", "https://example.com/invoice.pdf"]],
    });
    server.ok("send-message", help).await;
    assert_eq!(server.say(4, 1, "How can I help?").await, 2);
    assert_eq!(server.conversation(5).await, 2);
    assert_eq!(server.say(5, 2, "Hi").await, 3);
    let news =
        json!({"articles": [{"id": "6P2Oq", "title": "What's new?", "content": "The API V2"}]});
    server.ok("save-articles", news).await;
    let note =
        json!({"conversation_id": 1, "user_id": 4, "name": "Invoice", "message": "Calls back"});
    assert_eq!(server.ok("add-note", note).await, 1);
}

/// The JSON in backticks on the line after `# Example`.
pub fn example(reference: &str) -> Option<Value> {
    let (_, rest) = reference.split_once("# Example")?;
    let (_, rest) = rest.split_once('`')?;
    let (text, _) = rest.split_once('`')?;
    serde_json::from_str(text).ok()
}

async fn every_example_of_the_reference_works_as_sent(server: Server) {
    let engine = server.engine();
    drop(server);
    let peers = Peers::start().await;
    let mut server = service(engine, &peers).await;
    let document = server.send(server.get("/openapi.json")).await.json();
    let mut paths = document["paths"].as_object().expect("paths").clone();
    paths.retain(|_, item| item["post"].is_object()); // the rest is read, not called
    let mut faults = Vec::new();
    for (path, item) in paths {
        let name = path.trim_start_matches("/v1/").to_owned();
        let reference = item["post"]["description"].as_str().unwrap_or_default();
        let Some(mut arguments) = example(reference) else {
            faults.push(format!(
                "{name} has no example in its reference: {reference}"
            ));
            continue;
        };
        // Each example speaks of the same world, whatever the one before has done to it.
        if server.data_dir().exists() && changes(&item) {
            server = service(engine, &peers).await;
        }
        if name == "import-settings" {
            arguments["file_url"] = server.ok("export-settings", json!({})).await;
        }
        let mut request = server
            .post(&path)
            .bearer_auth(&server.token)
            .json(&arguments);
        if name == "update-login" {
            let login = json!({"email": "john@example.com", "password": "secret-3"});
            let cookie = server.ok("login", login).await[1]
                .as_str()
                .expect("a cookie")
                .to_owned();
            request = request.header("cookie", format!("sb-login={cookie}"));
        }
        let answer = server.send(request).await;
        let refused_honestly = name == "direct-message" && answer.status == 503;
        if answer.status != 200 && !refused_honestly {
            faults.push(format!("{answer}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Whether a function is a write: its answer says a position.
fn changes(item: &Value) -> bool {
    !item["post"]["responses"]["200"]["headers"]["X-Event-Position"].is_null()
}

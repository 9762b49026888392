//! The OpenAPI document: every function in it, and right by a validator that is not ours.

use std::collections::HashSet;
use std::process::Command;

use serde_json::Value;

use crate::documented_shapes::documented;
use crate::harness::{Engine, Server, tool};

#[tokio::test]
async fn the_openapi_document_has_every_function() {
    let server = Server::start(Engine::Sqlite).await;
    let document = server.send(server.get("/openapi.json")).await.json();
    assert!(
        document["openapi"]
            .as_str()
            .is_some_and(|version| version.starts_with("3.1."))
    );
    let mut operations = HashSet::new();
    for function in documented() {
        let name = function["function"].as_str().expect("a name");
        let operation = &document["paths"][format!("/v1/{name}")]["post"];
        let id = operation["operationId"]
            .as_str()
            .unwrap_or_else(|| panic!("no operation {name}"));
        assert!(operations.insert(id.to_owned()), "{id} is there twice");
        let content = |place: &Value| place["content"]["application/json"]["schema"].clone();
        assert!(
            content(&operation["requestBody"]).is_object(),
            "{name} has a schema of its arguments"
        );
        assert!(
            content(&operation["responses"]["200"]).is_object(),
            "{name} has a schema of its answer"
        );
    }
}

#[tokio::test]
async fn the_openapi_document_is_valid() {
    let server = Server::start(Engine::Sqlite).await;
    let document = server.send(server.get("/openapi.json")).await;
    let file = server.data_dir().join("openapi.json");
    std::fs::write(&file, &document.bytes).expect("the document can be written");
    let output = Command::new(tool("openapi-spec-validator"))
        .arg(&file)
        .output();
    let output = output.expect("the validator runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

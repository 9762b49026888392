//! Every function's documented answer as a shape that the real one must have.
//!
//! `fixtures/documented/` holds, function by function, arguments and the answer printed in the
//! Web API's documentation. A shape is: the same members and no others, values of the same JSON
//! type, and texts of the same kind (an id, a time, a token, a URL).

mod given;
mod shape;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::harness::{Engine, Peers, Server, on_both_engines};
use given::{filled, given};
use shape::Shape;

on_both_engines!(std::future::ready => answers_have_the_documented_shape);

async fn answers_have_the_documented_shape(engine: Engine) {
    let peers = Peers::start().await;
    let server = peers.service(engine).await;
    let functions = documented();
    assert_all_are_documented(&server, &functions).await;
    let given = given(&server).await;
    let mut faults = Vec::new();
    for documented in &functions {
        let name = documented["function"].as_str().expect("a name");
        if let Some(before) = documented.get("before") {
            let function = before["function"].as_str().expect("a name");
            server
                .ok(function, filled(&before["arguments"], &given))
                .await;
        }
        let answer = server
            .ok(name, filled(&documented["arguments"], &given))
            .await;
        let may_be_empty = documented
            .get("may_be_empty")
            .cloned()
            .unwrap_or_else(|| json!([]));
        let mut shape = Shape {
            may_be_empty,
            faults: Vec::new(),
        };
        shape.compare(name, &documented["answer"], &answer);
        faults.append(&mut shape.faults);
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What is documented, of all files.
pub fn documented() -> Vec<Value> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/documented");
    let files = std::fs::read_dir(folder).expect("a folder");
    let mut files: Vec<_> = files.map(|file| file.expect("a file").path()).collect();
    files.sort();
    let rows = files.iter().flat_map(|file| {
        let text = std::fs::read_to_string(file).expect("a text");
        serde_json::from_str::<Vec<Value>>(&text)
            .unwrap_or_else(|error| panic!("{}: {error}", file.display()))
    });
    rows.collect()
}

async fn assert_all_are_documented(server: &Server, documented: &[Value]) {
    let document = server.send(server.get("/openapi.json")).await.json();
    let paths = document["paths"].as_object().expect("paths");
    let called = paths.iter().filter(|(_, item)| item["post"].is_object());
    let called: BTreeSet<_> = called
        .map(|(path, _)| path.trim_start_matches("/v1/"))
        .collect();
    let names: BTreeSet<_> = documented
        .iter()
        .filter_map(|row| row["function"].as_str())
        .collect();
    assert_eq!(names, called);
    assert_eq!(names.len(), documented.len(), "one row each");
}

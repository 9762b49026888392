//! The OpenAPI document, believed: a public fuzzer calls what it describes, and a public generator
//! makes a client of it that works.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::json;

use crate::catalogue::world;
use crate::harness::{Engine, Peers, Server, tool};

/// Calls of each operation.
const EXAMPLES: &str = "10";
/// Of all calls, those that must have been answered with 200: most others ask for what is not there.
const ANSWERED_MIN: usize = 300;

/// A file of the harness.
fn harness(name: &str) -> String {
    format!("{}/tests/harness/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// Runs a tool to its end, off the runtime's threads; it must succeed.
async fn run(mut command: Command) -> String {
    let task = tokio::task::spawn_blocking(move || command.output().expect("the tool runs"));
    let Output {
        status,
        stdout,
        stderr,
    } = task.await.expect("the tool is waited for");
    let said = String::from_utf8_lossy(&stdout).into_owned();
    assert!(
        status.success(),
        "{said}{}",
        String::from_utf8_lossy(&stderr)
    );
    said
}

/// Deterministic: the same calls in the same order, as long as the document is the same.
#[tokio::test]
async fn every_answer_to_a_fuzzer_is_as_described() {
    let peers = Peers::start().await;
    let server = peers.service(Engine::Sqlite).await;
    world(&server).await;
    // An agent's conversation outlives the deletion of all leads.
    assert_eq!(server.conversation(4).await, 3);
    server.say(4, 3, "A note to myself").await;
    let report = server.data_dir().join("fuzzed.ndjson");
    let mut fuzzer = Command::new(tool("schemathesis"));
    fuzzer
        .arg("run")
        .arg(format!("{}/openapi.json", server.address()))
        .args([
            "--header",
            &format!("Authorization: Bearer {}", server.token),
        ])
        .args(["--phases", "fuzzing", "--max-examples", EXAMPLES])
        .args(["--checks", "answers_are_as_described,no_fault_is_ours"])
        .args([
            "--generation-deterministic",
            "--no-shrink",
            "--continue-on-failure",
        ])
        .args(["--request-timeout", "30", "--warnings", "off", "--no-color"])
        .args(["--report", "ndjson", "--report-ndjson-path"])
        .arg(&report)
        .current_dir(server.data_dir())
        .env("SCHEMATHESIS_HOOKS", "fuzzed")
        .env("PYTHONPATH", harness("schemathesis"))
        .env("PYTHONDONTWRITEBYTECODE", "1");
    let said = run(fuzzer).await;
    assert!(
        said.contains("Tested: 118"),
        "all functions and the chart: {said}"
    );
    let report = std::fs::read_to_string(report).expect("a report");
    let answered = report.matches("\"status_code\":200").count();
    assert!(
        answered >= ANSWERED_MIN,
        "only {answered} calls did anything: {said}"
    );
    let log = server.log();
    assert!(!log.contains("ERROR"), "{log}");
}

#[tokio::test]
async fn a_generated_client_holds_a_conversation() {
    let server = Server::start(Engine::Sqlite).await;
    let folder = server.data_dir();
    let document = server.send(server.get("/openapi.json")).await;
    write(&folder.join("openapi.json"), &document.bytes);
    // The chart is the one answer that is not JSON.
    let config = json!({
        "content_type_overrides": {"image/svg+xml": "text/html"}, "post_hooks": [],
    });
    write(
        &folder.join("generator.json"),
        config.to_string().as_bytes(),
    );
    let mut generator = Command::new(tool("openapi-python-client"));
    generator
        .args([
            "generate",
            "--path",
            "openapi.json",
            "--config",
            "generator.json",
        ])
        .args([
            "--meta",
            "none",
            "--output-path",
            "client",
            "--fail-on-warning",
        ])
        .current_dir(&folder);
    run(generator).await;
    let mut client = Command::new(tool("python3"));
    client
        .arg(harness("generated_client.py"))
        .arg(&folder)
        .args([server.address(), &server.token]);
    assert_eq!(
        run(client).await.trim(),
        "118",
        "all functions and the chart"
    );
    assert_eq!(server.messages(1).await.as_array().map(Vec::len), Some(1));
}

fn write(file: &Path, bytes: &[u8]) {
    std::fs::write(file, bytes).expect("the file can be written");
}

//! A vendor that is gone, fails, or is back.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::service;
use crate::harness::{Server, Vendor, eventually};

/// Everybody who needs a vendor, and what they say when it is down.
async fn all_fail(server: &Server) {
    let ask = json!({"message": "Hello", "conversation_id": 1});
    let answer = server.ok("open-ai-message", ask).await;
    assert_eq!(answer[0], false, "{answer}");
    for (function, arguments, code) in [
        (
            "open-ai-curl",
            json!({"url_part": "models", "type": "GET"}),
            "open-ai-error",
        ),
        (
            "google-translate",
            json!({"strings": ["a"], "language_code": "it"}),
            "google-error",
        ),
        (
            "google-language-detection-update-user",
            json!({"string": "Ciao", "user_id": 3}),
            "google-error",
        ),
        (
            "send-sms",
            json!({"to": "+15305431221", "message": "Hi"}),
            "sms-error",
        ),
    ] {
        assert_eq!(
            server.refused(function, arguments).await,
            code,
            "{function}"
        );
    }
}

#[tokio::test]
async fn a_vendor_that_is_gone_is_told_at_once_and_stores_nothing() {
    let vendor = Vendor::answering(200, json!({})).await;
    let server = service(&vendor, "vendor_retries = 0\n").await;
    let before = server.everything().await;
    drop(vendor);
    let begun = Instant::now();
    all_fail(&server).await;
    all_fail(&server).await;
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(server.everything().await, before);
    // Nothing waits for the vendor: whoever needs none is served.
    server.say(3, 1, "Still there?").await;
}

fn down() -> Value {
    json!({"error": {"message": "down"}})
}

#[tokio::test]
async fn a_vendor_that_fails_is_not_asked_for_a_while() {
    let vendor = Vendor::answering(500, down()).await;
    let limits = "vendor_retries = 0\nvendor_failures_max = 3\nvendor_pause_seconds = 600\n";
    let server = service(&vendor, limits).await;
    let before = server.everything().await;
    let translate = json!({"strings": ["a"], "language_code": "it"});
    for _ in 0..3 {
        let code = server.refused("google-translate", translate.clone()).await;
        assert_eq!(code, "google-error");
    }
    assert_eq!(vendor.asked().len(), 3);
    all_fail(&server).await;
    assert_eq!(vendor.asked().len(), 3, "nobody is asked");
    let why = server
        .v1("google-translate", translate.clone())
        .await
        .json();
    let why = why["detail"].as_str().expect("a sentence");
    assert!(why.contains("is not asked for a while"), "{why}");
    assert_eq!(server.everything().await, before);
}

#[tokio::test]
async fn a_vendor_that_is_back_is_found_again() {
    let vendor = Vendor::answering(500, down()).await;
    let limits = "vendor_retries = 0\nvendor_failures_max = 1\nvendor_pause_seconds = 1\n";
    let server = service(&vendor, limits).await;
    let translate = json!({"strings": ["a"], "language_code": "it"});
    let code = server.refused("google-translate", translate.clone()).await;
    assert_eq!(code, "google-error");
    let answer = json!({"data": {"translations": [{"translatedText": "b"}]}});
    vendor.answer(200, answer);
    eventually("it is asked again", || async {
        server
            .v1("google-translate", translate.clone())
            .await
            .status
            == 200
    })
    .await;
    assert_eq!(vendor.asked().len(), 2, "by the one that succeeded");
    eventually("it is told", || async {
        server.log().contains("answers again")
    })
    .await;
}

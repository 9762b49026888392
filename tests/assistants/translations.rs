//! Google: translations, and the language of a text.

use serde_json::{Value, json};

use super::{john, service};
use crate::harness::{Body, Engine, LOOPBACK, Setup, Vendor, on_both_engines};

on_both_engines!(std::future::ready => a_recognised_language_is_the_users);

#[tokio::test]
async fn translations_keep_their_order_and_tell_no_key() {
    let rows = |texts: &[&str]| -> Value {
        texts
            .iter()
            .map(|text| json!({"translatedText": text, "detectedSourceLanguage": "en"}))
            .collect()
    };
    let translations = json!({"data": {"translations": rows(&["Ciao mondo", "Come stai?"])}});
    let vendor = Vendor::answering(200, translations).await;
    let server = service(&vendor, "").await;
    let strings = json!(["Hello world", "", "How are you?"]);
    let ask = json!({"strings": strings, "language_code": "it"});
    let blank = json!({"translatedText": "", "detectedSourceLanguage": ""});
    let mut expected = rows(&["Ciao mondo", "Come stai?"]);
    expected.as_array_mut().expect("rows").insert(1, blank);
    for body in [Body::Php, Body::Jquery, Body::Json, Body::Multipart] {
        let answer = server.call(body, "google-translate", ask.clone()).await;
        assert_eq!(answer.response(), json!([expected, ""]), "{body:?}");
    }
    let asked = &vendor.asked()[0];
    assert_eq!(asked.what, "POST /language/translate/v2");
    assert_eq!(asked.headers["x-goog-api-key"], "AIza-test");
    let body: Value = serde_json::from_str(&asked.body).expect("JSON");
    assert_eq!(
        body,
        json!({"q": ["Hello world", "How are you?"], "target": "it", "format": "text"})
    );
    let error =
        json!({"error": {"code": 400, "message": "Invalid Value", "status": "INVALID_ARGUMENT"}});
    vendor.answer(400, error);
    let answer = server.v1("google-translate", ask.clone()).await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (503, "google-error")
    );
    assert_eq!(
        answer.json()["detail"],
        "Google Translate refused: Invalid Value."
    );
    let refused = |arguments: Value| server.refused("google-translate", arguments);
    assert_eq!(
        refused(json!({"language_code": "it"})).await,
        "missing-argument"
    );
    assert_eq!(refused(json!({"strings": ["a"]})).await, "missing-argument");
    for (strings, language) in [
        (json!(["a"]), "klingon"),
        (json!(["x".repeat(15_001)]), "it"),
    ] {
        let wrong = json!({"strings": strings, "language_code": language});
        assert_eq!(refused(wrong).await, "invalid-argument");
    }
    let many = json!({"strings": vec!["a"; 1_001], "language_code": "it"});
    assert_eq!(refused(many).await, "too-large");
    server.save(json!({"google-key": ""})).await;
    assert_eq!(refused(ask).await, "unavailable");
}

async fn a_recognised_language_is_the_users(engine: Engine) {
    let detected = |language: &str| {
        let found = json!({"language": language, "confidence": 0.9, "isReliable": false});
        json!({"data": {"detections": [[found]]}})
    };
    let vendor = Vendor::answering(200, detected("it")).await;
    let config = format!("{LOOPBACK}google_translate_url = \"{}\"\n", vendor.url);
    let server = Setup::on(engine).config(&config).start().await;
    john(&server).await;
    let detect = json!({"string": "Ciao, ho bisogno di aiuto", "user_id": 3});
    let function = "google-language-detection-update-user";
    assert_eq!(
        server.refused(function, detect.clone()).await,
        "unavailable"
    );
    server.save(json!({"google-key": "AIza-test"})).await;
    let language = || server.ok("get-user-language", json!({"user_id": 3}));
    assert_eq!(language().await, json!(false));
    let once = json!({"string": "Ciao", "user_id": 3, "idempotency_key": "language-1"});
    for _ in 0..2 {
        assert_eq!(server.ok(function, once.clone()).await, json!(true));
    }
    assert_eq!(vendor.asked().len(), 1);
    assert_eq!(vendor.asked()[0].what, "POST /language/translate/v2/detect");
    assert_eq!(vendor.asked()[0].body, "{\"q\":[\"Ciao\"]}");
    assert_eq!(language().await, json!("it"));
    let extra = server.ok("get-user-extra", json!({"user_id": 3})).await;
    assert_eq!(
        extra,
        json!([{"slug": "language", "name": "Language", "value": "it"}])
    );
    vendor.answer(200, detected("und"));
    assert_eq!(server.ok(function, detect.clone()).await, json!(false));
    assert_eq!(language().await, json!("it"), "it stays");
    let nobody = json!({"string": "Ciao", "user_id": 99});
    assert_eq!(server.refused(function, nobody).await, "user-not-found");
    assert_eq!(
        server.refused(function, json!({"user_id": 3})).await,
        "missing-argument"
    );
    vendor.answer(
        403,
        json!({"error": {"code": 403, "message": "Daily Limit Exceeded"}}),
    );
    assert_eq!(server.refused(function, detect).await, "google-error");
    assert_eq!(language().await, json!("it"));
}

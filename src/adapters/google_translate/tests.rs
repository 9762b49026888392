//! Requests and answers of the shape that Google describes, order, portions and refusals.

use super::*;
use crate::adapters::loopback::{Peer, Received, Reply, client};

fn project(peer: &Peer) -> Project {
    Project {
        base_url: peer.url(""),
        key: "AIza-test".to_owned(),
        timeout: Duration::from_secs(5),
    }
}

fn described() -> Value {
    serde_json::from_str(include_str!("translate.v2.json")).unwrap()
}

/// Whether a value has the shape of a schema of the description, and no member besides.
fn fits(value: &Value, schema: &Value) -> bool {
    let all = described();
    let schema = match schema["$ref"].as_str() {
        Some(name) => &all["schemas"][name],
        None => schema,
    };
    match (schema["type"].as_str().unwrap(), value) {
        ("string", Value::String(_))
        | ("number", Value::Number(_))
        | ("boolean", Value::Bool(_)) => true,
        ("array", Value::Array(items)) => items.iter().all(|item| fits(item, &schema["items"])),
        ("object", Value::Object(members)) => members.iter().all(|(name, value)| {
            let property = &schema["properties"][name];
            property.is_object() && fits(value, property)
        }),
        _ => false,
    }
}

fn body(request: &Received) -> Value {
    serde_json::from_slice(&request.body).unwrap()
}

/// Answers with each text in capitals, having held the request to the description.
fn translator(request: &Received) -> Reply {
    let described = described();
    let method = &described["methods"]["translate"];
    assert_eq!(request.method, method["httpMethod"].as_str().unwrap());
    let path = method["path"].as_str().unwrap();
    assert_eq!(request.target, format!("/language/translate/{path}"));
    let asked = body(request);
    assert!(
        fits(&asked, &json!({ "$ref": method["request"] })),
        "{asked}"
    );
    let said = asked["q"].as_array().unwrap().iter().map(|text| {
        json!({"translatedText": text.as_str().unwrap().to_uppercase(), "detectedSourceLanguage": "en"})
    });
    let answer = json!({ "translations": said.collect::<Vec<_>>() });
    assert!(
        fits(&answer, &json!({ "$ref": method["response"] })),
        "{answer}"
    );
    Reply::json(200, &json!({ "data": answer }))
}

fn texts(list: &[&str]) -> Vec<String> {
    list.iter().map(|text| (*text).to_owned()).collect()
}

#[tokio::test]
async fn the_request_is_as_described_and_the_order_is_kept() {
    let peer = Peer::start(translator);
    let given = texts(&["one", "", "<b>two</b> & 'three'", " ", "four"]);
    let got = translate(&client(), &project(&peer), &given, "it")
        .await
        .unwrap();
    let pairs: Vec<_> = got.iter().map(|one| (&*one.text, &*one.from)).collect();
    let expected = [
        ("ONE", "en"),
        ("", ""),
        ("<B>TWO</B> & 'THREE'", "en"),
        (" ", ""),
        ("FOUR", "en"),
    ];
    assert_eq!(pairs, expected);
    let asked = &peer.received()[0];
    assert_eq!(asked.header("x-goog-api-key"), Some("AIza-test"));
    assert_eq!(
        body(asked),
        json!({"q": ["one", "<b>two</b> & 'three'", "four"], "target": "it", "format": "text"})
    );
    let nothing = translate(&client(), &project(&peer), &texts(&["", " "]), "it").await;
    assert_eq!(nothing.unwrap().len(), 2);
    assert_eq!(
        peer.received().len(),
        1,
        "blank texts are nobody's business"
    );
}

#[tokio::test]
async fn many_texts_go_in_portions_and_come_back_in_order() {
    let peer = Peer::start(translator);
    let mut given: Vec<String> = (0..300).map(|number| format!("text {number}")).collect();
    given.insert(150, "é".repeat(CHARS_MAX));
    given.push("w".repeat(4_999));
    given.push("xy".to_owned());
    let got = translate(&client(), &project(&peer), &given, "fr")
        .await
        .unwrap();
    let upper: Vec<_> = given.iter().map(|text| text.to_uppercase()).collect();
    let said: Vec<_> = got.into_iter().map(|one| one.text).collect();
    assert!(said == upper, "each in its place");
    let portions: Vec<_> = peer
        .received()
        .iter()
        .map(|one| body(one)["q"].as_array().unwrap().len())
        .collect();
    assert_eq!(portions, [128, 22, 1, 128, 22, 1, 1]);
    assert!(peer.received().iter().all(|one| one.body.len() < 100_000));
}

#[tokio::test]
async fn what_is_too_long_is_not_sent_at_all() {
    let peer = Peer::start(translator);
    let long = texts(&["short", &"x".repeat(CHARS_MAX + 1)]);
    let refused = translate(&client(), &project(&peer), &long, "it").await;
    assert!(matches!(refused, Err(Problem::Invalid(_))), "{refused:?}");
    let refused = detect(&client(), &project(&peer), &long[1]).await;
    assert!(matches!(refused, Err(Problem::Invalid(_))), "{refused:?}");
    assert_eq!(peer.connections(), 0);
    // The most that JSON makes of a character.
    let worst = json!({"q": ["\u{1}".repeat(CHARS_MAX)], "target": "it", "format": "text"});
    assert!(worst.to_string().len() < 100_000);
}

#[tokio::test]
async fn a_language_is_recognised_or_not() {
    let described = described();
    let method = described["methods"]["detect"].clone();
    let detected = |language: &str| {
        let answer = json!({"detections": [[{"language": language, "confidence": 0.9, "isReliable": false}]]});
        let schema = json!({ "$ref": method["response"] });
        assert!(fits(&answer, &schema), "{answer}");
        let schema = json!({ "$ref": method["request"] });
        Peer::start(move |request| {
            assert_eq!(request.target, "/language/translate/v2/detect");
            assert!(fits(&body(request), &schema));
            Reply::json(200, &json!({ "data": answer }))
        })
    };
    let peer = detected("it");
    let found = detect(&client(), &project(&peer), "Ciao mondo").await;
    assert_eq!(found, Ok(Some("it".to_owned())));
    assert_eq!(body(&peer.received()[0]), json!({"q": ["Ciao mondo"]}));
    let found = detect(&client(), &project(&detected("und")), "12345").await;
    assert_eq!(found, Ok(None));
    assert_eq!(detect(&client(), &project(&peer), " ").await, Ok(None));
    assert_eq!(peer.received().len(), 1);
}

#[tokio::test]
async fn googles_refusals_are_told_and_odd_answers_are_none() {
    let error = json!({"error": {
        "code": 400, "message": "API key not valid. Please pass a valid API key.",
        "errors": [{"message": "API key not valid.", "domain": "global", "reason": "badRequest"}],
        "status": "INVALID_ARGUMENT",
    }});
    let peer = Peer::start(move |_| Reply::json(400, &error));
    let given = texts(&["one", "two"]);
    let refused = translate(&client(), &project(&peer), &given, "it")
        .await
        .unwrap_err();
    let expected = Problem::Said {
        status: 400,
        code: Some("INVALID_ARGUMENT".to_owned()),
        text: "API key not valid. Please pass a valid API key.".to_owned(),
    };
    assert_eq!(refused, expected);
    let one = json!({"data": {"translations": [{"translatedText": "uno"}]}});
    for answer in [json!({}), json!({"data": {"translations": [{}, {}]}}), one] {
        let peer = Peer::start(move |_| Reply::json(200, &answer));
        let odd = translate(&client(), &project(&peer), &given, "it")
            .await
            .unwrap_err();
        assert_eq!(
            odd.to_string(),
            "the answer has no translation of each text"
        );
        let odd = detect(&client(), &project(&peer), "one").await.unwrap_err();
        assert_eq!(odd.to_string(), "the answer has no detected language");
    }
}

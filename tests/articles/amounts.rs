//! No article, the largest that there may be, and thousands.

use std::time::Instant;

use serde_json::{Value, json};

use super::{article, articles};
use crate::harness::{Answer, Body, Server, on_both_engines};

on_both_engines!(what_is_unusual_is_right, thousands_are_saved_and_found_fast,);

/// Asks until the read models hold a great save: they may take longer to follow than a query waits
/// for them.
async fn patiently(server: &Server, function: &str, arguments: Value) -> Answer {
    let started = Instant::now();
    let mut answer = server.v1(function, arguments.clone()).await;
    while answer.status == 503 && started.elapsed().as_secs() < 60 {
        answer = server.v1(function, arguments.clone()).await;
    }
    answer
}

async fn what_is_unusual_is_right(server: Server) {
    // The largest article there may be, once through a form.
    let large = format!("<p>{}</p>", "é".repeat((1 << 20) - 7));
    let large = article("large", "Large", &large, &[]);
    server
        .ok("save-articles", json!({"articles": [large]}))
        .await;
    let read = patiently(&server, "get-articles", json!({"id": "large"})).await;
    assert!(read.json() == large, "whole");
    // In JSON, an empty list is a list.
    let none = server
        .call(Body::Json, "save-articles", json!({"articles": []}))
        .await;
    assert_eq!(none.response(), json!(true));
    assert_eq!(articles(&server, json!({})).await, json!([]));
    // A key does it once.
    let new = |title: &str| json!({"articles": [{"title": title}], "idempotency_key": "once"});
    server.ok("save-articles", new("One")).await;
    let first = articles(&server, json!({})).await;
    server.ok("save-articles", new("One")).await;
    assert_eq!(
        articles(&server, json!({})).await,
        first,
        "no second ID was made"
    );
    assert_eq!(
        server.refused("save-articles", new("Two")).await,
        "idempotency-key-reused"
    );
}

async fn thousands_are_saved_and_found_fast(server: Server) {
    let content = |n: usize| {
        format!(
            "<p>Article number {n}</p><p>{}</p>",
            "some words of it. ".repeat(30)
        )
    };
    let mut list: Vec<Value> = (0..5_000)
        .map(|n| article(&format!("n{n}"), &format!("Title {n}"), &content(n), &["k"]))
        .collect();
    let timed = async |what: &str, function: &str, arguments: Value| {
        let started = Instant::now();
        let answer = patiently(&server, function, arguments).await;
        assert_eq!(answer.status, 200, "{what}: {answer}");
        println!("{:?}: {what} in {:?}", server.engine(), started.elapsed());
        (answer.json(), started.elapsed())
    };
    timed("5,000 new", "save-articles", json!({ "articles": list })).await;
    timed(
        "the read models follow",
        "get-articles",
        json!({"count": 1}),
    )
    .await;
    let (first, took) = timed("the list", "get-articles", json!({})).await;
    assert_eq!(first.as_array().map(Vec::len), Some(5_000));
    assert!(took.as_secs() < 10, "{took:?}");
    list[2_500]["title"] = json!("Changed");
    list.swap(0, 4_999);
    timed(
        "one changed, two swapped",
        "save-articles",
        json!({ "articles": list }),
    )
    .await;
    timed(
        "the read models follow",
        "get-articles",
        json!({"count": 1}),
    )
    .await;
    let (whole, _) = timed("the whole list", "get-articles", json!({"full": true})).await;
    assert!(whole == json!(list), "as it was saved");
    for (text, expected) in [
        ("number 4321", 1),
        ("Changed", 1),
        ("words", 5_000),
        ("zz", 0),
        ("t", 5_000),
    ] {
        let (found, took) = timed(text, "search-articles", json!({ "search": text })).await;
        assert_eq!(found.as_array().map(Vec::len), Some(expected), "{text}");
        assert!(took.as_secs() < 10, "{text}: {took:?}");
    }
    let (one, _) = timed("one", "get-articles", json!({"id": "n2500"})).await;
    assert_eq!(one["title"], "Changed");
}

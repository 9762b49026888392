//! What the reports tell of readers.

use serde_json::json;

use super::{article, articles};
use crate::harness::{Server, eventually, on_both_engines};

on_both_engines!(readers_are_counted);

async fn readers_are_counted(mut server: Server) {
    let list = json!([
        article("a", "Alpha", "text", &[]),
        article("b", "Beta", "text", &[]),
        article("c", "Alpha", "text", &[])
    ]);
    server
        .ok("save-articles", json!({ "articles": list }))
        .await;
    for id in ["a", "a", "b", "none", "c"] {
        articles(&server, json!({ "id": id })).await;
    }
    articles(&server, json!({"full": true})).await;
    for text in ["text", "nothing", " "] {
        server
            .ok("search-articles", json!({ "search": text }))
            .await;
    }
    eventually("views and searches are in the reports", || async {
        server.total("articles-views").await == 4 && server.total("articles-searches").await == 2
    })
    .await;
    let single = server.report("articles-views-single").await;
    assert_eq!(
        single,
        json!({"Alpha": [2], "Beta": [1], "Alpha (#c)": [1]})
    );
    for rating in [1, 1, 0] {
        server
            .ok(
                "article-ratings",
                json!({"article_id": "b", "rating": rating}),
            )
            .await;
    }
    assert_eq!(
        server.report("articles-ratings").await,
        json!({"Beta": [2, 1]})
    );

    // What was counted last is recorded when the service stops in order, as sums.
    for _ in 0..50 {
        articles(&server, json!({"id": "b"})).await;
    }
    server.restart();
    assert_eq!(server.total("articles-views").await, 54);
    let events = server.events(&["--types", "articles.viewed"]);
    assert!((2..10).contains(&events.len()), "{} events", events.len());
    // An article that is gone stays counted, by its ID.
    server
        .ok("save-articles", json!({"articles": [list[0]]}))
        .await;
    assert_eq!(
        server.report("articles-ratings").await,
        json!({"b": [2, 1]})
    );
    let single = server.report("articles-views-single").await;
    assert_eq!(single, json!({"b": [51], "Alpha": [2], "c": [1]}));
}

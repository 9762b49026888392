//! What is wrong is refused, and changes nothing.

use serde_json::{Value, json};

use super::{article, articles};
use crate::harness::{Server, on_both_engines};

on_both_engines!(what_is_wrong_changes_nothing);

#[expect(clippy::too_many_lines, reason = "one refusal after the other")]
async fn what_is_wrong_changes_nothing(server: Server) {
    let list = json!([article("a", "A", "text", &["k"])]);
    let categories = json!([{"id": "k", "title": "K"}]);
    let save = json!({"articles": list, "translations": {"es": list}});
    server.ok("save-articles", save).await;
    server
        .ok(
            "save-articles-categories",
            json!({ "categories": categories }),
        )
        .await;
    let everything = json!({"full": true, "categories": true, "articles_language": "all"});
    let before = articles(&server, everything.clone()).await;

    let wrong = "invalid-argument";
    let one = |article: Value| json!({"articles": [article]});
    for (arguments, code) in [
        (json!({}), "missing-argument"),
        (json!({"articles": ""}), "missing-argument"),
        (json!({"articles": []}), "missing-argument"), // vanishes from a form
        (json!({"articles": false}), wrong),
        (json!({"articles": "false"}), wrong),
        (json!({"articles": "{"}), wrong),
        (json!({"articles": ["a"]}), wrong),
        (one(json!({"id": "a b", "title": "t"})), wrong),
        (one(json!({"id": "a"})), wrong),
        (one(json!({"id": "a", "title": "t".repeat(1_001)})), wrong),
        (
            one(json!({"id": "a", "content": "t".repeat((1 << 20) + 1)})),
            wrong,
        ),
        (json!({"articles": [list[0], list[0]]}), wrong),
        (
            json!({"articles": list, "translations": {"all": list}}),
            wrong,
        ),
        (json!({"articles": list, "translations": "x"}), wrong),
        (
            json!({"articles": list, "translations": {"es": [{"id": "?"}]}}),
            wrong,
        ),
    ] {
        let said = server.refused("save-articles", arguments.clone()).await;
        let shown: String = arguments.to_string().chars().take(80).collect();
        assert_eq!(said, code, "{shown}");
    }
    let many: Vec<Value> = (0..10_001)
        .map(|n| json!({"id": format!("n{n}"), "title": "t"}))
        .collect();
    let many = server
        .v1("save-articles", json!({ "articles": many }))
        .await;
    assert_eq!((many.status, many.problem().as_str()), (413, "too-large"));
    for (arguments, code) in [
        (json!({"categories": ""}), "missing-argument"),
        (json!({"categories": "false"}), wrong),
        (json!({"categories": [{"id": "a"}]}), wrong),
        (json!({"categories": [categories[0], categories[0]]}), wrong),
    ] {
        assert_eq!(
            server.refused("save-articles-categories", arguments).await,
            code
        );
    }
    for arguments in [
        json!({"id": "x".repeat(51)}),
        json!({"count": "many"}),
        json!({"full": "maybe"}),
    ] {
        assert_eq!(server.refused("get-articles", arguments).await, wrong);
    }
    for rating in ["2", "good", "1.0"] {
        let arguments = json!({"article_id": "a", "rating": rating});
        assert_eq!(server.refused("article-ratings", arguments).await, wrong);
    }
    assert_eq!(
        server.refused("article-ratings", json!({})).await,
        "missing-argument"
    );
    for function in [
        "get-articles",
        "save-articles",
        "search-articles",
        "get-articles-categories",
        "save-articles-categories",
        "article-ratings",
    ] {
        let stranger = json!({"token": "0".repeat(40), "articles": "[]", "categories": "[]", "search": "a", "article_id": "a"});
        assert_eq!(
            server.refused(function, stranger).await,
            "invalid-token",
            "{function}"
        );
    }
    assert_eq!(articles(&server, everything).await, before);
    assert_eq!(
        server
            .ok("article-ratings", json!({"article_id": "a"}))
            .await,
        "[]"
    );
}

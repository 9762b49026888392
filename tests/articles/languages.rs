//! An article in several languages.

use serde_json::json;

use super::{article, articles};
use crate::harness::{Server, on_both_engines};

on_both_engines!(languages_stand_side_by_side);

async fn languages_stand_side_by_side(server: Server) {
    let english = json!([
        article("a", "One", "1", &["x"]),
        article("b", "Two", "2", &[])
    ]);
    let spanish = json!([
        article("b", "Dos", "2", &[]),
        article("a", "Uno", "1", &["x"])
    ]);
    let french = json!([article("c", "Trois", "3", &[])]);
    let save = json!({"articles": english, "translations": {"es": spanish, "fr": french}});
    server.ok("save-articles", save).await;
    for (asked, expected) in [
        (json!(false), &english),
        (json!(""), &english),
        (json!("en"), &english),
        (json!("es"), &spanish),
        (json!("ES-mx"), &spanish),
        (json!("fr"), &french),
    ] {
        let list = json!({"full": true, "articles_language": asked});
        assert_eq!(&articles(&server, list).await, expected, "{asked}");
    }
    let all = json!({"full": true, "articles_language": "all"});
    let expected = json!([english, {"es": spanish, "fr": french}]);
    assert_eq!(articles(&server, all).await, expected);
    let all = json!({"full": true, "articles_language": "all", "categories": "x", "count": 1});
    let expected = json!([[english[0]], {"es": [spanish[1]], "fr": []}]);
    assert_eq!(articles(&server, all).await, expected);

    let one = |id: &str, language: &str| {
        articles(&server, json!({"id": id, "articles_language": language}))
    };
    assert_eq!(one("a", "es").await, spanish[1]);
    assert_eq!(
        one("a", "fr").await,
        english[0],
        "the default language instead"
    );
    assert_eq!(one("c", "fr").await, french[0]);
    assert_eq!(one("c", "").await, french[0], "there in French alone");
    assert_eq!(one("x", "es").await, json!(false));
    assert_eq!(
        one("a", "all").await,
        json!([english[0], {"es": spanish[1]}])
    );
    assert_eq!(one("x", "all").await, json!(false));

    // Translations that are not spoken of stay; those given take the place of all.
    let mut changed = english.clone();
    changed[0]["title"] = json!("First");
    server
        .ok("save-articles", json!({ "articles": changed }))
        .await;
    let all = json!({"full": true, "articles_language": "all"});
    let expected = json!([changed, {"es": spanish, "fr": french}]);
    assert_eq!(articles(&server, all.clone()).await, expected);
    let save = json!({"articles": changed, "translations": {"fr": french}});
    server.ok("save-articles", save).await;
    assert_eq!(
        articles(&server, all.clone()).await,
        json!([changed, {"fr": french}])
    );
    let save = json!({"articles": changed, "translations": "[]"});
    server.ok("save-articles", save).await;
    assert_eq!(articles(&server, all).await, json!([changed, {}]));
}

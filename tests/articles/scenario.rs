//! The knowledge base from the first article to the last.

use serde_json::{Value, json};

use super::{article, articles};
use crate::harness::{Body, Server, column, on_both_engines};

on_both_engines!(scenario_20_articles);

/// Rates the article 6P2Oq well, badly and well.
async fn rate_as_every_client(server: &Server) {
    for (rating, body) in [("1", Body::Php), ("0", Body::Jquery), ("1", Body::Json)] {
        let arguments = json!({"article_id": "6P2Oq", "rating": rating});
        let answer = server.call(body, "article-ratings", arguments).await;
        assert_eq!(answer.response(), json!(true));
    }
}

async fn scenario_20_articles(server: Server) {
    assert_eq!(articles(&server, json!({})).await, json!([]));
    let long = format!("<h1>The API</h1><p>{}</p>", "V2 is new. ".repeat(40));
    let new = article("6P2Oq", "What's new?", &long, &["K92kl"]);
    let mut second = article("", "Should I move?", "<p>Yes.</p>", &[]);
    let spanish = json!([{"id": "6P2Oq", "title": "¿Qué hay de nuevo?", "content": "La API", "link": "", "categories": []}]);
    let nested = json!({"articles": [new, second]}).to_string();
    let save = json!({"articles": nested, "translations": {"es": spanish}});
    assert_eq!(server.ok("save-articles", save).await, json!(true));
    let categories =
        json!([{"id": "K92kl", "title": "Business"}, {"id": "123456", "title": "Finance"}]);
    let save = json!({ "categories": categories });
    assert_eq!(
        server.ok("save-articles-categories", save).await,
        json!(true)
    );

    let list = articles(&server, json!({})).await;
    assert_eq!(column(&list, "title"), ["What's new?", "Should I move?"]);
    let cut = list[0]["content"].as_str().expect("a text");
    assert!(
        cut.starts_with("The API V2 is new.") && cut.ends_with(" ..."),
        "{cut}"
    );
    assert_eq!(
        (cut.chars().count(), &list[1]["content"]),
        (104, &json!("Yes."))
    );
    let id = list[1]["id"].as_str().expect("an id").to_owned();
    assert!(
        id.len() == 5 && id.bytes().all(|byte| byte.is_ascii_alphanumeric()),
        "{id}"
    );
    second["id"] = json!(id);
    let whole = json!([new, second]);
    assert_eq!(articles(&server, json!({"full": true})).await, whole);
    assert_eq!(
        articles(&server, json!({"full": true, "count": 1})).await,
        json!([new])
    );
    assert_eq!(
        articles(&server, json!({"full": true, "count": "all", "id": -1})).await,
        whole
    );
    assert_eq!(articles(&server, json!({"id": "6P2Oq"})).await, new);
    assert_eq!(articles(&server, json!({"id": "none"})).await, json!(false));
    let both = json!({"full": true, "categories": true});
    assert_eq!(articles(&server, both).await, json!([whole, categories]));
    let one = json!({"full": true, "categories": "K92kl"});
    assert_eq!(articles(&server, one).await, json!([new]));
    assert_eq!(
        articles(&server, json!({"categories": "none"})).await,
        json!([])
    );
    let in_spanish = json!({"full": true, "articles_language": "es"});
    assert_eq!(articles(&server, in_spanish).await, spanish);
    let unknown = json!({"full": true, "articles_language": "xx"});
    assert_eq!(articles(&server, unknown).await, whole);
    assert_eq!(
        server.ok("get-articles-categories", json!({})).await,
        categories
    );

    let search = |text: &str| server.ok("search-articles", json!({ "search": text }));
    assert_eq!(search("API v2").await, json!([list[0]]));
    assert_eq!(search("nothing").await, json!([]));

    let rate = |arguments: Value| server.ok("article-ratings", arguments);
    let ratings = || rate(json!({"article_id": "6P2Oq"}));
    assert_eq!(ratings().await, json!("[]"));
    rate_as_every_client(&server).await;
    assert_eq!(ratings().await, json!("[1, -1, 1]"));
    let unset = json!({"article_id": "6P2Oq", "rating": false});
    let read = server.call(Body::Jquery, "article-ratings", unset.clone());
    assert_eq!(read.await.response(), json!("[1, -1, 1]"));
    let read = server.call(Body::Json, "article-ratings", unset);
    assert_eq!(read.await.response(), json!("[1, -1, 1]"));
    let once = json!({"article_id": id, "rating": 1, "idempotency_key": "k"});
    assert_eq!(rate(once.clone()).await, rate(once).await);
    assert_eq!(rate(json!({"article_id": id})).await, json!("[1]"));

    // What is not given any more is gone, with its ratings and its translation.
    let save = json!({"articles": [second]});
    server.ok("save-articles", save).await;
    assert_eq!(
        articles(&server, json!({"full": true})).await,
        json!([second])
    );
    assert_eq!(
        articles(&server, json!({"id": "6P2Oq"})).await,
        json!(false)
    );
    assert_eq!(ratings().await, json!("[]"));
    let gone = json!({"article_id": "6P2Oq", "rating": 1});
    assert_eq!(
        server.refused("article-ratings", gone).await,
        "invalid-argument"
    );
    assert_eq!(search("api").await, json!([]));
    let in_spanish = json!({"full": true, "articles_language": "es"});
    assert_eq!(articles(&server, in_spanish).await, json!([second]));
}

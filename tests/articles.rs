//! The knowledge base: articles saved and read by every kind of client, languages, searches,
//! ratings, and what the reports tell of readers.

use std::time::Instant;

use serde_json::{Value, json};

use crate::harness::{Answer, Body, Engine, Server, column, eventually, on_both_engines};

on_both_engines!(
    scenario_20_articles,
    what_is_saved_is_read_the_same_by_every_client,
    languages_stand_side_by_side,
    searches_find_any_part,
    readers_are_counted,
    what_is_wrong_changes_nothing,
    what_is_unusual_is_right,
    thousands_are_saved_and_found_fast,
);

const ALL_BODIES: [Body; 4] = [Body::Php, Body::Jquery, Body::Json, Body::Multipart];

fn article(id: &str, title: &str, content: &str, categories: &[&str]) -> Value {
    json!({"id": id, "title": title, "content": content, "link": "https://example.com/a?b=c&d=e", "categories": categories})
}

async fn articles(server: &Server, arguments: Value) -> Value {
    server.ok("get-articles", arguments).await
}

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

/// The data of a report.
async fn report(server: &Server, name: &str) -> Value {
    server.ok("reports", json!({"name": name})).await["data"].clone()
}

/// The sum of a report's first numbers.
async fn total(server: &Server, name: &str) -> u64 {
    let data = report(server, name).await;
    let rows = data.as_object().expect("rows").values();
    rows.map(|row| row[0].as_u64().expect("a number")).sum()
}

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

async fn what_is_saved_is_read_the_same_by_every_client(mut server: Server) {
    let html = "<p style=\"color: red\">Ünï & co = 100 % + \"quotes\" 'here' \\ 👋🏽\r\n\t猫</p>";
    let own = json!({"id": "own-1_A", "title": "قائمة 猫 <b>", "content": html, "link": "", "categories": ["a", "b"], "parent": {"x": ["1", "2"]}});
    let list = json!([
        article("6P2Oq", "What's new?", html, &["K92kl", "123456"]),
        own,
        article("z", "", "only content", &[])
    ]);
    let translations = json!({"es": [article("6P2Oq", "¿Qué?", html, &[])], "pt-BR": [article("z", "Só título", "", &["a"]), article("t", "Sozinho", "x", &[])]});
    let categories =
        json!([{"id": "b", "title": "Zoë & co"}, {"id": "123456", "title": "猫", "parent": "b"}]);
    let expected = json!([list, categories, translations]);
    let everything = json!({"full": true, "categories": true, "articles_language": "all"});
    for body in ALL_BODIES {
        for articles in [list.clone(), json!({ "articles": list })] {
            for function in ["save-articles", "save-articles-categories"] {
                let none = json!({"articles": "[]", "translations": "{}", "categories": "[]"});
                server.ok(function, none).await;
            }
            assert_eq!(
                server.ok("get-articles", everything.clone()).await,
                json!([[], [], {}])
            );
            let all = json!({"articles": articles, "translations": translations});
            let answer = server.call(body, "save-articles", all).await;
            assert_eq!(answer.response(), json!(true), "{body:?}");
            let all = json!({ "categories": categories });
            let answer = server.call(body, "save-articles-categories", all).await;
            assert_eq!(answer.response(), json!(true), "{body:?}");
            let answer = server.call(body, "get-articles", everything.clone()).await;
            assert_eq!(answer.response(), expected, "{body:?}");
        }
        // What was read is saved again as it is, and nothing has happened.
        let before = server.v1("get-articles", everything.clone()).await.json();
        let again = json!({"articles": before[0], "translations": before[2]});
        let first = server.call(body, "save-articles", again.clone()).await;
        let second = server.call(body, "save-articles", again).await;
        let position = |answer: &Answer| answer.header("x-event-position").map(str::to_owned);
        assert_eq!(position(&first), position(&second), "{body:?}");
        assert!(position(&first).is_some());
        assert_eq!(
            server.ok("get-articles", everything.clone()).await,
            expected
        );
    }
    server.restart();
    assert_eq!(
        server.ok("get-articles", everything.clone()).await,
        expected
    );
    let rebuilt = {
        server.stop();
        let output = server.verb("rebuild", &["--projection", "articles"]);
        assert!(output.status.success(), "{output:?}");
        server.start_again();
        server.ok("get-articles", everything).await
    };
    assert_eq!(rebuilt, expected);
    server.stop();
    let output = server.verb("verify", &[]);
    assert!(output.status.success(), "{output:?}");
}

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

async fn searches_find_any_part(server: Server) {
    let deep = format!(
        "<div class=\"hidden\">{}</div><p>the Needle 針 &amp; thread</p>",
        "hay ".repeat(60_000)
    );
    let english = json!([
        article("a", "Straße", "<script>secret()</script><b>Sta</b>ble", &[]),
        article("b", "Haystack", &deep, &[]),
        article("c", "Stable genius", "<p>one</p><p>two</p>", &[]),
    ]);
    let spanish = json!([article("a", "Calle", "El needle", &[])]);
    let save = json!({"articles": english, "translations": {"es": spanish}});
    server.ok("save-articles", save).await;
    let found = |text: &str, language: &str| {
        let search = json!({"search": text, "articles_language": language});
        server.ok("search-articles", search)
    };
    for (text, expected) in [
        ("needle", vec!["b"]),
        ("NEEDLE 針 & thr", vec!["b"]),
        ("針", vec!["b"]),
        ("strasse", vec!["a"]),
        ("stable", vec!["c", "a"]),
        ("one two", vec!["c"]),
        ("st", vec!["a", "b", "c"]),
        ("secret", vec![]),
        ("hidden", vec![]),
        ("100%", vec![]),
        ("\" OR \"a", vec![]),
        (" ", vec![]),
    ] {
        assert_eq!(column(&found(text, "").await, "id"), expected, "{text}");
    }
    let row = found("needle", "").await;
    let content = row[0]["content"].as_str().expect("a text");
    assert!(
        content.starts_with("hay hay") && content.len() < 110,
        "{content}"
    );
    assert_eq!(column(&found("calle", "es").await, "id"), ["a"]);
    assert_eq!(found("haystack", "es").await, json!([]));
    assert_eq!(
        column(&found("haystack", "fr").await, "id"),
        ["b"],
        "the default language"
    );
    let all = found("needle", "all").await;
    assert_eq!(column(&all, "id"), ["b", "a"]);
    assert_eq!(
        (&all[0]["language"], &all[1]["language"]),
        (&Value::Null, &json!("es"))
    );
    let missing = server
        .refused("search-articles", json!({"search": ""}))
        .await;
    assert_eq!(missing, "missing-argument");
}

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
        total(&server, "articles-views").await == 4
            && total(&server, "articles-searches").await == 2
    })
    .await;
    let single = report(&server, "articles-views-single").await;
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
        report(&server, "articles-ratings").await,
        json!({"Beta": [2, 1]})
    );

    // What was counted last is recorded when the service stops in order, as sums.
    for _ in 0..50 {
        articles(&server, json!({"id": "b"})).await;
    }
    server.restart();
    assert_eq!(total(&server, "articles-views").await, 54);
    let events = server.events(&["--types", "articles.viewed"]);
    assert!((2..10).contains(&events.len()), "{} events", events.len());
    // An article that is gone stays counted, by its ID.
    server
        .ok("save-articles", json!({"articles": [list[0]]}))
        .await;
    assert_eq!(
        report(&server, "articles-ratings").await,
        json!({"b": [2, 1]})
    );
    let single = report(&server, "articles-views-single").await;
    assert_eq!(single, json!({"b": [51], "Alpha": [2], "c": [1]}));
}

#[expect(
    clippy::too_many_lines,
    reason = "one case after another, on one server"
)]
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

#[tokio::test]
async fn a_kill_loses_no_article_and_no_rating() {
    let mut server = Server::start(Engine::Sqlite).await;
    let list = json!([article("a", "A", "text", &[])]);
    server
        .ok("save-articles", json!({ "articles": list }))
        .await;
    server
        .ok("article-ratings", json!({"article_id": "a", "rating": 1}))
        .await;
    server.kill9();
    server.start_again();
    assert_eq!(articles(&server, json!({"full": true})).await, list);
    assert_eq!(
        server
            .ok("article-ratings", json!({"article_id": "a"}))
            .await,
        "[1]"
    );
}

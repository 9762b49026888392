//! What is saved is there: for every kind of client, after a restart, a rebuild and a kill.

use serde_json::json;

use super::{article, articles};
use crate::harness::{Answer, Body, Engine, Server, on_both_engines};

on_both_engines!(what_is_saved_is_read_the_same_by_every_client);

const ALL_BODIES: [Body; 4] = [Body::Php, Body::Jquery, Body::Json, Body::Multipart];

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
        server.told("rebuild", &["--projection", "articles"]);
        server.start_again();
        server.ok("get-articles", everything).await
    };
    assert_eq!(rebuilt, expected);
    server.stop();
    server.assert_sound();
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

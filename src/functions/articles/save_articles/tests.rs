use events::{Event, Stream};
use serde_json::{Value, json};

use super::*;
use crate::functions::{
    conversations::histories::{arguments, problem},
    scenario::{given, happened},
};

fn save(articles: &Value) -> SaveArticles {
    arguments(json!({ "articles": articles }))
}

fn save_with(articles: &Value, translations: &Value) -> SaveArticles {
    arguments(json!({"articles": articles, "translations": translations}))
}

fn text(number: u64, id: &str, language: &str, title: &str) -> (Stream, Event) {
    let saved = Saved {
        number,
        id: id.to_owned(),
        language: language.to_owned(),
        title: title.to_owned(),
        ..Saved::default()
    };
    happened(STREAM, saved)
}

fn ordered(language: &str, numbers: &[u64]) -> (Stream, Event) {
    let language = language.to_owned();
    let numbers = numbers.to_vec();
    happened(STREAM, Ordered { language, numbers })
}

fn removed(number: u64, id: &str, language: &str, gone: bool) -> (Stream, Event) {
    let removed = Removed {
        number,
        id: id.to_owned(),
        language: language.to_owned(),
        gone,
    };
    happened(STREAM, removed)
}

/// Articles a, b and c; a in Spanish, and d in Spanish alone.
fn history() -> Vec<(Stream, Event)> {
    vec![
        text(1, "a", "", "A"),
        text(2, "b", "", "B"),
        text(3, "c", "", "C"),
        ordered("", &[1, 2, 3]),
        text(4, "d", "es", "D"),
        text(5, "a", "es", "Á"),
        ordered("es", &[4, 5]),
    ]
}

fn all() -> (Value, Value) {
    let list = |list: &[(&str, &str)]| {
        let article = |(id, title): &(&str, &str)| json!({"id": id, "title": title});
        Value::from(list.iter().map(article).collect::<Vec<_>>())
    };
    (
        list(&[("a", "A"), ("b", "B"), ("c", "C")]),
        json!({"es": list(&[("d", "D"), ("a", "Á")])}),
    )
}

#[test]
fn only_what_changes_is_recorded() {
    let (articles, translations) = all();
    given([])
        .when(save_with(&articles, &translations))
        .then(history())
        .answering(json!(true));
    given(history())
        .when(save_with(&articles, &translations))
        .then([])
        .answering(json!(true));
    let mut changed = articles.clone();
    changed[1]["title"] = json!("B two");
    given(history())
        .when(save(&changed))
        .then([text(2, "b", "", "B two")]);
    for (name, value) in [
        ("link", json!("l")),
        ("categories", json!(["x"])),
        ("own", json!(1)),
    ] {
        let mut changed = articles.clone();
        changed[0][name] = value;
        let mut saved = Saved {
            number: 1,
            id: "a".to_owned(),
            title: "A".to_owned(),
            ..Saved::default()
        };
        match name {
            "link" => saved.link = "l".to_owned(),
            "categories" => saved.categories = vec!["x".to_owned()],
            _ => saved.more = json!({"own": 1}).as_object().cloned().unwrap(),
        }
        given(history())
            .when(save(&changed))
            .then([happened(STREAM, saved)]);
    }
}

#[test]
fn what_is_not_given_is_gone() {
    // Without translations those stay that translate what stays, or nothing.
    given(history())
        .when(save(
            &json!([{"id": "b", "title": "B"}, {"id": "e", "title": "E"}]),
        ))
        .then([
            removed(1, "a", "", true),
            removed(5, "a", "es", true),
            removed(3, "c", "", true),
            text(6, "e", "", "E"),
            ordered("", &[2, 6]),
            ordered("es", &[4]),
        ]);
    let (articles, _) = all();
    given(history())
        .when(save_with(&articles, &json!("{}")))
        .then([
            removed(5, "a", "es", false),
            removed(4, "d", "es", true),
            ordered("es", &[]),
        ]);
    given(history())
        .when(save_with(
            &json!("[]"),
            &json!({"fr": [{"id": "a", "title": "F"}]}),
        ))
        .then([
            removed(1, "a", "", false),
            removed(5, "a", "es", false),
            removed(2, "b", "", true),
            removed(3, "c", "", true),
            removed(4, "d", "es", true),
            ordered("", &[]),
            ordered("es", &[]),
            text(6, "a", "fr", "F"),
            ordered("fr", &[6]),
        ]);
}

#[test]
fn the_order_is_kept_and_numbers_never_come_back() {
    let (mut articles, _) = all();
    articles.as_array_mut().unwrap().reverse();
    given(history())
        .when(save(&articles))
        .then([ordered("", &[3, 2, 1])]);
    let mut without = history();
    without.extend([removed(5, "a", "es", false), ordered("es", &[4])]);
    let (articles, translations) = all();
    given(without)
        .when(save_with(&articles, &translations))
        .then([text(6, "a", "es", "Á"), ordered("es", &[4, 6])]);
}

#[test]
fn refusals() {
    let twice = json!([{"id": "a", "title": "A"}, {"id": "a", "title": "B"}]);
    given([])
        .when(save(&twice))
        .then_refused_with("invalid-argument");
    given([])
        .when(save_with(&json!("[]"), &json!({ "es": twice })))
        .then_refused_with("invalid-argument");
    let many: Vec<Value> = (0..=TEXTS_MAX)
        .map(|number| json!({"id": format!("a{number}"), "title": "t"}))
        .collect();
    given([])
        .when(save(&json!(many)))
        .then_refused_with("too-large");
    let languages: serde_json::Map<String, Value> = (0..=LANGUAGES_MAX)
        .map(|number| (format!("l{number}"), json!([])))
        .collect();
    given([])
        .when(save_with(&json!("[]"), &json!(languages)))
        .then_refused_with("too-large");
    for articles in [json!(null), json!("")] {
        let code = problem::<SaveArticles>(json!({ "articles": articles }));
        assert_eq!(code, "missing-argument");
    }
    for articles in [json!(false), json!("false"), json!("x"), json!([1])] {
        let code = problem::<SaveArticles>(json!({ "articles": articles }));
        assert_eq!(code, "invalid-argument");
    }
}

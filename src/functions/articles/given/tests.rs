use serde_json::json;

use super::*;
use crate::wire::Nested;

fn ids(value: Value) -> Result<Vec<String>, Unreadable> {
    let read = Nested::<Articles>::read(value)?;
    Ok(read.0.into_iter().map(|article| article.id).collect())
}

#[test]
fn one_list_in_every_writing() {
    let list = json!([{"id": "a", "title": "A"}, {"id": "b", "content": "B"}]);
    let nested = json!({ "articles": list });
    for value in [
        list.clone(),
        nested.clone(),
        json!(list.to_string()),
        json!(nested.to_string()),
        json!({"articles": list.to_string()}),
        json!({"articles": {"0": list[0], "7": list[1]}}),
        json!({"0": list[0], "3": list[1].to_string()}),
    ] {
        assert_eq!(ids(value.clone()).unwrap(), ["a", "b"], "{value}");
    }
    assert_eq!(ids(list[0].clone()).unwrap(), ["a"]);
}

#[test]
fn only_an_empty_list_is_one() {
    for value in [
        json!([]),
        json!("[]"),
        json!({"articles": []}),
        json!("{\"articles\":[]}"),
    ] {
        assert_eq!(ids(value.clone()).unwrap(), [] as [&str; 0], "{value}");
    }
    for value in [
        json!(null),
        json!(""),
        json!("false"),
        json!(false),
        json!(0),
        json!("null"),
        json!({"articles": null}),
        json!({"articles": "false"}),
        json!({"articles": ""}),
        json!(["a"]),
        json!([[]]),
    ] {
        assert!(ids(value.clone()).is_err(), "{value}");
    }
}

#[test]
fn nothing_is_called_by_a_word_of_get_articles() {
    for word in ["-1", "0", "false", "False"] {
        assert!(ids(json!([{"id": word, "title": "A"}])).is_err(), "{word}");
    }
    assert_eq!(ids(json!([{"id": "1", "title": "A"}])).unwrap(), ["1"]);
    for word in ["-1", "0", "1", "false", "true"] {
        let category = json!([{"id": word, "title": "A"}]);
        assert!(Categories::read(category).is_err(), "{word}");
    }
}

#[test]
fn what_an_article_may_be() {
    let given = json!({"title": null, "content": "c", "link": false, "categories": "x, y", "own": {"a": [1]}});
    let read = Articles::read(json!([given])).unwrap().0.remove(0);
    let expected = Saved {
        content: "c".to_owned(),
        categories: vec!["x".to_owned(), "y".to_owned()],
        more: json!({"own": {"a": [1]}}).as_object().cloned().unwrap(),
        ..Saved::default()
    };
    assert_eq!(read, expected);
    for wrong in [
        json!({"id": "a b", "title": "t"}),
        json!({"id": "x".repeat(51), "title": "t"}),
        json!({"id": "a", "title": " "}),
        json!({"title": "x".repeat(TITLE_CHARS_MAX + 1)}),
        json!({"title": "t", "content": "x".repeat(CONTENT_CHARS_MAX + 1)}),
        json!({"title": "t", "categories": [["x"]]}),
        json!({"title": "t", "categories": vec!["x"; CATEGORIES_MAX + 1]}),
        json!({"title": "t", "own": "x".repeat(MORE_BYTES_MAX)}),
        json!({"title": ["t"]}),
    ] {
        assert!(Articles::read(json!([wrong.clone()])).is_err());
    }
    assert!(Categories::read(json!([{"id": "a", "title": ""}])).is_err());
}

#[test]
fn languages_are_codes() {
    let read = |key: &str| Translations::read(json!({ key: [{"id": "a", "title": "A"}] }));
    for good in ["es", "pt-BR", "zh_Hans"] {
        assert_eq!(read(good).unwrap().0[good][0].language, good);
    }
    for wrong in ["", "all", "False", "0", "e s", &"x".repeat(21)] {
        assert!(read(wrong).is_err(), "{wrong}");
    }
    assert_eq!(Translations::read(json!("{}")).unwrap().0.len(), 0);
    assert_eq!(Translations::read(json!({"es": ""})).unwrap().0["es"], []);
}

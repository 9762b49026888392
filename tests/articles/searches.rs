//! Searches in what readers see.

use serde_json::{Value, json};

use super::article;
use crate::harness::{Server, column, on_both_engines};

on_both_engines!(searches_find_any_part);

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

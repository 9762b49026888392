//! Lists and searches.

use projections::ArticlesFilter;

use super::{filter, found, ids, three};
use crate::world::on_both;

on_both!(lists_are_short_or_whole, three(), |world| {
    let models = &world.models;
    let rows = models.articles(&filter("")).await.unwrap();
    assert_eq!(ids(&rows), ["b", "a", "c"]);
    assert_eq!(
        rows[0].content,
        format!("{} ...", "word ".repeat(20).trim())
    );
    assert_eq!(rows[1].content, "The API V2 is the new iteration");
    assert_eq!(rows[1].categories, ["c1"]);
    assert_eq!(rows[1].more["own"], 1);
    assert_eq!(rows[1].link, "https://example.com/a");

    let full = ArticlesFilter {
        full: true,
        limit: Some(2),
        ..filter("")
    };
    let rows = models.articles(&full).await.unwrap();
    assert_eq!(ids(&rows), ["b", "a"]);
    assert_eq!(
        rows[1].content,
        "<p>The <b>API</b> V2 is the new iteration</p>"
    );

    let category = |category: &str| ArticlesFilter {
        category: Some(category.to_owned()),
        ..filter("")
    };
    let rows = models.articles(&category("c1")).await.unwrap();
    assert_eq!(ids(&rows), ["a", "c"]);
    for none in ["c", "1", "c1\"", ""] {
        assert_eq!(models.articles(&category(none)).await.unwrap(), []);
    }
    assert_eq!(models.article_languages().await.unwrap(), ["es"]);
    let rows = models.articles(&filter("es")).await.unwrap();
    assert_eq!((ids(&rows), rows[0].title.as_str()), (vec!["b"], "Calle"));
    assert_eq!(models.articles(&filter("e")).await.unwrap(), []);

    let texts = models.article("b").await.unwrap();
    let languages: Vec<_> = texts.iter().map(|row| row.language.as_str()).collect();
    assert_eq!(languages, ["", "es"]);
    assert_eq!(texts[1].content, "<p>Una palabra</p>");
    assert_eq!(models.article("x").await.unwrap(), []);
    let wanted = ["b", "x", "c"].map(str::to_owned);
    let titles = models.article_titles(&wanted).await.unwrap();
    let titles: std::collections::BTreeMap<_, _> = titles.into_iter().collect();
    assert_eq!(titles.len(), 2);
    assert_eq!(
        (titles["b"].as_str(), titles["c"].as_str()),
        ("Straße 猫", "Other")
    );
});

on_both!(searches_find_substrings, three(), |world| {
    let models = &world.models;
    for (text, expected) in [
        ("api", vec!["a", "c"]),
        ("STRASSE", vec!["b"]),
        ("猫", vec!["b"]),
        ("new iteration", vec!["a"]),
        ("rd tail", vec!["b"]),
        ("<p>", vec![]),
        ("r", vec!["b", "c", "a"]), // the title first, then as saved
        ("' OR 1=1", vec![]),
        ("palabra", vec![]),
        (" ", vec![]),
    ] {
        assert_eq!(found(models, text, Some("")).await, expected, "{text}");
    }
    assert_eq!(found(models, "PALABRA", Some("es")).await, ["b"]);
    assert_eq!(found(models, "api", Some("es")).await, [] as [&str; 0]);
    assert_eq!(found(models, "palabra", None).await, ["b"]);
    assert_eq!(found(models, "ca", None).await, ["b"]);
    assert_eq!(
        found(models, "api", Some("x' OR 'a' = 'a")).await,
        [] as [&str; 0]
    );
});

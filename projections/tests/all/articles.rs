//! The knowledge base: lists, languages, ratings and searches, and what goes.

use events::article::{Ordered, Rated, Removed, Saved, Searched, Viewed};
use events::report::Name;
use events::{Stream, StreamKind};
use projections::{ArticleRow, ArticlesFilter, Projection, ReadModels};

use crate::history::History;
use crate::world::on_both;

const STREAM: Stream = Stream {
    kind: StreamKind::Articles,
    id: 1,
};

impl History {
    fn article(&self, number: u64, id: &str, language: &str, title: &str, content: &str) -> &Self {
        let saved = Saved {
            number,
            id: id.to_owned(),
            language: language.to_owned(),
            title: title.to_owned(),
            content: content.to_owned(),
            link: format!("https://example.com/{id}"),
            categories: vec![format!("c{}", number % 2)],
            more: std::iter::once(("own".to_owned(), number.into())).collect(),
        };
        self.add(STREAM, saved)
    }

    fn ordered(&self, language: &str, numbers: impl IntoIterator<Item = u64>) -> &Self {
        let ordered = Ordered {
            language: language.to_owned(),
            numbers: numbers.into_iter().collect(),
        };
        self.add(STREAM, ordered)
    }

    fn removed(&self, number: u64, id: &str, language: &str, gone: bool) -> &Self {
        let removed = Removed {
            number,
            id: id.to_owned(),
            language: language.to_owned(),
            gone,
        };
        self.add(STREAM, removed)
    }

    fn rating(&self, id: &str, positive: bool) -> &Self {
        let id = id.to_owned();
        self.add(STREAM, Rated { id, positive })
    }
}

fn ids(rows: &[ArticleRow]) -> Vec<&str> {
    rows.iter().map(|row| row.id.as_str()).collect()
}

fn filter(language: &str) -> ArticlesFilter {
    ArticlesFilter {
        language: language.to_owned(),
        ..ArticlesFilter::default()
    }
}

async fn found(models: &ReadModels, text: &str, language: Option<&str>) -> Vec<String> {
    let rows = models.search_articles(text, language).await.unwrap();
    ids(&rows).into_iter().map(str::to_owned).collect()
}

/// Three articles, the second one in Spanish too.
fn three() -> History {
    let history = History::new();
    history
        .article(
            1,
            "a",
            "",
            "What's new?",
            "<p>The <b>API</b> V2 is the new iteration</p>",
        )
        .article(
            2,
            "b",
            "",
            "Straße 猫",
            &format!("<p>{}</p>tail", "word ".repeat(60)),
        )
        .article(3, "c", "", "Other", "Read the API's reference")
        .ordered("", [2, 1, 3])
        .article(4, "b", "es", "Calle", "<p>Una palabra</p>")
        .ordered("es", [4])
        .rating("a", false)
        .rating("b", true)
        .rating("a", true);
    history
}

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

on_both!(what_changes_is_found_anew, three(), |world| {
    world
        .history
        .article(1, "a", "", "Changed", "Something else")
        .removed(3, "c", "", true)
        .ordered("", [1, 2]);
    world.catch_up().await;
    let models = &world.models;
    assert_eq!(found(models, "api", Some("")).await, [] as [&str; 0]);
    assert_eq!(found(models, "something", Some("")).await, ["a"]);
    assert_eq!(
        ids(&models.articles(&filter("")).await.unwrap()),
        ["a", "b"]
    );
    assert_eq!(models.article("c").await.unwrap(), []);
    // A language that is gone, and an ID that comes back.
    world
        .history
        .removed(4, "b", "es", false)
        .ordered("es", [])
        .article(5, "c", "", "Again", "api")
        .ordered("", [5, 1, 2]);
    world.catch_up().await;
    assert_eq!(models.article_languages().await.unwrap(), [] as [&str; 0]);
    assert_eq!(
        ids(&models.articles(&filter("")).await.unwrap()),
        ["c", "a", "b"]
    );
    assert_eq!(found(models, "api", None).await, ["c"]);
    world
        .history
        .removed(1, "a", "", true)
        .removed(2, "b", "", true)
        .removed(5, "c", "", true)
        .ordered("", []);
    world.catch_up().await;
    for digest in models.digest(Projection::Articles).await.unwrap() {
        assert_eq!(digest.rows, 0, "{}", digest.table);
    }
});

on_both!(ratings_go_with_their_article, three(), |world| {
    let models = &world.models;
    assert_eq!(models.article_ratings("a", 9).await.unwrap(), [false, true]);
    assert_eq!(models.article_ratings("a", 1).await.unwrap(), [true]);
    assert_eq!(
        models.article_ratings("x", 9).await.unwrap(),
        [] as [bool; 0]
    );
    world
        .history
        .rating("a", true)
        .removed(1, "a", "", true)
        .removed(2, "b", "", false)
        .article(6, "a", "", "Again", "")
        .rating("a", false);
    world.catch_up().await;
    assert_eq!(models.article_ratings("a", 9).await.unwrap(), [false]);
    assert_eq!(models.article_ratings("b", 9).await.unwrap(), [true]);
    let sums = models.report_by_item(Name::ArticlesRatings, (0, 4_000_000), 9);
    let sums = sums.await.unwrap();
    let sums: Vec<_> = sums
        .iter()
        .map(|(id, sum)| (id.as_str(), sum.entries, sum.total))
        .collect();
    assert_eq!(
        sums,
        [("a", 4, 2), ("b", 1, 1)],
        "what happened stays counted"
    );
});

on_both!(readings_are_reported, History::new(), |world| {
    let viewed = |views: &[(&str, u64)]| Viewed {
        views: views
            .iter()
            .map(|(id, views)| ((*id).to_owned(), *views))
            .collect(),
    };
    world
        .history
        .add(STREAM, viewed(&[("a", 3), ("b", 1)]))
        .add(STREAM, Searched { searches: 7 })
        .pass(600)
        .add(STREAM, viewed(&[("b", 10)]));
    world.catch_up().await;
    let ever = (0, 4_000_000);
    let models = &world.models;
    let count = |name| async move { models.report_over(name, &[ever]).await.unwrap()[0].entries };
    assert_eq!(count(Name::ArticlesViews).await, 14);
    assert_eq!(count(Name::ArticlesSearches).await, 7);
    let single = models
        .report_by_item(Name::ArticlesViewsSingle, ever, 9)
        .await
        .unwrap();
    let single: Vec<_> = single
        .iter()
        .map(|(id, sum)| (id.as_str(), sum.entries))
        .collect();
    assert_eq!(single, [("b", 11), ("a", 3)]);
});

/// Some of everything, in an order that a batch must heed.
fn turmoil() -> History {
    let history = three();
    history
        .removed(2, "b", "", false)
        .removed(4, "b", "es", true)
        .article(7, "b", "es", "De nuevo", "<i>ñandú</i>")
        .ordered("es", [7])
        .ordered("", [3, 1])
        .rating("b", true)
        .article(3, "c", "", "Other", &"Long \u{0} text. ".repeat(5_000))
        .article(8, "d", "fr", "Temporaire", "x")
        .ordered("fr", [8])
        .removed(8, "d", "fr", true)
        .ordered("fr", []);
    history
}

on_both!(batches_make_no_difference, History::new(), |world| {
    for recorded in turmoil().events() {
        let event = recorded.event.unwrap();
        world.history.add(recorded.stream, event);
        world.catch_up().await;
    }
    let at_once = World::in_sqlite(turmoil()).await;
    assert_eq!(world.models.differences(&at_once.models).await.unwrap(), []);
    let last = found(&world.models, "long text. long", Some("")).await;
    assert_eq!(last, ["c"]);
    at_once.end().await;
});

/// Four thousand articles, one of them long.
fn thousands() -> History {
    let history = History::new();
    for number in 1..=4_000 {
        let content = match number {
            7 => "<p>word</p>".repeat(90_000) + "the needle 針",
            _ => format!("<p>Article number {number} about this and that</p>"),
        };
        history.article(
            number,
            &format!("id{number}"),
            "",
            &format!("Title {number}"),
            &content,
        );
        if number % 4 == 0 {
            let id = format!("id{number}");
            history.article(10_000 + number, &id, "es", "Título", "about nothing");
        }
    }
    history
        .ordered("", (1..=4_000).rev())
        .ordered("es", (1..=1_000).map(|at| 10_000 + at * 4));
    history
}

on_both!(thousands_are_no_matter, thousands(), |world| {
    let models = &world.models;
    let rows = models.articles(&filter("")).await.unwrap();
    assert_eq!((rows.len(), rows[0].id.as_str()), (4_000, "id4000"));
    assert_eq!(found(models, "針", Some("")).await, ["id7"]);
    assert_eq!(found(models, "needle", Some("")).await, ["id7"]);
    assert_eq!(found(models, "number 777 about", Some("")).await, ["id777"]);
    assert_eq!(found(models, "about", Some("es")).await.len(), 1_000);
    assert_eq!(found(models, "about this", None).await.len(), 3_999);
    assert_eq!(found(models, "Title 39", Some("")).await.len(), 111);
});

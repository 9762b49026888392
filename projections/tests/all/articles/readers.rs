//! What readers do: they rate, open and search.

use events::article::{Searched, Viewed};
use events::report::Name;

use super::{STREAM, three};
use crate::history::History;
use crate::world::on_both;

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

//! Rows that are recorded, and the periods they are asked for by.

use events::report::Name;
use projections::QUARTER_MS;

use super::{count, items, of};
use crate::history::{History, START};
use crate::world::on_both;

on_both!(rows_are_recorded, History::new(), |world| {
    world
        .history
        .report(Name::Subscribe, Some("una@example.com"), None)
        .report(Name::Subscribe, None, None)
        .report(Name::DirectMessages, Some("12"), None)
        .report(Name::ArticlesViewsSingle, None, Some("6P2Oq"))
        .report(Name::ArticlesViewsSingle, None, Some("6P2Oq"))
        .report(Name::ArticlesRatings, Some("1"), Some("6P2Oq"))
        .report(Name::ArticlesRatings, Some("-1"), Some("6P2Oq"))
        .report(Name::AgentsResponseTime, Some("90"), Some("4"))
        .report(Name::Countries, Some("fr"), None)
        .report(Name::Countries, None, None);
    world.catch_up().await;
    let models = &world.models;
    assert_eq!(count(models, Name::Subscribe).await, 2);
    assert_eq!(count(models, Name::DirectMessages).await, 12);
    let views = items(models, Name::ArticlesViewsSingle).await;
    assert_eq!(views, of(&[("6P2Oq", 2, 0)]));
    let ratings = items(models, Name::ArticlesRatings).await;
    assert_eq!(ratings, of(&[("6P2Oq", 2, 1)]));
    let times = items(models, Name::AgentsResponseTime).await;
    assert_eq!(times, of(&[("4", 1, 90_000)]));
    assert_eq!(items(models, Name::Countries).await, of(&[("FR", 1, 0)]));
});

on_both!(periods_are_cut_to_the_quarter, History::new(), |world| {
    for hours in 0..200 {
        world
            .history
            .report(Name::FollowUp, None, None)
            .pass(hours % 7 * 11 + 5);
    }
    world.catch_up().await;
    let begin = START.div_euclid(QUARTER_MS) - 3;
    let quarters: Vec<(i64, i64)> = (begin..begin + 600).map(|q| (q, q + 1)).collect();
    let single = world
        .models
        .report_over(Name::FollowUp, &quarters)
        .await
        .unwrap();
    assert_eq!(single.iter().map(|sum| sum.entries).sum::<i64>(), 200);
    let periods: [(i64, i64); 6] = [(0, 600), (1, 599), (7, 8), (50, 200), (90, 290), (300, 300)];
    let asked = periods.map(|(first, until)| (begin + first, begin + until));
    let sums = world
        .models
        .report_over(Name::FollowUp, &asked)
        .await
        .unwrap();
    for ((first, until), found) in periods.into_iter().zip(sums) {
        let within = single
            .iter()
            .zip(0..)
            .filter(|(_, at)| (first..until).contains(at));
        let expected: i64 = within.map(|(sum, _)| sum.entries).sum();
        assert_eq!(found.entries, expected, "{first} to {until}");
        let period = (begin + first, begin + until);
        let items = world
            .models
            .report_by_item(Name::FollowUp, period, 9)
            .await
            .unwrap();
        let by_item: i64 = items.iter().map(|(_, sum)| sum.entries).sum();
        assert_eq!(by_item, expected);
    }
});

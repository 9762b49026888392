//! Thousands.

use super::{filter, found};
use crate::history::History;
use crate::world::on_both;

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

//! However the events come.

use super::{found, three};
use crate::history::History;
use crate::world::on_both;

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

//! What changes and what goes.

use projections::Projection;

use super::{filter, found, ids, three};
use crate::world::on_both;

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

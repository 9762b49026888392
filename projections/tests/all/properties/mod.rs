//! Random histories: however they are cut into batches, on whichever database, live or rebuilt,
//! and delivered as often as one likes, the read model is the same.

mod act;
mod alive;

use projections::{Projection, ReadModels, rebuild, rebuild_projection};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::history::History;
use crate::world::{LOG_ID, World};
use act::act;
use alive::Alive;

/// Applies a history in batches of these sizes, each delivered twice and some with what came
/// before.
async fn apply_in_batches(models: &ReadModels, history: &History, sizes: &[usize]) {
    let events = history.events();
    let mut sizes = sizes.iter().cycle();
    let mut done = 0;
    while done < events.len() {
        let until = (done + sizes.next().unwrap()).min(events.len());
        models.apply(&events[done..until]).await.unwrap();
        models.apply(&events[done / 2..until]).await.unwrap();
        done = until;
    }
}

#[test]
fn the_read_model_is_the_same_however_it_is_made() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let histories = prop::collection::vec(act(), 1..120);
    let batches = prop::collection::vec(1..40_usize, 1..6);
    let mut runner = TestRunner::new(Config {
        cases: 12,
        failure_persistence: None,
        ..Config::default()
    });
    runner
        .run(&(histories, batches), |(acts, sizes)| {
            let (history, mut alive) = (History::new(), Alive::default());
            for act in &acts {
                alive.act(act, &history);
            }
            runtime.block_on(same_in_all_ways(history, &sizes));
            Ok(())
        })
        .unwrap();
}

async fn same_in_all_ways(history: History, sizes: &[usize]) {
    // At once, and in batches, on either database.
    let mut sqlite = World::in_sqlite(history.clone()).await;
    let in_batches = World::in_sqlite(History::new()).await;
    let mut postgres = World::in_postgres(History::new()).await;
    for other in [&in_batches, &postgres] {
        apply_in_batches(&other.models, &history, sizes).await;
        assert_eq!(sqlite.models.differences(&other.models).await.unwrap(), []);
    }
    // Anew.
    rebuild(&postgres.location, LOG_ID, &history, &mut |_| ())
        .await
        .unwrap();
    let rebuilt = ReadModels::open(&postgres.location, LOG_ID, history.head())
        .await
        .unwrap();
    assert_eq!(sqlite.models.differences(&rebuilt).await.unwrap(), []);
    rebuilt.close().await;
    rebuild(&sqlite.location, LOG_ID, &history, &mut |_| ())
        .await
        .unwrap();
    sqlite.reopen().await;
    assert_eq!(
        sqlite.models.differences(&in_batches.models).await.unwrap(),
        []
    );
    // One projection after the other.
    postgres.history = history.clone();
    for world in [&mut sqlite, &mut postgres] {
        for projection in Projection::ALL {
            world.models.close().await;
            let name = projection.name();
            rebuild_projection(&world.location, LOG_ID, name, &history, &mut |_| ())
                .await
                .unwrap();
            world.reopen().await;
            assert_eq!(
                world.models.differences(&in_batches.models).await.unwrap(),
                [],
                "{name}"
            );
        }
    }
    // And in the order of the list.
    let filter = projections::ConversationsFilter::default();
    let list = sqlite.models.conversations(&filter).await.unwrap();
    assert_eq!(
        in_batches.models.conversations(&filter).await.unwrap(),
        list
    );
    assert_eq!(postgres.models.conversations(&filter).await.unwrap(), list);
    // From what erasure leaves of the log too.
    history.erase_the_deleted();
    let erased = World::in_sqlite(History::new()).await;
    apply_in_batches(&erased.models, &history, sizes).await;
    assert_eq!(
        erased.models.differences(&in_batches.models).await.unwrap(),
        []
    );
    for world in [sqlite, in_batches, postgres, erased] {
        world.end().await;
    }
}

//! The projector: following a log, and going over to a rebuilt generation while serving.

use std::time::Duration;

use events::UserId;
use events::user::UserType;
use projections::{project, rebuild};
use tokio::sync::oneshot;

use crate::history::History;
use crate::world::{LOG_ID, World, on_both};

/// Long enough for a busy machine; every wait ends as soon as there is something.
const PATIENCE: Duration = Duration::from_secs(60);

on_both!(it_follows_and_stops, History::new(), |world| {
    world.history.user(1, UserType::User, "A", "");
    let (stop, stopped) = oneshot::channel::<()>();
    let follow = project(world.models.clone(), world.history.clone(), async {
        drop(stopped.await);
    });
    let watch = async {
        assert_eq!(world.models.wait_for(1, PATIENCE).await, Ok(1));
        for id in 2..=30 {
            world.history.user(id, UserType::User, "B", "");
            world.models.wait_for(id, PATIENCE).await.unwrap();
            assert!(world.models.user(UserId(id)).await.unwrap().is_some());
        }
        stop.send(()).unwrap();
    };
    let (end, ()) = tokio::join!(follow, watch);
    end.unwrap();
});

on_both!(
    it_takes_over_a_rebuilt_generation,
    History::new(),
    |world| {
        for id in 1..=50 {
            world.history.user(id, UserType::User, "A", "");
        }
        let (stop, stopped) = oneshot::channel::<()>();
        let follow = project(world.models.clone(), world.history.clone(), async {
            drop(stopped.await);
        });
        let (sender, taken_over) = oneshot::channel::<u64>();
        let sender = std::sync::Mutex::new(Some(sender));
        world.models.on_touched(move |position, touched| {
            if touched.everything {
                sender
                    .lock()
                    .unwrap()
                    .take()
                    .map(|sender| sender.send(position));
            }
        });
        let watch = async {
            world.models.wait_for(50, PATIENCE).await.unwrap();
            assert_eq!(
                rebuild(&world.location, LOG_ID, &world.history, &mut |_| ())
                    .await
                    .unwrap(),
                2
            );
            world.history.user(51, UserType::User, "B", "");
            let position = tokio::time::timeout(PATIENCE, taken_over)
                .await
                .unwrap()
                .unwrap();
            assert!(position >= 50, "never backwards");
            world.history.user(52, UserType::User, "C", "");
            world.models.wait_for(52, PATIENCE).await.unwrap();
            assert!(world.models.user(UserId(52)).await.unwrap().is_some());
            assert!(world.models.user(UserId(51)).await.unwrap().is_some());
            assert!(format!("{:?}", world.models).contains("generation: 2"));
            stop.send(()).unwrap();
        };
        let (end, ()) = tokio::join!(follow, watch);
        end.unwrap();
    }
);

#[tokio::test]
async fn it_outlives_the_databases_connections() {
    let world = World::in_postgres(History::new()).await;
    let (stop, stopped) = oneshot::channel::<()>();
    let follow = project(world.models.clone(), world.history.clone(), async {
        drop(stopped.await);
    });
    let watch = async {
        for id in 1..=3 {
            world.history.user(id, UserType::User, "A", "");
            world.models.wait_for(id, PATIENCE).await.unwrap();
            world.end_connections().await;
        }
        stop.send(()).unwrap();
    };
    let (end, ()) = tokio::join!(follow, watch);
    end.unwrap();
    world.end().await;
}

on_both!(it_stops_at_what_no_retry_mends, History::new(), |world| {
    let others = world.history.clone();
    others.user(1, UserType::User, "A", "").visited(1);
    world.models.apply(&others.events()[..1]).await.unwrap();
    let rival = projections::ReadModels::open(&world.location, LOG_ID, 1)
        .await
        .unwrap();
    rival.apply(&others.events()).await.unwrap();
    let end = project(world.models.clone(), others, std::future::pending()).await;
    assert!(matches!(end, Err(projections::Fault::Rival)), "{end:?}");
    rival.close().await;
});

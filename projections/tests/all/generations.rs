//! Rebuilding: whole generations, single projections, and rebuilds that were killed.

use std::future::{Future, pending};
use std::pin::{Pin, pin};
use std::task::{Context, Waker};

use events::user::UserType;
use events::{ConversationId, Recorded, UserId};
use projections::{
    Fault, Location, Progress, Projection, ReadModels, Source, SourceFault, rebuild,
    rebuild_projection,
};

use tokio::sync::oneshot;

use crate::history::History;
use crate::world::{LOG_ID, World, on_both};

fn talk() -> History {
    let history = History::new();
    history
        .user_with(
            1,
            UserType::User,
            "Una",
            "One",
            Some("una@example.com"),
            &[("phone", "555")],
        )
        .user(2, UserType::Agent, "Ann", "Agent")
        .conversation(1, 1, "Title")
        .sent(1, 1, 1, "hello")
        .sent(1, 2, 2, "good day")
        .rated(1, true, Some(2));
    history
}

async fn finds_everything(models: &ReadModels) {
    assert_eq!(
        models.user(UserId(1)).await.unwrap().unwrap().first_name,
        "Una"
    );
    assert_eq!(
        models
            .conversation(ConversationId(1))
            .await
            .unwrap()
            .unwrap()
            .messages
            .len(),
        2
    );
    for text in ["good", "go", "555", "title", "una one"] {
        assert_eq!(
            models.search_conversations(text).await.unwrap().len(),
            1,
            "{text}"
        );
    }
}

on_both!(a_new_generation_is_equal, talk(), |world| {
    let mut steps = Vec::new();
    let mut note = |progress| steps.push(progress);
    assert_eq!(
        rebuild(&world.location, LOG_ID, &world.history, &mut note)
            .await
            .unwrap(),
        2
    );
    assert_eq!(
        (steps.first(), steps.last()),
        (
            Some(&Progress { done: 0, of: 6 }),
            Some(&Progress { done: 6, of: 6 })
        )
    );
    // The one that serves goes on; the new one holds the same.
    finds_everything(&world.models).await;
    let rebuilt = ReadModels::open(&world.location, LOG_ID, 6).await.unwrap();
    assert_eq!(world.models.differences(&rebuilt).await.unwrap(), []);
    finds_everything(&rebuilt).await;
    rebuilt.close().await;
    drop(rebuilt);
    world.history.sent(1, 3, 1, "still there");
    world.catch_up().await;
    // The former one goes at the next open, when nobody uses it any more.
    world.reopen().await;
    world.catch_up().await;
    assert_eq!(world.conversation(1).await.messages.len(), 3);
    assert_eq!(
        rebuild(&world.location, LOG_ID, &world.history, &mut |_| ())
            .await
            .unwrap(),
        3
    );
});

on_both!(one_projection_anew, talk(), |world| {
    world.models.close().await;
    for projection in Projection::ALL {
        let name = projection.name();
        rebuild_projection(&world.location, LOG_ID, name, &world.history, &mut |_| ())
            .await
            .unwrap();
    }
    let refused = rebuild_projection(
        &world.location,
        LOG_ID,
        "weather",
        &world.history,
        &mut |_| (),
    )
    .await;
    assert!(matches!(refused, Err(Fault::UnknownProjection(name)) if name == "weather"));
    let rebuilt = ReadModels::open(&world.location, LOG_ID, 6).await.unwrap();
    assert_eq!(rebuilt.position(), 6);
    finds_everything(&rebuilt).await;
    rebuilt.close().await;
});

/// A log that ends in the middle of being read.
struct Killed(History);

impl Source for Killed {
    async fn after(&self, position: u64, _events_max: usize) -> Result<Vec<Recorded>, SourceFault> {
        if position == 0 {
            self.0.after(0, 3).await
        } else {
            pending().await
        }
    }

    async fn wait_beyond(&self, _position: u64) -> Result<(), SourceFault> {
        pending().await
    }

    fn head(&self) -> u64 {
        self.0.head()
    }
}

/// Drives a rebuild until it has applied the first events.
async fn half_of(mut rebuilding: Pin<&mut impl Future>, begun: oneshot::Receiver<()>) {
    tokio::select! {
        _ = &mut rebuilding => panic!("the log never ends"),
        begun = begun => begun.unwrap(),
    }
}

/// Tells when the first events are applied.
fn noting(sender: oneshot::Sender<()>) -> impl FnMut(Progress) + Send {
    let mut sender = Some(sender);
    move |progress| {
        if progress.done == 3 {
            let _ = sender.take().map(|sender| sender.send(()));
        }
    }
}

/// What a killed process leaves behind: a rebuild that is driven half way and then forgotten.
async fn kill_a_rebuild(world: &World) {
    let source = Killed(world.history.clone());
    let (sender, begun) = oneshot::channel();
    let mut note = noting(sender);
    half_of(
        pin!(rebuild(&world.location, LOG_ID, &source, &mut note)),
        begun,
    )
    .await;
    world.wait_until_free(2).await;
}

on_both!(a_killed_rebuild_leaves_the_former_one, talk(), |world| {
    kill_a_rebuild(world).await;
    finds_everything(&world.models).await;
    world.reopen().await;
    finds_everything(&world.models).await;
    if let Location::Sqlite(folder) = &world.location {
        let mut names: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| !name.ends_with("-wal") && !name.ends_with("-shm"))
            .collect();
        names.sort_unstable();
        assert_eq!(names, ["1.db", "1.lock", "CURRENT"]);
    }
    // And the next one is made as if nothing had been.
    assert_eq!(
        rebuild(&world.location, LOG_ID, &world.history, &mut |_| ())
            .await
            .unwrap(),
        2
    );
});

on_both!(two_rebuilds_at_once, talk(), |world| {
    let source = Killed(world.history.clone());
    let (sender, begun) = oneshot::channel();
    let mut note = noting(sender);
    let mut first = pin!(rebuild(&world.location, LOG_ID, &source, &mut note));
    half_of(first.as_mut(), begun).await;
    let second = rebuild(&world.location, LOG_ID, &world.history, &mut |_| ()).await;
    assert!(matches!(second, Err(Fault::RebuildUnderWay)), "{second:?}");
    // An open beside it does not disturb it either.
    let other = ReadModels::open(&world.location, LOG_ID, 6).await.unwrap();
    other.close().await;
    drop(other);
    assert!(
        first
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
            .is_pending()
    );
});

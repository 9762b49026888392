//! What is refused, and that a refusal changes nothing.

use std::time::Duration;

use events::UserId;
use events::user::UserType;
use projections::{Behind, Fault, ReadModels};

use crate::history::History;
use crate::world::{LOG_ID, on_both};

fn three() -> History {
    let history = History::new();
    history
        .user(1, UserType::User, "A", "")
        .user(2, UserType::User, "B", "")
        .user(3, UserType::User, "C", "");
    history
}

on_both!(another_logs_read_model, three(), |world| {
    let refused = ReadModels::open(&world.location, [8; 16], 3)
        .await
        .unwrap_err();
    assert!(matches!(refused, Fault::OtherLog { .. }), "{refused}");
    assert!(refused.to_string().contains("0707") && refused.to_string().contains("0808"));
});

on_both!(a_log_that_went_backwards, three(), |world| {
    let refused = ReadModels::open(&world.location, LOG_ID, 2)
        .await
        .unwrap_err();
    assert!(
        matches!(
            refused,
            Fault::Ahead {
                position: 3,
                head: 2
            }
        ),
        "{refused}"
    );
    assert!(refused.to_string().contains("went backwards"));
});

on_both!(a_gap, three(), |world| {
    let more = History::new();
    for id in 1..=6 {
        more.user(id, UserType::User, "X", "");
    }
    let refused = world.models.apply(&more.events()[4..]).await.unwrap_err();
    assert!(
        matches!(
            refused,
            Fault::Gap {
                expected: 4,
                found: 5
            }
        ),
        "{refused}"
    );
    assert_eq!(world.models.position(), 3);
    world.models.apply(&more.events()[2..]).await.unwrap();
    assert_eq!(world.models.position(), 6);
    assert_eq!(
        world
            .models
            .user(UserId(3))
            .await
            .unwrap()
            .unwrap()
            .first_name,
        "C"
    );
});

on_both!(two_writers, three(), |world| {
    let other = ReadModels::open(&world.location, LOG_ID, 3).await.unwrap();
    world.history.visited(1);
    world.catch_up().await;
    let events = world.history.events();
    let refused = other.apply(&events).await.unwrap_err();
    assert!(matches!(refused, Fault::Rival), "{refused}");
    assert_eq!(other.position(), 3);
    other.recover().await.unwrap();
    assert_eq!(other.position(), 4);
    assert!(other.apply(&events).await.unwrap().users.is_empty());
    other.close().await;
});

on_both!(twice_is_once, three(), |world| {
    let events = world.history.events();
    assert!(world.models.apply(&events).await.unwrap().users.is_empty());
    assert!(
        world
            .models
            .apply(&events[..1])
            .await
            .unwrap()
            .users
            .is_empty()
    );
    world.history.user(4, UserType::User, "D", "");
    let touched = world
        .models
        .apply(&world.history.events()[1..])
        .await
        .unwrap();
    assert_eq!(touched.users.into_iter().collect::<Vec<_>>(), [UserId(4)]);
});

on_both!(waiting_ends, three(), |world| {
    assert_eq!(world.models.wait_for(2, Duration::ZERO).await, Ok(3));
    let behind = world.models.wait_for(4, Duration::from_millis(5)).await;
    assert_eq!(
        behind,
        Err(Behind {
            position: 3,
            wanted: 4
        })
    );
    world.history.user(4, UserType::User, "D", "");
    let waiting = world.models.wait_for(4, Duration::from_secs(30));
    let (reached, ()) = tokio::join!(waiting, world.catch_up());
    assert_eq!(reached, Ok(4));
});

on_both!(listeners_hear_before_anybody, three(), |world| {
    let (sender, receiver) = std::sync::mpsc::channel();
    let models = world.models.clone();
    world.models.on_touched(move |position, touched| {
        sender
            .send((position, models.position(), touched.users.clone()))
            .unwrap();
    });
    world.history.user(4, UserType::User, "D", "").visited(4);
    world.catch_up().await;
    let (position, announced, users) = receiver.try_recv().unwrap();
    assert_eq!((position, announced), (5, 3));
    assert_eq!(users.into_iter().collect::<Vec<_>>(), [UserId(4)]);
});

on_both!(an_erased_event_is_stepped_over, three(), |world| {
    world
        .history
        .user(4, UserType::User, "D", "")
        .user(5, UserType::User, "E", "")
        .erase(4);
    world.catch_up().await;
    assert_eq!(world.models.position(), 5);
    assert_eq!(world.models.user(UserId(4)).await.unwrap(), None);
    assert!(world.models.user(UserId(5)).await.unwrap().is_some());
});

//! Users: their rows, their details, their activity.

use std::time::Duration;

use events::user::{ProfileUpdated, UserType};
use events::{DepartmentId, UserId};
use projections::UserRow;

use crate::history::History;
use crate::world::on_both;

fn named(first_name: &str) -> ProfileUpdated {
    ProfileUpdated {
        first_name: Some(first_name.to_owned()),
        ..ProfileUpdated::default()
    }
}

/// The bot, two admins and agents, and a visitor, a lead and a user.
pub fn everybody() -> History {
    let history = History::new();
    history
        .user(1, UserType::Bot, "Bot", "")
        .user_with(
            2,
            UserType::Admin,
            "Ada",
            "Admin",
            Some("ada@example.com"),
            &[],
        )
        .user_with(
            3,
            UserType::Agent,
            "bea",
            "Agent",
            Some("bea@example.com"),
            &[("phone", "555")],
        )
        .user(4, UserType::Visitor, "User", "#4")
        .user_with(
            5,
            UserType::Lead,
            "Carl",
            "",
            None,
            &[("phone", "666"), ("city", "Rome")],
        )
        .user_with(
            6,
            UserType::User,
            "Dora",
            "Zoe",
            Some("dora@example.com"),
            &[("city", "")],
        );
    history
}

on_both!(a_user_is_what_happened_to_it, everybody(), |world| {
    world
        .history
        .profile(5, named("Karl"))
        .profile(
            5,
            ProfileUpdated {
                department: Some(DepartmentId(9)),
                ..ProfileUpdated::default()
            },
        )
        .email(5, Some("karl@example.com"))
        .user_type(5, UserType::Lead, UserType::User);
    world.catch_up().await;
    let row = world.models.user(UserId(5)).await.unwrap().unwrap();
    let expected = UserRow {
        id: UserId(5),
        user_type: UserType::User,
        first_name: "Karl".to_owned(),
        last_name: String::new(),
        email: Some("karl@example.com".to_owned()),
        profile_image: String::new(),
        department: Some(DepartmentId(9)),
        token: format!("{:040x}", 5),
        creation_time: History::time(5),
        last_activity: History::time(5),
    };
    assert_eq!(row, expected);

    world.history.email(5, None).profile(
        5,
        ProfileUpdated {
            department: Some(DepartmentId(0)),
            ..ProfileUpdated::default()
        },
    );
    world.catch_up().await;
    let row = world.models.user(UserId(5)).await.unwrap().unwrap();
    assert_eq!((row.email, row.department), (None, None));
    assert_eq!(row.first_name, "Karl");
    assert_eq!(world.models.user(UserId(99)).await.unwrap(), None);
    assert_eq!(world.models.user(UserId(u64::MAX)).await.unwrap(), None);
});

on_both!(details_keep_their_order, everybody(), |world| {
    let slugs = async |user: u64| {
        let details = world.models.details(&[UserId(user)], None).await.unwrap();
        details
            .into_iter()
            .map(|detail| (detail.slug, detail.value))
            .collect::<Vec<_>>()
    };
    let pair = |slug: &str, value: &str| (slug.to_owned(), value.to_owned());
    assert_eq!(slugs(5).await, [pair("phone", "666"), pair("city", "Rome")]);
    // A changed one stays where it is, a new one comes last, one that was away too.
    world
        .history
        .details(5, &[("phone", "777"), ("browser", "Lynx")], &[]);
    world.catch_up().await;
    assert_eq!(
        slugs(5).await,
        [
            pair("phone", "777"),
            pair("city", "Rome"),
            pair("browser", "Lynx")
        ]
    );
    world
        .history
        .details(5, &[], &["phone"])
        .details(5, &[("phone", "888")], &["browser"]);
    world.catch_up().await;
    assert_eq!(slugs(5).await, [pair("city", "Rome"), pair("phone", "888")]);

    let some = world
        .models
        .details(&[UserId(5), UserId(3)], Some(&["phone".to_owned()]))
        .await
        .unwrap();
    let some: Vec<_> = some
        .iter()
        .map(|detail| (detail.user_id.0, detail.value.as_str()))
        .collect();
    assert_eq!(some, [(3, "555"), (5, "888")]);
});

on_both!(activity_only_rises, everybody(), |world| {
    let seen = async |id| {
        world
            .models
            .user(UserId(id))
            .await
            .unwrap()
            .unwrap()
            .last_activity
    };
    assert_eq!(seen(4).await, History::time(4));
    world
        .history
        .visited(4)
        .logged_in(3)
        .conversation(1, 5, "")
        .sent(1, 1, 5, "hello");
    world.catch_up().await;
    assert_eq!(
        [seen(4).await, seen(3).await, seen(5).await],
        [7, 8, 10].map(History::time)
    );
    let later = History::time(100);
    world
        .models
        .touch(&[(UserId(4), later), (UserId(3), 5), (UserId(77), later)])
        .await
        .unwrap();
    assert_eq!([seen(4).await, seen(3).await], [later, History::time(8)]);
    assert_eq!(
        world.models.active_since(History::time(9)).await.unwrap(),
        [(UserId(4), later), (UserId(5), History::time(10)),]
    );
    world.history.visited(4);
    world.catch_up().await;
    assert_eq!(seen(4).await, later);
});

on_both!(
    touched_names_users_but_not_for_their_activity,
    everybody(),
    |world| {
        let now = world.models.position();
        world
            .history
            .visited(4)
            .profile(5, named("Karl"))
            .details(6, &[("a", "b")], &[]);
        let touched = world.models.apply(&world.history.events()).await.unwrap();
        assert_eq!(
            touched.users.iter().map(|id| id.0).collect::<Vec<_>>(),
            [5, 6]
        );
        assert!(touched.conversations.is_empty() && !touched.everything);
        assert_eq!(
            world.models.wait_for(now + 3, Duration::ZERO).await,
            Ok(now + 3)
        );
    }
);

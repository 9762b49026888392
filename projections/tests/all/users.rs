//! Users: rows, lists, details, counts, activity.

use std::time::Duration;

use events::user::{ProfileUpdated, UserType};
use events::{ConversationId, DepartmentId, UserId};
use projections::{Direction, Scope, Since, Sorting, UserColumn, UserRow, UsersFilter};

use crate::history::History;
use crate::world::on_both;

fn ids(rows: &[UserRow]) -> Vec<u64> {
    rows.iter().map(|row| row.id.0).collect()
}

fn named(first_name: &str) -> ProfileUpdated {
    ProfileUpdated {
        first_name: Some(first_name.to_owned()),
        ..ProfileUpdated::default()
    }
}

/// The bot, two admins and agents, and a visitor, a lead and a user.
fn everybody() -> History {
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

on_both!(lists_are_filtered_and_sorted, everybody(), |world| {
    let list = async |filter: UsersFilter| ids(&world.models.users(&filter).await.unwrap());
    let all = UsersFilter::default;
    assert_eq!(list(all()).await, [6, 5, 4, 3, 2]);
    assert_eq!(
        list(UsersFilter {
            types: vec![UserType::Agent, UserType::Lead],
            ..all()
        })
        .await,
        [5, 3]
    );
    assert_eq!(
        list(UsersFilter {
            types: vec![UserType::Bot],
            ..all()
        })
        .await,
        [1]
    );
    let some = Some(vec![UserId(3), UserId(6), UserId(77), UserId(u64::MAX)]);
    assert_eq!(list(UsersFilter { ids: some, ..all() }).await, [6, 3]);
    assert_eq!(
        list(UsersFilter {
            ids: Some(vec![]),
            ..all()
        })
        .await,
        Vec::<u64>::new()
    );
    let by = |column, direction| UsersFilter {
        sorting: Sorting { column, direction },
        ..all()
    };
    // Without regard to case, and equal ones by id.
    assert_eq!(
        list(by(UserColumn::FirstName, Direction::Ascending)).await,
        [2, 3, 5, 6, 4]
    );
    assert_eq!(
        list(by(UserColumn::FirstName, Direction::Descending)).await,
        [4, 6, 5, 3, 2]
    );
    assert_eq!(
        list(by(UserColumn::Email, Direction::Ascending)).await,
        [4, 5, 2, 3, 6]
    );
    assert_eq!(
        list(by(UserColumn::Department, Direction::Descending)).await,
        [6, 5, 4, 3, 2]
    );
    assert_eq!(
        list(by(UserColumn::UserType, Direction::Ascending)).await,
        [2, 3, 5, 6, 4]
    );
    assert_eq!(
        list(UsersFilter {
            search: Some("EXAMPLE.com".to_owned()),
            ..all()
        })
        .await,
        [6, 3, 2]
    );
    assert_eq!(
        list(UsersFilter {
            search: Some("rome".to_owned()),
            ..all()
        })
        .await,
        [5]
    );
    assert_eq!(
        list(UsersFilter {
            page: Some(1),
            ..all()
        })
        .await,
        [6, 5, 4, 3, 2]
    );
    assert_eq!(
        list(UsersFilter {
            page: Some(2),
            ..all()
        })
        .await,
        Vec::<u64>::new()
    );
    let sorting = Sorting {
        column: UserColumn::CreationTime,
        direction: Direction::Ascending,
    };
    let online = world
        .models
        .users_by_ids(&[UserId(6), UserId(2), UserId(50)], sorting)
        .await
        .unwrap();
    assert_eq!(ids(&online), [2, 6]);
});

on_both!(pages_have_a_hundred, crowd(), |world| {
    let mut seen = Vec::new();
    for (page, size) in [(1, 100), (2, 100), (3, 5), (4, 0)] {
        let rows = world
            .models
            .users(&UsersFilter {
                page: Some(page),
                ..UsersFilter::default()
            })
            .await
            .unwrap();
        assert_eq!(rows.len(), size, "page {page}");
        seen.extend(ids(&rows));
    }
    assert_eq!(seen, (1..=205).rev().collect::<Vec<_>>());
});

fn crowd() -> History {
    let history = History::new();
    for id in 1..=205 {
        history.user(id, UserType::User, "User", &format!("#{id}"));
    }
    history
}

on_both!(new_users_come_strictly_after, everybody(), |world| {
    let new = async |since| ids(&world.models.new_users(since).await.unwrap());
    assert_eq!(new(Since::Id(UserId(4))).await, [6, 5]);
    assert_eq!(new(Since::Id(UserId(6))).await, Vec::<u64>::new());
    assert_eq!(new(Since::Time(History::time(5))).await, [6]);
    assert_eq!(new(Since::Time(0)).await, [6, 5, 4, 3, 2]);
});

on_both!(who_has_a_detail, everybody(), |world| {
    let names = ["email", "phone", "city", "shoe size"].map(str::to_owned);
    let with = async |scope| {
        let found = world
            .models
            .users_with_details(&names, &scope)
            .await
            .unwrap();
        let flat = |values: Vec<projections::DetailValue>| {
            values
                .into_iter()
                .map(|one| (one.id.0, one.value))
                .collect()
        };
        found
            .into_iter()
            .map(|(_, values)| flat(values))
            .collect::<Vec<Vec<_>>>()
    };
    let of = |id, value: &str| (id, value.to_owned());
    let emails = vec![
        of(2, "ada@example.com"),
        of(3, "bea@example.com"),
        of(6, "dora@example.com"),
    ];
    let phones = vec![of(3, "555"), of(5, "666")];
    assert_eq!(
        with(Scope::Everybody).await,
        [emails, phones, vec![of(5, "Rome")], vec![]]
    );
    let emails = vec![of(2, "ada@example.com"), of(3, "bea@example.com")];
    assert_eq!(
        with(Scope::Staff).await,
        [emails, vec![of(3, "555")], vec![], vec![]]
    );
    assert_eq!(
        with(Scope::Ids(vec![UserId(5)])).await,
        [vec![], vec![of(5, "666")], vec![of(5, "Rome")], vec![]]
    );
});

on_both!(counts_and_agents, everybody(), |world| {
    let counts = world.models.count_users().await.unwrap();
    assert_eq!(
        (counts.all, counts.lead, counts.user, counts.visitor),
        (5, 1, 1, 1)
    );
    assert_eq!(
        world.models.agent_ids(true).await.unwrap(),
        [UserId(2), UserId(3)]
    );
    assert_eq!(world.models.agent_ids(false).await.unwrap(), [UserId(3)]);
});

on_both!(who_is_behind_a_conversation, everybody(), |world| {
    let conversation = ConversationId(1);
    assert_eq!(
        world.models.conversation_user(conversation).await.unwrap(),
        None
    );
    world
        .history
        .conversation(1, 5, "")
        .sent(1, 1, 5, "hello")
        .sent(1, 2, 1, "a bot");
    world.catch_up().await;
    assert_eq!(
        world
            .models
            .conversation_user(conversation)
            .await
            .unwrap()
            .unwrap()
            .id,
        UserId(5)
    );
    assert_eq!(
        world.models.last_agent_of(conversation).await.unwrap(),
        None
    );
    world
        .history
        .sent(1, 3, 3, "agent")
        .sent(1, 4, 2, "admin")
        .sent(1, 5, 1, "bot")
        .sent(1, 6, 5, "user");
    world.catch_up().await;
    let agent = world
        .models
        .last_agent_of(conversation)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (agent.id, agent.email.as_deref()),
        (UserId(2), Some("ada@example.com"))
    );
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

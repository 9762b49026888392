//! Lists of users: filters, order, pages, what is new.

use events::UserId;
use events::user::UserType;
use projections::{Direction, Since, Sorting, UserColumn, UserRow, UsersFilter};

use crate::history::History;
use crate::users::everybody;
use crate::world::on_both;

fn ids(rows: &[UserRow]) -> Vec<u64> {
    rows.iter().map(|row| row.id.0).collect()
}

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

on_both!(all_in_steps, everybody(), |world| {
    let page =
        async |after, limit| ids(&world.models.users_page(UserId(after), limit).await.unwrap());
    assert_eq!(page(0, 3).await, [2, 3, 4]);
    assert_eq!(page(4, 3).await, [5, 6]);
    assert_eq!(page(6, 3).await, Vec::<u64>::new());
    let names = world.models.detail_names().await.unwrap();
    assert!(names.is_sorted() && names.iter().any(|(slug, _)| slug == "phone"));
});

on_both!(new_users_come_strictly_after, everybody(), |world| {
    let new = async |since| ids(&world.models.new_users(since).await.unwrap());
    assert_eq!(new(Since::Id(UserId(4))).await, [6, 5]);
    assert_eq!(new(Since::Id(UserId(6))).await, Vec::<u64>::new());
    assert_eq!(new(Since::Time(History::time(5))).await, [6]);
    assert_eq!(new(Since::Time(0)).await, [6, 5, 4, 3, 2]);
});

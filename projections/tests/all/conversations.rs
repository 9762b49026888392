//! Lists of conversations: their rows, their filters, their pages.

use events::conversation::{Source, Status};
use events::user::UserType;
use events::{DepartmentId, UserId};
use projections::{AgentFilter, ConversationRow, ConversationsFilter, StatusFilter};

use crate::history::History;
use crate::world::on_both;

pub fn ids(rows: &[ConversationRow]) -> Vec<u64> {
    rows.iter().map(|row| row.details.id.0).collect()
}

/// Users 1 and 2, agents 3 and 4, the bot 5; conversations 1 to 4, the last without a message.
pub fn desk() -> History {
    let history = History::new();
    history
        .user_with(
            1,
            UserType::User,
            "Una",
            "One",
            Some("una@example.com"),
            &[],
        )
        .user(2, UserType::Lead, "Leo", "Two")
        .user(3, UserType::Agent, "Ann", "Agent")
        .user(4, UserType::Admin, "Adi", "Admin")
        .user(5, UserType::Bot, "Bot", "")
        .conversation_from(1, 1, "First", Some(7), Some(3), Some(Source::Em))
        .conversation_from(2, 2, "", None, None, Some(Source::Wa))
        .conversation(3, 1, "")
        .conversation(4, 2, "Silent")
        .sent(3, 1, 1, "three")
        .sent(2, 2, 2, "two")
        .sent(1, 3, 1, "one")
        .sent(1, 4, 3, "one more");
    history
}

on_both!(rows_have_the_user_and_the_last_author, desk(), |world| {
    let rows = world
        .models
        .conversations(&ConversationsFilter::default())
        .await
        .unwrap();
    assert_eq!(ids(&rows), [1, 2, 3, 4]);
    let first = &rows[0];
    assert_eq!(
        (
            first.details.user_id,
            first.details.first_name.as_str(),
            first.details.user_type
        ),
        (UserId(1), "Una", UserType::User)
    );
    assert_eq!(
        (first.details.title.as_str(), first.details.source),
        ("First", Some(Source::Em))
    );
    assert_eq!(
        (first.details.department, first.details.agent_id),
        (Some(DepartmentId(7)), Some(UserId(3)))
    );
    assert_eq!(
        (first.details.creation_time, first.last_time),
        (History::time(6), History::time(13))
    );
    let message = first.message.as_ref().unwrap();
    assert_eq!(
        (message.message.as_str(), message.user_id, message.user_type),
        ("one more", UserId(3), UserType::Agent)
    );
    assert_eq!(rows[3].message, None);
    assert_eq!(rows[3].last_time, History::time(9));
});

on_both!(
    lists_by_status_department_source_and_agent,
    desk(),
    |world| {
        world
            .history
            .status(3, Status::Live, Status::Archived)
            .status(4, Status::Live, Status::Trashed)
            .assigned(2, Some(4));
        world.catch_up().await;
        let all = ConversationsFilter::default;
        let list = async |filter| ids(&world.models.conversations(&filter).await.unwrap());
        assert_eq!(list(all()).await, [1, 2]);
        let code = |status| ConversationsFilter {
            status: StatusFilter::Code(status),
            ..all()
        };
        assert_eq!(list(code(Status::Archived)).await, [3]);
        assert_eq!(list(code(Status::Trashed)).await, [4]);
        assert_eq!(list(code(Status::WaitingUser)).await, Vec::<u64>::new());
        assert_eq!(
            list(ConversationsFilter {
                department: Some(DepartmentId(7)),
                ..all()
            })
            .await,
            [1]
        );
        assert_eq!(
            list(ConversationsFilter {
                source: Some(Source::Wa),
                ..all()
            })
            .await,
            [2]
        );
        let only = |agent, with_unassigned| ConversationsFilter {
            agent: AgentFilter::Only {
                agent: UserId(agent),
                with_unassigned,
            },
            ..all()
        };
        assert_eq!(list(only(3, false)).await, [1]);
        assert_eq!(list(only(4, true)).await, [2]);
        world
            .history
            .assigned(1, None)
            .department(1, None)
            .department(2, Some(8));
        world.catch_up().await;
        assert_eq!(list(only(4, true)).await, [1, 2]);
        assert_eq!(list(only(3, false)).await, Vec::<u64>::new());
        assert_eq!(
            list(ConversationsFilter {
                department: Some(DepartmentId(8)),
                ..all()
            })
            .await,
            [2]
        );

        let count = async |status| world.models.count_conversations(status).await.unwrap();
        assert_eq!(
            [
                count(None).await,
                count(Some(Status::Archived)).await,
                count(Some(Status::Live)).await
            ],
            [4, 1, 2]
        );
        // Back to the inbox, since when.
        world
            .history
            .status(3, Status::Archived, Status::WaitingAgent);
        world.catch_up().await;
        assert_eq!(list(all()).await, [1, 2, 3]);
        let details = world.conversation(3).await.details;
        assert_eq!(
            (details.status, details.status_time),
            (Status::WaitingAgent, History::time(world.history.head()))
        );
    }
);

fn long_list() -> History {
    let history = History::new();
    history.user(1, UserType::User, "Una", "One");
    for id in 1..=1_250 {
        history.conversation(id, 1, "");
    }
    for id in (1..=1_250).step_by(2) {
        history.sent(id, id, 1, "hello");
    }
    for id in (1..=1_250).step_by(5) {
        history.status(id, Status::Live, Status::Archived);
    }
    history
}

on_both!(pages_follow_each_other, long_list(), |world| {
    // Those with messages come first, and in both parts the greatest id.
    let in_order = |archived: bool| {
        let mut ids: Vec<u64> = (1..=1_250).rev().filter(|id| id % 2 == 1).collect();
        ids.extend((1..=1_250).rev().filter(|id| id % 2 == 0));
        ids.retain(|id| (id % 5 == 1) == archived);
        ids
    };
    for round in 0..2 {
        for (status, archived) in [
            (StatusFilter::Inbox, false),
            (StatusFilter::Code(Status::Archived), true),
        ] {
            for agent in [
                AgentFilter::Any,
                AgentFilter::Only {
                    agent: UserId(9),
                    with_unassigned: true,
                },
            ] {
                let mut seen = Vec::new();
                for page in 1.. {
                    let filter = ConversationsFilter {
                        status,
                        agent,
                        page,
                        ..ConversationsFilter::default()
                    };
                    let rows = ids(&world.models.conversations(&filter).await.unwrap());
                    if rows.is_empty() {
                        break;
                    }
                    seen.extend(rows);
                }
                assert_eq!(seen, in_order(archived), "round {round}");
            }
        }
        // The same after a restart, which reads the order from the tables.
        world.reopen().await;
    }
});

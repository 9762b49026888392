//! Deletions: what they take along, and what becomes of what is left.

use events::conversation::Status;
use events::user::UserType;
use events::{ConversationId, MessageId, UserId};
use projections::{AgentFilter, ConversationsFilter, Since};

use crate::history::History;
use crate::world::on_both;

/// Users 1 and 2 with conversations 1 and 2, agent 3 who wrote in both and has the first.
fn desk() -> History {
    let history = History::new();
    history
        .user_with(1, UserType::User, "Una", "One", None, &[("phone", "555")])
        .user(2, UserType::User, "Udo", "Two")
        .user(3, UserType::Agent, "Ann", "Agent")
        .conversation_from(1, 1, "titled", None, Some(3), None)
        .conversation(2, 2, "")
        .sent(1, 1, 1, "from Una")
        .sent(2, 2, 2, "from Udo")
        .sent(1, 3, 3, "from Ann to Una")
        .sent(2, 4, 3, "from Ann to Udo")
        .rated(1, true, Some(3))
        .rated(2, true, Some(3));
    history
}

on_both!(a_user_takes_everything_along, desk(), |world| {
    world.history.user_deleted(1, UserType::User, &[1]);
    let touched = world.models.apply(&world.history.events()).await.unwrap();
    assert!(
        touched.users.contains(&UserId(1)) && touched.conversations.contains(&ConversationId(1))
    );
    assert_eq!(world.models.user(UserId(1)).await.unwrap(), None);
    assert_eq!(world.models.details(&[UserId(1)], None).await.unwrap(), []);
    assert_eq!(
        world.models.conversation(ConversationId(1)).await.unwrap(),
        None
    );
    assert_eq!(
        world
            .models
            .messages_page(ConversationId(1), MessageId(0), 9)
            .await
            .unwrap(),
        []
    );
    assert_eq!(
        world.models.ratings_of_agent(UserId(3)).await.unwrap(),
        [1, 0]
    );
    for gone in ["una", "titled", "to una", "555"] {
        assert_eq!(
            world.models.search_conversations(gone).await.unwrap(),
            [],
            "{gone}"
        );
        assert_eq!(world.models.search_users(gone).await.unwrap(), [], "{gone}");
    }
    assert_eq!(world.models.count_conversations(None).await.unwrap(), 1);
    assert_eq!(
        world
            .models
            .conversations(&ConversationsFilter::default())
            .await
            .unwrap()
            .len(),
        1
    );
});

on_both!(a_conversation_goes_alone, desk(), |world| {
    world.history.noted(1, 1, 3, "a note");
    world.history.conversation_deleted(1, 1);
    let touched = world.models.apply(&world.history.events()).await.unwrap();
    assert_eq!(
        touched.conversations.into_iter().collect::<Vec<_>>(),
        [ConversationId(1)]
    );
    assert!(world.models.user(UserId(1)).await.unwrap().is_some());
    let gone = world.models.conversation(ConversationId(1)).await;
    assert_eq!(gone.unwrap(), None);
    let page = world
        .models
        .messages_page(ConversationId(1), MessageId(0), 9);
    assert_eq!(page.await.unwrap(), []);
    let notes = world.models.notes(ConversationId(1)).await;
    assert_eq!(notes.unwrap(), []);
    let ratings = world.models.ratings_of_agent(UserId(3)).await;
    assert_eq!(ratings.unwrap(), [1, 0]);
    for gone in ["titled", "to una", "from una"] {
        let found = world.models.search_conversations(gone).await;
        assert_eq!(found.unwrap(), [], "{gone}");
    }
    assert_eq!(world.models.count_conversations(None).await.unwrap(), 1);
});

/// Conversations of user 1: 1 and 2 in the trash, 3 answered, 4 not, 5 archived, 6 empty; then, a day
/// later, 7 answered.
fn to_clean() -> History {
    let history = desk_without_words();
    history
        .status(1, Status::Live, Status::Trashed)
        .sent(3, 1, 1, "Hi")
        .sent(3, 2, 3, "Hello")
        .sent(4, 3, 3, "Hello")
        .sent(4, 4, 1, "Hm")
        .sent(5, 5, 3, "Bye")
        .status(5, Status::Live, Status::Archived)
        .pass(24 * 60)
        .status(2, Status::Live, Status::Trashed)
        .sent(7, 6, 3, "Hello");
    history
}

fn desk_without_words() -> History {
    let history = History::new();
    history
        .user(1, UserType::User, "Una", "One")
        .user(3, UserType::Agent, "Ann", "Agent")
        .user(4, UserType::Visitor, "User", "#4")
        .user(5, UserType::Visitor, "User", "#5");
    for id in 1..=7 {
        history.conversation(id, 1, "");
    }
    history.visited(5);
    history
}

on_both!(what_can_be_cleaned, to_clean(), |world| {
    let between = History::time(40);
    let trashed = world.models.trashed_before(between).await.unwrap();
    assert_eq!(trashed, [ConversationId(1)]);
    let answered = world.models.answered_before(between).await.unwrap();
    assert_eq!(answered, [ConversationId(3)]);
    let later = between + 2 * 24 * 60 * 60_000;
    let mut trashed = world.models.trashed_before(later).await.unwrap();
    trashed.sort();
    assert_eq!(trashed, [1, 2].map(ConversationId));
    let mut answered = world.models.answered_before(later).await.unwrap();
    answered.sort();
    assert_eq!(answered, [3, 7].map(ConversationId));

    let idle = async |before, after, limit| {
        let ids = world
            .models
            .idle_visitors(before, UserId(after), limit)
            .await;
        ids.unwrap().into_iter().map(|id| id.0).collect::<Vec<_>>()
    };
    assert_eq!(idle(History::time(5), 0, 9).await, [4]);
    assert_eq!(idle(later, 0, 9).await, [4, 5]);
    assert_eq!(idle(later, 0, 1).await, [4]);
    assert_eq!(idle(later, 4, 9).await, [5]);
});

on_both!(an_agent_leaves_conversations_behind, desk(), |world| {
    world.history.user_deleted(3, UserType::Agent, &[]);
    let touched = world.models.apply(&world.history.events()).await.unwrap();
    assert_eq!(
        touched.conversations.into_iter().collect::<Vec<_>>(),
        [1, 2].map(ConversationId)
    );
    let rows = world
        .models
        .conversations(&ConversationsFilter::default())
        .await
        .unwrap();
    // What the agent wrote is gone; the last message is the one before it.
    let last: Vec<_> = rows
        .iter()
        .map(|row| {
            (
                row.details.id.0,
                row.last_time,
                row.message.as_ref().unwrap().message.as_str(),
            )
        })
        .collect();
    assert_eq!(
        last,
        [
            (2, History::time(7), "from Udo"),
            (1, History::time(6), "from Una")
        ]
    );
    assert_eq!(rows[1].details.agent_id, None);
    let unassigned = AgentFilter::Only {
        agent: UserId(9),
        with_unassigned: true,
    };
    assert_eq!(
        world
            .models
            .new_conversations(Since::Time(0), unassigned)
            .await
            .unwrap()
            .len(),
        2
    );
    assert_eq!(
        world.models.ratings_of_agent(UserId(3)).await.unwrap(),
        [0, 0]
    );
    assert_eq!(
        world.models.search_conversations("from ann").await.unwrap(),
        []
    );
});

on_both!(a_message_goes, desk(), |world| {
    world.history.message_deleted(1, 3);
    let touched = world.models.apply(&world.history.events()).await.unwrap();
    assert_eq!(
        touched.conversations.into_iter().collect::<Vec<_>>(),
        [ConversationId(1)]
    );
    let found = world.conversation(1).await;
    assert_eq!(found.messages.len(), 1);
    assert_eq!(
        world
            .models
            .search_conversations("ann to una")
            .await
            .unwrap(),
        []
    );
    world.history.message_deleted(1, 1);
    world.catch_up().await;
    let rows = world
        .models
        .conversations(&ConversationsFilter::default())
        .await
        .unwrap();
    let empty = rows
        .iter()
        .find(|row| row.details.id == ConversationId(1))
        .unwrap();
    assert_eq!(
        (empty.message.as_ref(), empty.last_time),
        (None, History::time(4))
    );
});

on_both!(all_in_one_batch, History::new(), |world| {
    let history = desk();
    history
        .status(1, Status::Live, Status::WaitingAgent)
        .message_deleted(2, 4)
        .sent(2, 5, 2, "again");
    history
        .edited(1, 1, Some("edited"), None)
        .user_deleted(1, UserType::User, &[1]);
    world.models.apply(&history.events()).await.unwrap();
    let rows = world
        .models
        .conversations(&ConversationsFilter::default())
        .await
        .unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].message.as_ref().unwrap().message, "again");
    assert_eq!(
        world.models.search_conversations("edited").await.unwrap(),
        []
    );
});

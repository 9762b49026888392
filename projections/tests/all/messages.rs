//! Messages: whole conversations, what is new in them, changes.

use events::user::{ProfileUpdated, UserType};
use events::{ConversationId, MessageId, UserId};
use projections::{MessageRow, Since};

use crate::history::History;
use crate::world::on_both;

fn talk() -> History {
    let history = History::new();
    history
        .user(1, UserType::User, "Una", "One")
        .user(2, UserType::Agent, "Ann", "Agent")
        .conversation(1, 1, "Talk")
        .conversation(2, 1, "")
        .sent_with(
            1,
            1,
            1,
            "Grüße \"quoted\" \\ 'it''s' 猫\n\u{1}\u{0}end",
            &["a b.pdf", "q\"uote.png"],
        )
        .sent(2, 2, 1, "elsewhere")
        .sent(1, 3, 2, "answer");
    history
}

fn ids(rows: &[MessageRow]) -> Vec<u64> {
    rows.iter().map(|row| row.id.0).collect()
}

on_both!(a_conversation_is_whole, talk(), |world| {
    let found = world.conversation(1).await;
    assert_eq!(
        (found.details.id, found.details.title.as_str()),
        (ConversationId(1), "Talk")
    );
    let expected = MessageRow {
        id: MessageId(1),
        user_id: UserId(1),
        // A NUL cannot be stored on both databases.
        message: "Grüße \"quoted\" \\ 'it''s' 猫\n\u{1}\u{fffd}end".to_owned(),
        creation_time: History::time(5),
        attachments: r#"[["a b.pdf","https://example.com/a b.pdf"],["q\"uote.png","https://example.com/q\"uote.png"]]"#.to_owned(),
        status_code: 0,
        payload: String::new(),
        conversation_id: ConversationId(1),
        first_name: "Una".to_owned(),
        last_name: "One".to_owned(),
        profile_image: String::new(),
        user_type: UserType::User,
    };
    assert_eq!(found.messages[0], expected);
    assert_eq!(ids(&found.messages), [1, 3]);
    assert_eq!(
        world.models.conversation(ConversationId(3)).await.unwrap(),
        None
    );
});

on_both!(a_conversation_without_messages, talk(), |world| {
    world.history.conversation(3, 1, "");
    world.catch_up().await;
    assert_eq!(world.conversation(3).await.messages, []);
});

on_both!(authors_are_shown_as_they_are_now, talk(), |world| {
    let update = ProfileUpdated {
        first_name: Some("Anna".to_owned()),
        profile_image: Some("https://x/y.png".to_owned()),
        ..ProfileUpdated::default()
    };
    world
        .history
        .profile(2, update)
        .user_type(2, UserType::Agent, UserType::Admin);
    world.catch_up().await;
    let found = world.conversation(1).await;
    let author = &found.messages[1];
    assert_eq!(
        (author.first_name.as_str(), author.profile_image.as_str()),
        ("Anna", "https://x/y.png")
    );
    assert_eq!(author.user_type, UserType::Admin);
});

on_both!(only_what_comes_after, talk(), |world| {
    let after = async |since| {
        ids(&world
            .models
            .messages_after(ConversationId(1), since)
            .await
            .unwrap())
    };
    assert_eq!(after(Since::Id(MessageId(1))).await, [3]);
    assert_eq!(after(Since::Id(MessageId(3))).await, Vec::<u64>::new());
    assert_eq!(after(Since::Id(MessageId(0))).await, [1, 3]);
    assert_eq!(after(Since::Time(History::time(5))).await, [3]);
    assert_eq!(
        after(Since::Time(History::time(7))).await,
        Vec::<u64>::new()
    );
    let page = async |after, limit| {
        ids(&world
            .models
            .messages_page(ConversationId(1), MessageId(after), limit)
            .await
            .unwrap())
    };
    assert_eq!(page(0, 1).await, [1]);
    assert_eq!(page(1, 10).await, [3]);
    assert_eq!(page(3, 10).await, Vec::<u64>::new());
});

on_both!(changes_keep_what_is_not_named, talk(), |world| {
    world
        .history
        .edited(1, 1, Some("new"), None)
        .edited(1, 3, None, Some("{\"a\":1}"))
        .read(1, &[1]);
    let touched = world.models.apply(&world.history.events()).await.unwrap();
    assert_eq!(
        touched.conversations.into_iter().collect::<Vec<_>>(),
        [ConversationId(1)]
    );
    let found = world.conversation(1).await.messages;
    assert_eq!(
        (found[0].message.as_str(), found[0].status_code),
        ("new", 2)
    );
    assert!(found[0].attachments.contains("a b.pdf"));
    assert_eq!(
        (
            found[1].message.as_str(),
            found[1].payload.as_str(),
            found[1].status_code
        ),
        ("answer", "{\"a\":1}", 0)
    );
    world
        .history
        .refiled(1, 1, &[])
        .edited(1, 3, None, Some(""));
    world.catch_up().await;
    let found = world.conversation(1).await.messages;
    assert_eq!(
        (found[0].attachments.as_str(), found[0].message.as_str()),
        ("", "new")
    );
    assert_eq!(found[1].payload, "");
});

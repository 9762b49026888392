//! Searches: what is found, in which scripts, in what order; and that nothing is a wildcard.

use events::user::{ProfileUpdated, UserType};
use events::{ConversationId, UserId};
use projections::{ConversationRow, UserRow};

use crate::history::History;
use crate::world::on_both;

fn users(rows: &[UserRow]) -> Vec<u64> {
    rows.iter().map(|row| row.id.0).collect()
}

/// Conversation and message of each row.
fn found(rows: &[ConversationRow]) -> Vec<(u64, Option<u64>)> {
    rows.iter()
        .map(|row| {
            (
                row.details.id.0,
                row.message.as_ref().map(|message| message.id.0),
            )
        })
        .collect()
}

fn people() -> History {
    let history = History::new();
    history
        .user(1, UserType::Bot, "Botty", "")
        .user_with(
            2,
            UserType::User,
            "Ångström",
            "O'Brien",
            Some("Anders_1@Example.com"),
            &[("city", "München")],
        )
        .user_with(
            3,
            UserType::Lead,
            "李",
            "小龍",
            None,
            &[("note", "100% \"sure\" [*]")],
        )
        .user_with(
            4,
            UserType::User,
            "Ümit",
            "Straße",
            Some("u.s@example.org"),
            &[],
        );
    history
}

on_both!(users_by_any_part, people(), |world| {
    for (text, expected) in [
        ("ÅNGSTRÖM o'b", vec![2]),
        ("angstrom", vec![]),
        ("example", vec![4, 2]),
        ("EXAMPLE.COM", vec![2]),
        ("münch", vec![2]),
        ("mu\u{308}nch", vec![2]),
        ("小", vec![3]),
        ("李 小", vec![3]),
        ("小龍", vec![3]),
        ("龍", vec![3]),
        ("strasse", vec![4]),
        ("ü", vec![4, 2]),
        ("s_1", vec![2]),
        ("s%1", vec![]),
        ("%", vec![3]),
        ("_", vec![2]),
        ("*", vec![3]),
        ("[*]", vec![3]),
        ("\"sure\"", vec![3]),
        ("\"", vec![3]),
        ("'", vec![2]),
        ("'b", vec![2]),
        ("o' OR 1=1 --", vec![]),
        ("\\", vec![]),
        ("% \"su", vec![3]),
        ("  brien  ", vec![2]),
        ("o'brien anders", vec![]),
        ("botty", vec![]),
        ("", vec![]),
        (" \n ", vec![]),
    ] {
        assert_eq!(
            users(&world.models.search_users(text).await.unwrap()),
            expected,
            "{text:?}"
        );
    }
});

on_both!(users_as_they_are_now, people(), |world| {
    let named = ProfileUpdated {
        last_name: Some("Svensson".to_owned()),
        ..ProfileUpdated::default()
    };
    world
        .history
        .profile(2, named)
        .email(4, None)
        .details(3, &[("city", "Berlin")], &["note"]);
    world.catch_up().await;
    for (text, expected) in [
        ("o'brien", vec![]),
        ("ström sven", vec![2]),
        ("anders_1", vec![2]),
        ("u.s@", vec![]),
        ("sure", vec![]),
        ("berlin", vec![3]),
        ("李 小龍", vec![3]),
    ] {
        assert_eq!(
            users(&world.models.search_users(text).await.unwrap()),
            expected,
            "{text:?}"
        );
    }
});

fn talks() -> History {
    let history = people();
    history
        .conversation(1, 2, "Refund: 50%")
        .conversation(2, 3, "")
        .conversation(3, 4, "")
        .sent(1, 1, 2, "Hello, my order is late")
        .sent_with(2, 2, 3, "請問", &["rechnung 2024.pdf", "猫.png"])
        .sent(3, 3, 4, "HELLO again, order_7")
        .sent(1, 4, 2, "thank you")
        .sent(2, 5, 3, "a")
        .sent(3, 6, 4, "say hello to her");
    history
}

on_both!(conversations_by_any_part, talks(), |world| {
    for (text, expected) in [
        // The newest message that matches; the conversation with the newest message first.
        ("hello", vec![(3, Some(6)), (1, Some(1))]),
        ("order", vec![(3, Some(3)), (1, Some(1))]),
        ("r_7", vec![(3, Some(3))]),
        ("rechnung", vec![(2, Some(2))]),
        ("2024.PDF", vec![(2, Some(2))]),
        ("猫", vec![(2, Some(2))]),
        ("請", vec![(2, Some(2))]),
        ("問", vec![(2, Some(2))]),
        ("請問", vec![(2, Some(2))]),
        // By title and by user, with the last message.
        ("refund", vec![(1, Some(4))]),
        ("50%", vec![(1, Some(4))]),
        ("小龍", vec![(2, Some(5))]),
        ("anders_1", vec![(1, Some(4))]),
        ("ümit straße", vec![(3, Some(6))]),
        ("late thank", vec![]),
        ("nothing", vec![]),
        ("", vec![]),
    ] {
        assert_eq!(
            found(&world.models.search_conversations(text).await.unwrap()),
            expected,
            "{text:?}"
        );
    }
});

on_both!(conversations_of_one_user, talks(), |world| {
    let search = async |user, text| {
        found(
            &world
                .models
                .search_user_conversations(UserId(user), text)
                .await
                .unwrap(),
        )
    };
    assert_eq!(search(2, "hello").await, [(1, Some(1))]);
    assert_eq!(search(2, "REFUND").await, [(1, Some(4))]);
    assert_eq!(search(2, "again").await, []);
    // The user's own name is no reason.
    assert_eq!(search(2, "anders").await, []);
    assert_eq!(search(3, "猫").await, [(2, Some(2))]);
    assert_eq!(search(99, "hello").await, []);
});

on_both!(messages_as_they_are_now, talks(), |world| {
    world
        .history
        .edited(1, 1, Some("Good-bye"), None)
        .refiled(2, 2, &["hund.png"])
        .edited(3, 6, None, Some("{}"));
    world.catch_up().await;
    for (text, expected) in [
        ("is late", vec![]),
        ("GOOD-BYE", vec![(1, Some(1))]),
        ("rechnung", vec![]),
        ("hund", vec![(2, Some(2))]),
        ("請問", vec![(2, Some(2))]),
        ("say hello", vec![(3, Some(6))]),
    ] {
        assert_eq!(
            found(&world.models.search_conversations(text).await.unwrap()),
            expected,
            "{text:?}"
        );
    }
});

/// A message and a file name of 100,000 characters each, all different and of four bytes.
fn tome() -> History {
    let history = talks();
    let endless: String = (0x20000..)
        .filter_map(char::from_u32)
        .take(100_000)
        .collect();
    history.sent_with(1, 7, 2, &endless, &[&endless]);
    history
}

on_both!(
    endless_texts_are_found_by_their_beginning,
    tome(),
    |world| {
        let characters = |from: u32| {
            (from..from + 5)
                .filter_map(char::from_u32)
                .collect::<String>()
        };
        for (text, expected) in [
            (characters(0x20000), vec![(1, Some(7))]),
            (characters(0x20000 + 32_000), vec![(1, Some(7))]),
            (characters(0x20000 + 33_000), vec![]),
        ] {
            let rows = world.models.search_conversations(&text).await.unwrap();
            assert_eq!(found(&rows), expected);
        }
    }
);

/// 30,000 messages in 300 conversations, "needle" and "針" in three old ones.
fn haystack() -> History {
    let history = History::new();
    history.user(1, UserType::User, "Una", "One");
    for id in 1..=300 {
        history.conversation(id, 1, "");
    }
    for id in 1..=30_000 {
        let text = match id {
            10 | 700 | 5_000 => "a needle 針 in it".to_owned(),
            _ => format!("message number {id} about this and that"),
        };
        history.sent(id % 300 + 1, id, 1, &text);
    }
    history
}

on_both!(old_and_rare_ones_are_found, haystack(), |world| {
    for text in ["needle", "針", "針 ", "le 針", "dl"] {
        let rows = world.models.search_conversations(text).await.unwrap();
        let mut messages: Vec<_> = found(&rows)
            .into_iter()
            .filter_map(|(_, message)| message)
            .collect();
        messages.sort_unstable();
        assert_eq!(messages, [10, 700, 5_000], "{text:?}");
    }
    // A common one: a full answer, each conversation with its newest message.
    for text in ["message", "e", "at"] {
        let rows = world.models.search_conversations(text).await.unwrap();
        assert_eq!(rows.len(), 100, "{text:?}");
        assert_eq!(found(&rows)[0], (1, Some(30_000)), "{text:?}");
    }
    let rows = world
        .models
        .search_conversations("number 777 about")
        .await
        .unwrap();
    assert_eq!(found(&rows), [(777 % 300 + 1, Some(777))]);
    assert_eq!(rows[0].details.id, ConversationId(178));
});

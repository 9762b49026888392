//! What is still to be cleaned is decided on the state as of now.

use eventlog::Memory;
use events::{Event, Stream, conversation::StatusChanged, user};

use super::*;
use crate::{
    functions::{
        conversations::histories::{and, john_and_agents, opened, sent, somebody},
        evolve,
        scenario::{NOW_MS, facts, happened},
        users::conversations::conversations_of,
    },
    presence::Presence,
};

/// What a decision on this history records.
fn decided<T>(
    history: impl IntoIterator<Item = (Stream, Event)>,
    seen: &[(u64, i64)],
    decide: impl FnOnce(&mut Decision<'_>) -> Result<T, Failure>,
) -> (T, Vec<(Stream, Event)>, Memory) {
    let mut state = Memory::default();
    for (stream, event) in history {
        evolve(&mut state, stream, &event).unwrap();
    }
    let presence = Presence::new(60, 10);
    for (user, time_ms) in seen {
        presence.touch(UserId(*user), *time_ms);
    }
    let facts = facts(presence);
    let mut decision = Decision::new(&mut state, &facts);
    let answer = decide(&mut decision).unwrap();
    let recorded = decision.into_recorded();
    (answer, recorded, state)
}

#[test]
fn only_visitors_go_and_only_those_who_have_not_come_back() {
    let mut history = john_and_agents();
    history.extend([6, 7, 8].map(|id| somebody(id, UserType::Visitor)));
    history.push(happened(
        UserId(8),
        user::TypeChanged {
            from: UserType::Visitor,
            to: UserType::Lead,
        },
    ));
    let ids = [3, 6, 7, 8, 99].map(UserId);
    let before_ms = NOW_MS - VISITOR_MS;
    let seen = [(6, before_ms - 1), (7, before_ms)];
    let (count, recorded, _) = decided(history, &seen, |decision| {
        delete_idle(decision, &ids, before_ms)
    });
    let deleted = user::Deleted {
        user_type: UserType::Visitor,
        conversations: Vec::new(),
    };
    assert_eq!((count, recorded), (1, vec![happened(UserId(6), deleted)]));
}

#[test]
fn what_was_taken_out_of_the_trash_stays() {
    let trashed = StatusChanged {
        from: Status::Live,
        to: Status::Trashed,
    };
    let history = and(john_and_agents(), ConversationId(2), opened(3));
    let history = and(history, ConversationId(2), trashed);
    let (count, recorded, state) = decided(history, &[], |decision| {
        delete_trashed(decision, &[1, 2, 9].map(ConversationId))
    });
    let deleted = happened(ConversationId(2), Deleted { user: UserId(3) });
    assert_eq!((count, recorded), (1, vec![deleted]));
    assert_eq!(conversation(&state, ConversationId(2)).unwrap(), None);
    let left = conversations_of(&state, UserId(3)).unwrap();
    assert_eq!(left, [ConversationId(1)]);
    let john = user(&state, UserId(3)).unwrap().unwrap();
    assert_eq!(john.newest_conversation, Some(ConversationId(1)));
}

#[test]
fn what_was_said_meanwhile_keeps_a_conversation_out_of_the_archive() {
    let mut history = john_and_agents();
    for id in [2, 3] {
        history = and(history, ConversationId(id), opened(3));
    }
    for (message, conversation) in [(1, 1), (2, 2), (3, 3)] {
        let hello = sent(message, 4, UserType::Agent, "Hello");
        history = and(history, ConversationId(conversation), hello);
    }
    let archived = StatusChanged {
        from: Status::Live,
        to: Status::Archived,
    };
    history = and(history, ConversationId(3), archived.clone());
    history = and(history, ConversationId(2), sent(4, 3, UserType::User, "Hm"));
    let ids = [1, 2, 3, 9].map(ConversationId);
    let (count, recorded, _) = decided(history.clone(), &[], |decision| {
        archive_answered(decision, &ids, 4)
    });
    let first = happened(ConversationId(1), archived);
    assert_eq!((count, recorded), (1, vec![first]));
    let (all, ..) = decided(history, &[], |decision| archive_answered(decision, &ids, 5));
    assert_eq!(all, 2, "had the read models known of it");
}

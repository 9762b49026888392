use eventlog::View as _;
use events::{Event, Stream, conversation::Created, settings::Saved, user::ProfileUpdated};
use serde_json::{Value, json};

use super::*;
use crate::functions::{
    conversations::{
        histories::{and, arguments, gone, john_and_agents, opened, somebody},
        new_conversation::NewConversation,
        update_conversation_status::UpdateConversationStatus,
    },
    messages::send_message::SendMessage,
    scenario::{Given, given, happened},
    settings::state::STREAM,
};

type History = Vec<(Stream, Event)>;

/// John (3) with conversation 1, the agents 4 and 5, an admin (2), and these settings.
fn world(settings: &Value) -> History {
    let set = settings.as_object().unwrap().iter();
    let set = set.map(|(id, value)| (id.clone(), (value.clone(), String::new())));
    let saved = Saved {
        set: set.collect(),
        ..Saved::default()
    };
    and(john_and_agents(), STREAM, saved)
}

#[test]
fn what_agents_have_to_do_is_counted_and_leaves_nothing_behind() {
    let after = |history: &History| {
        let mut state = eventlog::Memory::default();
        for (stream, event) in history {
            crate::functions::evolve(&mut state, *stream, event).unwrap();
        }
        state
    };
    let load = |history: &History| load(&after(history), UserId(4)).unwrap();
    let created = Created {
        agent: Some(UserId(4)),
        ..opened(3)
    };
    let two = and(world(&json!({})), ConversationId(2), created.clone());
    let two = and(two, ConversationId(3), created);
    assert_eq!(load(&two), 2);
    let moved = |from, to| StatusChanged { from, to };
    let archived = moved(Status::Live, Status::Archived);
    let one = and(two.clone(), ConversationId(2), archived);
    assert_eq!(load(&one), 1);
    let back = moved(Status::Archived, Status::WaitingAgent);
    assert_eq!(load(&and(one.clone(), ConversationId(2), back)), 2);
    let to_another = and(one, ConversationId(3), given_to(5));
    assert_eq!(load(&to_another), 0);
    let deleted = events::user::Deleted {
        user_type: UserType::User,
        conversations: [1, 2, 3].map(ConversationId).into(),
    };
    let nothing = after(&and(two, UserId(3), deleted));
    let table = crate::functions::decision::Table::AgentLoad.key(&[]);
    assert_eq!(nothing.scan(&table, None, 1).unwrap(), []);
}

fn new() -> NewConversation {
    arguments(json!({"user_id": 3}))
}

fn given_to(agent: u64) -> AgentAssigned {
    AgentAssigned {
        agent: Some(UserId(agent)),
        message: None,
    }
}

/// To whom conversations went: conversation and agent, 0 for the queue.
fn went(recorded: &[(Stream, Event)]) -> Vec<(u64, u64)> {
    let way = |(stream, event): &(Stream, Event)| match event {
        Event::ConversationAgentAssigned(assigned) => {
            Some((stream.id, assigned.agent.map_or(99, |agent| agent.0)))
        }
        Event::ConversationQueued(_) => Some((stream.id, 0)),
        _ => None,
    };
    recorded.iter().filter_map(way).collect()
}

fn when_new(given: Given) -> Vec<(u64, u64)> {
    went(&given.when(new()).recorded())
}

fn archive(id: u64) -> UpdateConversationStatus {
    arguments(json!({"conversation_id": id, "status_code": 3}))
}

#[test]
fn a_new_conversation_goes_to_the_agent_with_the_fewest() {
    let off = world(&json!({}));
    assert_eq!(when_new(given(off).online([4, 5])), []);
    let on = world(&json!({"routing": true}));
    assert_eq!(when_new(given(on.clone()).online([2, 4, 5])), [(2, 4)]);
    let busy = and(on.clone(), ConversationId(1), given_to(4));
    assert_eq!(when_new(given(busy.clone()).online([4, 5])), [(2, 5)]);
    assert_eq!(
        when_new(given(busy.clone()).online([4])),
        [(2, 4)],
        "who is there"
    );
    assert_eq!(
        when_new(given(busy.clone()).online([2])),
        [(2, 5)],
        "of all agents"
    );
    let archived = StatusChanged {
        from: Status::Live,
        to: Status::Archived,
    };
    let done = and(busy, ConversationId(1), archived);
    assert_eq!(when_new(given(done).online([4, 5])), [(2, 4)]);
    let own: NewConversation = arguments(json!({"user_id": 3, "agent_id": 5}));
    let kept = given(on).online([4]).when(own).recorded();
    assert_eq!(went(&kept), [], "somebody has it");
}

#[test]
fn a_department_is_its_agents_affair() {
    let member = ProfileUpdated {
        department: Some(DepartmentId(2)),
        ..ProfileUpdated::default()
    };
    let world = and(world(&json!({"routing": true})), UserId(5), member);
    let new: NewConversation = arguments(json!({"user_id": 3, "department": 2}));
    let recorded = given(world).online([4]).when(new).recorded();
    assert_eq!(went(&recorded), [(2, 5)]);
}

#[test]
fn what_comes_back_while_its_agent_is_away_is_given_anew() {
    let mut history = and(
        world(&json!({"routing": true})),
        ConversationId(1),
        given_to(4),
    );
    let say = || -> SendMessage {
        arguments(json!({"user_id": 3, "conversation_id": 1, "message": "Hello"}))
    };
    let at_work = given(history.clone()).online([5]).when(say()).recorded();
    assert_eq!(went(&at_work), [], "it was not archived");
    let archived = StatusChanged {
        from: Status::Live,
        to: Status::Archived,
    };
    history.push(happened(ConversationId(1), archived));
    let away = given(history.clone()).online([5]).when(say()).recorded();
    assert_eq!(went(&away), [(1, 5)]);
    let there = given(history).online([4, 5]).when(say()).recorded();
    assert_eq!(went(&there), []);
}

/// Both agents have as many as they may; conversation 3 waits.
fn full() -> History {
    let settings = json!({"queue": true, "queue-concurrent-chats": 1, "queue-response-time": 7});
    let mut history = world(&settings);
    history.push(happened(ConversationId(1), given_to(4)));
    for id in [2, 3] {
        history.push(happened(ConversationId(id), opened(3)));
    }
    history.push(happened(ConversationId(2), given_to(5)));
    history.push(happened(ConversationId(3), Queued { place: 1 }));
    history
}

#[test]
fn who_comes_when_all_are_busy_waits_and_the_first_is_next() {
    assert_eq!(when_new(given(full()).online([4, 5])), [(4, 0)]);
    assert_eq!(
        when_new(given(full())),
        [],
        "without an agent there is no line"
    );
    let two = and(
        and(full(), ConversationId(4), opened(3)),
        ConversationId(4),
        Queued { place: 2 },
    );
    let say: SendMessage =
        arguments(json!({"user_id": 3, "conversation_id": 4, "message": "Hello", "queue": "true"}));
    given(two.clone())
        .online([4, 5])
        .when(say)
        .answering(json!({
            "status": "success", "message-id": 1, "queue": [2, 14], "notifications": [],
        }));
    let done = given(two.clone())
        .online([4, 5])
        .when(archive(1))
        .recorded();
    assert_eq!(went(&done), [(3, 4)], "archiving hands the next over");
    let waiting = given(two.clone())
        .online([4, 5])
        .when(archive(3))
        .recorded();
    assert_eq!(went(&waiting), [], "who leaves the line frees nobody");
    let mut later = two;
    later.extend(done);
    let say: SendMessage =
        arguments(json!({"user_id": 3, "conversation_id": 4, "message": "Hello", "queue": 1}));
    given(later).online([4, 5]).when(say).answering(json!({
        "status": "success", "message-id": 1, "queue": [1, 7], "notifications": [],
    }));
}

#[test]
fn whose_user_is_deleted_leaves_no_place_behind() {
    let gone = events::user::Deleted {
        user_type: UserType::User,
        conversations: vec![ConversationId(1), ConversationId(2), ConversationId(3)],
    };
    let mut history = and(full(), UserId(3), gone);
    history.push(somebody(9, UserType::User));
    let new: NewConversation = arguments(json!({"user_id": 9}));
    let recorded = given(history).online([4, 5]).when(new).recorded();
    assert_eq!(went(&recorded), [(4, 4)]);
}

#[test]
fn what_a_deleted_agent_had_is_given_anew() {
    let on = world(&json!({"routing": true}));
    let mut history = and(on, ConversationId(1), given_to(4));
    history.push(gone(4, UserType::Agent));
    let say: SendMessage =
        arguments(json!({"user_id": 3, "conversation_id": 1, "message": "Hello"}));
    let recorded = given(history).online([5]).when(say).recorded();
    assert_eq!(went(&recorded), [(1, 5)]);
}

#[test]
fn deleting_a_user_hands_the_next_over() {
    let mut history = full();
    history.push(somebody(9, UserType::User));
    history.push(happened(ConversationId(4), opened(9)));
    history.push(happened(ConversationId(4), Queued { place: 2 }));
    let delete: crate::functions::users::delete_user::DeleteUser = arguments(json!({"user_id": 3}));
    let recorded = given(history).online([4, 5]).when(delete).recorded();
    assert_eq!(went(&recorded), [(4, 4)]);
}

#[test]
fn a_long_line_for_one_department_keeps_nobody_of_another_waiting() {
    const LINE: u64 = 250;
    let of = |department: u64| Created {
        department: Some(DepartmentId(department)),
        ..opened(3)
    };
    let member = |department: u64| ProfileUpdated {
        department: Some(DepartmentId(department)),
        ..ProfileUpdated::default()
    };
    let mut history = world(&json!({"queue": true, "queue-concurrent-chats": 1}));
    history.push(happened(UserId(4), member(1)));
    history.push(happened(UserId(5), member(2)));
    history.push(happened(ConversationId(1), given_to(4)));
    history.push(happened(ConversationId(2), of(2)));
    history.push(happened(ConversationId(2), given_to(5)));
    for place in 1..=LINE + 2 {
        let id = ConversationId(place + 2);
        let department = if place > LINE { 1 } else { 2 };
        history.push(happened(id, of(department)));
        history.push(happened(id, Queued { place }));
    }
    let done = given(history).online([4, 5]).when(archive(1)).recorded();
    assert_eq!(went(&done), [(LINE + 3, 4)], "the first of its own");
}

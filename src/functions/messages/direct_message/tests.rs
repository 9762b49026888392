use events::{Event, Stream, conversation::StatusChanged, report::Recorded, user::TypeChanged};
use serde_json::{Value, json};

use super::*;
use crate::functions::{
    conversations::histories::{and, arguments, john_and_agents, opened, problem, sent, somebody},
    scenario::{given, happened},
};

/// John (3) with conversations 1 and 2, a visitor (6) without any, and the bot (1).
fn history() -> Vec<(Stream, Event)> {
    let mut history = and(john_and_agents(), ConversationId(2), opened(3));
    history.extend([somebody(6, UserType::Visitor), somebody(1, UserType::Bot)]);
    history
}

fn direct(users: &Value, message: &str) -> DirectMessage {
    arguments(json!({"user_ids": users, "message": message, "subject": "false"}))
}

fn said(conversation: u64, message: u64, text: &str) -> [(Stream, Event); 2] {
    let id = ConversationId(conversation);
    let waiting = StatusChanged {
        from: Status::Live,
        to: Status::WaitingUser,
    };
    [
        happened(id, sent(message, 2, UserType::Admin, text)),
        happened(id, waiting),
    ]
}

fn counted(messages: usize) -> (Stream, Event) {
    let row = Recorded {
        name: Name::DirectMessages,
        value: Some(messages.to_string()),
        external_id: None,
        extra: None,
    };
    happened(Name::DirectMessages, row)
}

#[test]
fn into_the_newest_conversation_with_fields_filled_in() {
    let text = "Hello {user_name} <{user_email}>, {agent_name} <{agent_email}>";
    let filled = "Hello Name 3 <3@example.com>, Name 2 <2@example.com>";
    given(history())
        .when(direct(&json!([3, "3", 99, 1]), text))
        .then(said(2, 1, filled).into_iter().chain([counted(1)]))
        .answering(true.into());
}

#[test]
fn into_a_new_conversation_where_there_is_none() {
    let lead = TypeChanged {
        from: UserType::Visitor,
        to: UserType::Lead,
    };
    let mut expected = vec![
        happened(ConversationId(3), opened(6)),
        happened(UserId(6), lead),
    ];
    expected.extend(said(3, 1, "Hello"));
    expected.push(counted(1));
    given(history())
        .when(direct(&json!(6), "Hello"))
        .then(expected);
}

#[test]
fn all_are_the_customers() {
    let history = and(history(), ConversationId(3), opened(6));
    let mut expected = Vec::from(said(3, 1, "Hello"));
    let lead = TypeChanged {
        from: UserType::Visitor,
        to: UserType::Lead,
    };
    expected.extend(said(2, 2, "Hello"));
    expected.push(counted(2));
    given(and(history, UserId(6), lead))
        .when(direct(&json!("all"), "Hello"))
        .then(expected);
}

#[test]
fn an_empty_list_is_nobody() {
    for nobody in [json!([]), json!(""), json!("[]"), json!([99])] {
        given(history())
            .when(direct(&nobody, "Hello"))
            .then([])
            .answering(true.into());
    }
}

#[test]
fn an_email_goes_to_all_who_can_be_written_to_whatever_they_are_called() {
    let named = |id: u64, name: &str, email: &str| {
        let mut created = crate::functions::users::people::person(id, UserType::User);
        created.first_name = name.to_owned();
        created.email = Some(email.to_owned());
        happened(UserId(id), created)
    };
    let set = [
        ("email-host", "mail.example.com"),
        ("email-sender", "help@example.com"),
    ];
    let set = set.map(|(id, value)| (id.to_owned(), (json!(value), "text".to_owned())));
    let saved = events::settings::Saved {
        set: set.into(),
        ..events::settings::Saved::default()
    };
    let settings = happened(crate::functions::settings::state::STREAM, saved);
    let mut history = vec![settings, somebody(2, UserType::Admin)];
    let odd = [
        "a..b@example.com",
        "x@-bad-.com",
        "a,b@example.com",
        "<x>@example.com",
    ];
    history.extend((3..).zip(odd).map(|(id, email)| named(id, "Odd", email)));
    history.push(named(8, "Ann\n\tLee", "ann@example.com"));
    history.push(named(9, &"👋".repeat(255), "bob@example.com"));
    let news = json!({"user_ids": "all", "subject": "News for {user_name}", "message": "Hello"});
    let recorded = given(history.clone())
        .when(arguments::<DirectMessage>(news))
        .recorded();
    let ordered = recorded.iter().filter_map(|(_, event)| match event {
        Event::NotificationOrdered(ordered) => Some(&ordered.orders[0]),
        _ => None,
    });
    let reached: Vec<u64> = ordered.map(|order| order.recipients[0].0).collect();
    assert_eq!(reached, [8, 9]);
    let long =
        json!({"user_ids": "all", "subject": "News", "message": "{user_name}".repeat(9_000)});
    given(history)
        .when(arguments::<DirectMessage>(long))
        .then_refused_with("too-large");
}

#[test]
fn refusals() {
    let email = json!({"user_ids": [3], "message": "Hello", "subject": "News"});
    given(history())
        .when(arguments::<DirectMessage>(email))
        .then_refused_with("unavailable");
    given(history())
        .by(99)
        .when(direct(&json!([3]), "Hello"))
        .then_refused(Refusal::UserNotFound(99));
    let long = direct(&json!([3]), &"{user_email}".repeat(8_000));
    let why = "message: with its fields filled in it is longer than 100,000 characters.";
    given(history())
        .when(long)
        .then_refused(Refusal::TooLarge(why.to_owned()));
    let nothing = json!({"user_ids": [3], "message": ""});
    for missing in [
        json!({"user_ids": [3]}),
        nothing,
        json!({"message": "Hello"}),
    ] {
        assert_eq!(problem::<DirectMessage>(missing), "missing-argument");
    }
}

#[test]
fn there_is_a_limit_to_users() {
    let many: Vec<u64> = (1..=10_001).collect();
    let command = json!({"user_ids": many, "message": "Hello"});
    assert_eq!(problem::<DirectMessage>(command), "invalid-argument");
    let crowd = (3..10_004).map(|id| somebody(id, UserType::Lead));
    let why = "user_ids: all are more than 10000 users; name them in portions.";
    given(crowd.chain([somebody(2, UserType::Admin)]))
        .when(direct(&json!("all"), "Hello"))
        .then_refused(Refusal::TooLarge(why.to_owned()));
}

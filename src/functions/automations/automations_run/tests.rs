use events::{
    ConversationId, Event, Stream, UserId,
    automation::{Kind, Ran, Saved},
    conversation::{Created, Status},
    message::Sent,
    report::{Name, Recorded},
    user::{DetailsUpdated, TypeChanged, UserType},
};
use serde_json::{Value, json};

use super::AutomationsRun;
use crate::functions::{
    automations::{automations_run_all::AutomationsRunAll, state::STREAM},
    conversations::histories::{and, arguments, john_and_agents, opened, sent, somebody},
    scenario::{given, happened},
};

/// John (3) with conversations 1 and 2, a visitor (6) without any, and the bot (1).
fn history() -> Vec<(Stream, Event)> {
    let mut history = and(john_and_agents(), ConversationId(2), opened(3));
    history.extend([somebody(6, UserType::Visitor), somebody(1, UserType::Bot)]);
    history
}

fn with(automations: Value, translations: Value) -> Vec<(Stream, Event)> {
    let both = json!({"automations": automations, "translations": translations});
    let saved: Saved = serde_json::from_value(both).unwrap();
    and(history(), STREAM, saved)
}

fn welcome() -> Value {
    json!({"id": "a", "message": "Hello {user_name}", "name": "Welcome"})
}

fn by_bot(message: u64, text: &str) -> Sent {
    sent(message, 1, UserType::Bot, text)
}

/// A message of an automation was counted.
fn counted() -> (Stream, Event) {
    let row = Recorded {
        name: Name::MessageAutomations,
        value: Some("1".to_owned()),
        external_id: None,
        extra: None,
    };
    happened(Name::MessageAutomations, row)
}

fn ran(user: u64, id: &str, period: &str) -> (Stream, Event) {
    let ran = Ran {
        automation: id.to_owned(),
        kind: Kind::Messages,
        period: period.to_owned(),
    };
    happened(UserId(user), ran)
}

fn run(automation: Value, validate: bool) -> AutomationsRun {
    arguments(json!({"automation": automation, "validate": validate}))
}

fn run_all() -> AutomationsRunAll {
    arguments(json!({}))
}

#[test]
fn a_message_in_the_newest_conversation() {
    let saved = with(json!({"messages": [welcome()]}), json!({}));
    let said = happened(ConversationId(2), by_bot(1, "Hello Name 3"));
    let mut after = saved.clone();
    after.extend([said.clone(), ran(3, "a", "")]);
    given(saved)
        .by(3)
        .when(run(json!("a"), false))
        .then([said, ran(3, "a", ""), counted()])
        .answering(json!(true));
    for validate in [false, true] {
        given(after.clone())
            .by(3)
            .when(run(json!("a"), validate))
            .then([])
            .answering(json!(false));
    }
    given(after.clone())
        .by(3)
        .when(run_all())
        .then([])
        .answering(json!([]));
    // What was said to one is not said to another.
    given(after).by(4).when(run_all()).then([
        happened(ConversationId(3), opened(4)),
        happened(ConversationId(3), by_bot(2, "Hello Name 4")),
        ran(4, "a", ""),
        counted(),
    ]);
}

#[test]
fn a_new_conversation_makes_a_visitor_a_lead() {
    let created = Created {
        status: Status::Live,
        ..opened(6)
    };
    let (from, to) = (UserType::Visitor, UserType::Lead);
    given(history())
        .by(6)
        .when(run(
            json!({"id": "z", "type": "messages", "message": "Hi"}),
            true,
        ))
        .then([
            happened(ConversationId(3), created),
            happened(UserId(6), TypeChanged { from, to }),
            happened(ConversationId(3), by_bot(1, "Hi")),
            ran(6, "z", ""),
            counted(),
        ]);
}

#[test]
fn validating_first() {
    let dated = |date: &str| json!({"id": "a", "type": "messages", "message": "Hi", "conditions": [["datetime", "is-exactly", date]]});
    let left = json!({"id": "a", "type": "messages", "message": "Hi", "conditions": [["browsing_time", "9"]]});
    for (automation, validate, runs) in [
        (dated("12/05/2020"), true, true),
        (dated("13/05/2020"), true, false),
        (dated("13/05/2020"), false, true),
        (left.clone(), true, false),
        (left, false, true),
    ] {
        let decided = given(history())
            .by(3)
            .when(run(automation.clone(), validate));
        let expected = [
            happened(ConversationId(2), by_bot(1, "Hi")),
            ran(3, "a", ""),
            counted(),
        ];
        let expected = expected.into_iter().filter(|_| runs);
        decided.then(expected).answering(json!(runs));
    }
}

#[test]
fn once_a_period() {
    let conditions = json!([
        ["datetime", "is-exactly", "01/05/2020"],
        ["repeat", "every-day"]
    ]);
    let daily = json!({"id": "a", "message": "Hi", "conditions": conditions});
    let saved = with(json!({"messages": [daily]}), json!({}));
    let yesterday = {
        let mut before = saved.clone();
        before.push(ran(3, "a", "2020-05-11"));
        before
    };
    let expected = [
        happened(ConversationId(2), by_bot(1, "Hi")),
        ran(3, "a", "2020-05-12"),
        counted(),
    ];
    given(yesterday).by(3).when(run_all()).then(expected);
    let mut today = saved;
    today.push(ran(3, "a", "2020-05-12"));
    given(today.clone()).by(3).when(run_all()).then([]);
    given(today)
        .by(3)
        .when(run(json!("a"), true))
        .answering(json!(false));
}

#[test]
fn in_the_users_language() {
    let french =
        json!({"fr": {"messages": [{"id": "a", "message": "Bonjour {user_name}", "name": ""}]}});
    let mut saved = with(json!({"messages": [welcome()]}), french);
    let detail = events::user::Detail {
        slug: "language".to_owned(),
        name: String::new(),
        value: "fr-CA".to_owned(),
    };
    let removed = Vec::new();
    let set = vec![detail];
    saved.push(happened(UserId(3), DetailsUpdated { set, removed }));
    let expected = [
        happened(ConversationId(2), by_bot(1, "Bonjour Name 3")),
        ran(3, "a", ""),
        counted(),
    ];
    given(saved.clone())
        .by(3)
        .when(run_all())
        .then(expected.clone());
    given(saved)
        .by(3)
        .when(run(json!("a"), false))
        .then(expected);
}

#[test]
fn all_at_once() {
    let never = json!([["datetime", "is-exactly", "01/01/2000"]]);
    let later = json!([
        ["user_type", "is-user"],
        ["include_urls", "contains", "/prices"]
    ]);
    let saved = with(
        json!({
            "emails": [
                {"id": "e1", "message": "x", "conditions": later},
                {"id": "e2", "message": "valid, but nobody takes it"},
                {"id": "e3", "message": "x", "conditions": never},
            ],
            "sms": [{"id": "s1", "message": "nobody takes it either"}],
            "messages": [
                {"id": "m1", "message": "One"},
                {"id": "m2", "message": ""},
                {"id": "m3", "message": "Three"},
                {"id": "m4", "message": "x", "conditions": never},
            ],
            "popups": [{"id": "p1", "message": "x", "conditions": never}, {"id": "p2", "message": "x"}],
            "design": [{"id": "d1", "color_1": "rgb(0, 235, 26)", "conditions": later}],
        }),
        json!({}),
    );
    let prices = json!([["include_urls", "contains", "/prices"]]);
    let mut after = saved.clone();
    let expected = [
        happened(ConversationId(2), by_bot(1, "One")),
        ran(3, "m1", ""),
        counted(),
        happened(ConversationId(2), by_bot(2, "Three")),
        ran(3, "m3", ""),
        counted(),
    ];
    let rest = json!([
        {"id": "e1", "message": "x", "conditions": prices, "type": "emails"},
        {"id": "p1", "message": "x", "conditions": never, "type": "popups"},
        {"id": "p2", "message": "x", "conditions": [], "type": "popups"},
        {"id": "d1", "color_1": "rgb(0, 235, 26)", "conditions": prices, "type": "design"},
    ]);
    given(saved)
        .by(3)
        .when(run_all())
        .then(expected.clone())
        .answering(rest.clone());
    after.extend(expected);
    given(after).by(3).when(run_all()).then([]).answering(rest);
}

#[test]
fn refusals() {
    let saved = with(
        json!({"messages": [welcome()], "popups": [{"id": "p"}]}),
        json!({}),
    );
    let refused = |automation: Value, code: &str| {
        given(saved.clone())
            .by(3)
            .when(run(automation, false))
            .then_refused_with(code);
    };
    refused(json!("unknown"), "invalid-argument");
    refused(json!("p"), "invalid-argument");
    refused(json!({"id": "new", "message": "x"}), "invalid-argument");
    refused(
        json!({"type": "messages", "message": "x"}),
        "invalid-argument",
    );
    refused(json!({"id": "new", "type": "messages"}), "invalid-argument");
    refused(json!({"id": "new", "type": "design"}), "invalid-argument");
    refused(
        json!({"id": "new", "type": "emails", "message": "x"}),
        "unavailable",
    );
    refused(
        json!({"id": "new", "type": "sms", "message": "x"}),
        "unavailable",
    );
    let long = json!({"id": "new", "type": "messages", "message": "{user_name}".repeat(9_000)});
    let mut named = saved.clone();
    named.push(happened(
        UserId(3),
        events::user::ProfileUpdated {
            last_name: Some("x".repeat(200)),
            ..Default::default()
        },
    ));
    given(named)
        .by(3)
        .when(run(long, false))
        .then_refused_with("too-large");
    given(saved)
        .by(99)
        .when(run(json!("a"), false))
        .then_refused_with("user-not-found");
}

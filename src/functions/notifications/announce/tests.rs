use events::{
    Event, Stream,
    conversation::{AgentAssigned, DepartmentAssigned},
    notification::{Order, Ordered},
    settings::Saved,
    user::{Detail, DetailsUpdated, EmailChanged, ProfileUpdated, Returned},
};
use serde_json::{Value, json};

use super::*;
use crate::functions::{
    Command,
    conversations::histories::{and, arguments, john_and_agents, opened, sent},
    scenario::{given, happened},
    settings::state::STREAM,
};

const ID: ConversationId = ConversationId(1);

/// John (3) who has a phone, the agents 4 and 5, an admin (2), and these settings.
fn world(settings: &Value) -> Vec<(Stream, Event)> {
    let set = settings.as_object().unwrap().iter();
    let set = set.map(|(id, value)| {
        let kind = if value.is_boolean() {
            "checkbox"
        } else {
            "text"
        };
        (id.clone(), (value.clone(), kind.to_owned()))
    });
    let saved = Saved {
        set: set.collect(),
        ..Saved::default()
    };
    let phone = DetailsUpdated {
        set: vec![Detail {
            slug: "phone".to_owned(),
            name: "Phone".to_owned(),
            value: "+1 530 543 1221".to_owned(),
        }],
        removed: Vec::new(),
    };
    let mut history = and(john_and_agents(), UserId(3), phone);
    history.push(happened(STREAM, saved));
    history
}

fn email_and_sms() -> Value {
    json!({
        "email-host": "mail.example.com", "email-sender": "help@example.com",
        "sms-account": "AC1", "sms-token": "t", "sms-sender": "+15104564545",
    })
}

fn all_channels() -> Value {
    let mut settings = email_and_sms();
    settings["push-enabled"] = json!(true);
    settings["push-instance"] = json!("i");
    settings["push-secret"] = json!("s");
    settings
}

fn say<C: Command>(user: u64) -> C {
    arguments(json!({"user_id": user, "conversation_id": 1, "message": "Hello"}))
}

type Say = crate::functions::messages::send_message::SendMessage;

/// Who was told by what, as far as anything was ordered.
fn told(recorded: &[(Stream, Event)]) -> Vec<(Channel, Vec<u64>)> {
    let orders = recorded.iter().filter_map(|(_, event)| match event {
        Event::NotificationOrdered(Ordered { orders, .. }) => Some(orders),
        _ => None,
    });
    let parts = |order: &Order| {
        let ids = order.recipients.iter().map(|id| id.0).collect();
        (order.channel, ids)
    };
    orders.flatten().map(parts).collect()
}

#[test]
fn a_customer_who_is_away_is_told_once_until_there_again() {
    let world = world(&email_and_sms());
    let first = given(world.clone()).when(say::<Say>(4)).recorded();
    assert_eq!(
        told(&first),
        [(Channel::Email, vec![3]), (Channel::Sms, vec![3])]
    );
    let mut after = world.clone();
    after.extend(first);
    given(after.clone()).when(say::<Say>(4)).answering(json!({
        "status": "success", "message-id": 2, "queue": false, "notifications": [],
    }));
    let online = given(after.clone()).online([3]).when(say::<Say>(4));
    assert_eq!(told(&online.recorded()), [], "who is there is not told");
    let both = [(Channel::Email, vec![3]), (Channel::Sms, vec![3])];
    let was_there = given(and(after.clone(), UserId(3), Returned {})).when(say::<Say>(4));
    assert_eq!(told(&was_there.recorded()), both);
    // By email, for instance: nobody sees that.
    let wrote = sent(2, 3, UserType::User, "Thank you");
    let answered = given(and(after, ID, wrote)).when(say::<Say>(4));
    assert_eq!(told(&answered.recorded()), both);
}

#[test]
fn a_customer_is_told_by_whatever_way_an_agent_speaks() {
    let direct = || -> crate::functions::messages::direct_message::DirectMessage {
        arguments(json!({"user_ids": 3, "message": "Hello", "subject": "false"}))
    };
    let mut history = world(&email_and_sms());
    let both = [(Channel::Email, vec![3]), (Channel::Sms, vec![3])];
    let first = given(history.clone()).when(direct()).recorded();
    assert_eq!(told(&first), both);
    history.extend(first);
    assert_eq!(told(&given(history.clone()).when(direct()).recorded()), []);
    let was_there = given(and(history, UserId(3), Returned {})).when(direct());
    assert_eq!(told(&was_there.recorded()), both);
}

#[test]
fn who_cannot_be_written_to_is_not_told_by_email() {
    let odd = EmailChanged {
        email: Some("a..b@example.com".to_owned()),
        first: false,
    };
    let world = and(world(&email_and_sms()), UserId(3), odd);
    let recorded = given(world).when(say::<Say>(4)).recorded();
    assert_eq!(told(&recorded), [(Channel::Sms, vec![3])]);
}

#[test]
fn agents_in_charge_who_are_away_get_one_email_for_a_conversation_and_each_push() {
    let world = world(&all_channels());
    let everybody = [
        (Channel::Email, vec![4]),
        (Channel::Email, vec![5]),
        (Channel::Push, vec![4, 5]),
    ];
    let first = given(world.clone()).when(say::<Say>(3)).recorded();
    assert_eq!(told(&first), everybody);
    let mut again = world.clone();
    again.extend(first);
    given(again.clone()).when(say::<Say>(3)).answering(json!({
        "status": "success", "message-id": 2, "queue": false, "notifications": ["push"],
    }));
    let other_conversation = and(again.clone(), ConversationId(2), opened(3));
    let other_conversation = given(other_conversation).when(arguments::<Say>(
        json!({"user_id": 3, "conversation_id": 2, "message": "Hello"}),
    ));
    assert_eq!(told(&other_conversation.recorded()), everybody);
    let one_was_there = given(and(again, UserId(5), Returned {})).when(say::<Say>(3));
    assert_eq!(told(&one_was_there.recorded()), everybody[1..]);
    let one_there = given(world.clone()).online([4]).when(say::<Say>(3));
    let other = [(Channel::Email, vec![5]), (Channel::Push, vec![5])];
    assert_eq!(told(&one_there.recorded()), other);

    let assigned = AgentAssigned {
        agent: Some(UserId(5)),
        message: None,
    };
    let to_one = and(world.clone(), ID, assigned);
    assert_eq!(
        told(&given(to_one.clone()).when(say::<Say>(3)).recorded()),
        other
    );
    let there = given(to_one).online([5]).when(say::<Say>(3));
    assert_eq!(told(&there.recorded()), [], "nobody else is in charge");

    let mut gone = and(
        world.clone(),
        ID,
        AgentAssigned {
            agent: Some(UserId(4)),
            message: None,
        },
    );
    gone.push(crate::functions::conversations::histories::gone(
        4,
        UserType::Agent,
    ));
    let left = given(gone).when(say::<Say>(3)).recorded();
    assert_eq!(told(&left), other, "who is gone is in charge of nothing");

    let department = DepartmentAssigned {
        department: Some(events::DepartmentId(2)),
        message: None,
    };
    let member = ProfileUpdated {
        department: Some(events::DepartmentId(2)),
        ..ProfileUpdated::default()
    };
    let of_department = and(and(world, ID, department), UserId(5), member);
    assert_eq!(
        told(&given(of_department).when(say::<Say>(3)).recorded()),
        other
    );
}

#[test]
fn nothing_leaves_by_what_is_not_configured_or_switched_off() {
    for settings in [
        json!({}),
        json!({"email-host": "mail.example.com"}),
        json!({"email-host": "m", "email-sender": "a@b.example", "notify-user-email": false}),
    ] {
        let recorded = given(world(&settings)).when(say::<Say>(4)).recorded();
        assert_eq!(told(&recorded), [], "{settings}");
    }
    let bot = and(
        world(&email_and_sms()),
        UserId(1),
        crate::functions::users::people::person(1, UserType::Bot),
    );
    let recorded = given(bot).when(say::<Say>(1)).recorded();
    assert_eq!(told(&recorded), [], "the bot's words wait");
}

#[test]
fn agents_are_told_of_what_is_given_to_them_but_not_by_themselves() {
    let give = |agent: u64| -> crate::functions::conversations::update_conversation_agent::UpdateConversationAgent {
        arguments(json!({"conversation_id": 1, "agent_id": agent, "message": "Please"}))
    };
    let world = world(&all_channels());
    let expected = [(Channel::Email, vec![5]), (Channel::Push, vec![5])];
    assert_eq!(
        told(&given(world.clone()).when(give(5)).recorded()),
        expected
    );
    assert_eq!(
        told(&given(world.clone()).by(5).when(give(5)).recorded()),
        []
    );
    assert_eq!(told(&given(world).online([5]).when(give(5)).recorded()), []);
}

#[test]
fn agents_in_charge_who_are_away_are_told_of_a_takeover() {
    let take_over = || -> crate::functions::dialogflow::human_takeover::DialogflowHumanTakeover {
        arguments(json!({"conversation_id": 1}))
    };
    let bot = crate::functions::conversations::histories::somebody(1, UserType::Bot);
    let mut world = world(&all_channels());
    world.insert(0, bot);
    let to_both = [
        (Channel::Email, vec![4]),
        (Channel::Email, vec![5]),
        (Channel::Push, vec![4, 5]),
    ];
    let recorded = given(world.clone()).when(take_over()).recorded();
    assert_eq!(told(&recorded), to_both);
    let to_one = [(Channel::Email, vec![5]), (Channel::Push, vec![5])];
    let one_there = given(world.clone()).online([4]).when(take_over());
    assert_eq!(told(&one_there.recorded()), to_one);
    let by_agent = given(world.clone()).by(4).when(take_over());
    assert_eq!(told(&by_agent.recorded()), to_one);
    let routing = Saved {
        set: [("routing".to_owned(), (json!(true), "checkbox".to_owned()))].into(),
        ..Saved::default()
    };
    let routed = given(and(world, STREAM, routing)).when(take_over());
    let to_first = [(Channel::Email, vec![4]), (Channel::Push, vec![4])];
    assert_eq!(
        told(&routed.recorded()),
        to_first,
        "whose it has come to be"
    );
}

use events::{
    ConversationId, MessageId, Stream, StreamKind,
    conversation::{Source, StatusChanged},
    message,
    message::Sent,
};
use serde_json::json;

use super::*;
use crate::functions::{
    conversations::histories::{and, gone, john_and_agents, opened, sent, somebody},
    scenario::{Then, given, happened},
};

const ID: ConversationId = ConversationId(1);

type History = Vec<(Stream, events::Event)>;

/// `Hello` of this user, to `| SB3-1`.
fn mail(from: u64) -> Incoming {
    Incoming {
        identity: Identity::of("1@example.com", ""),
        answers: Vec::new(),
        from: Person {
            name: "Ünal von Öz".to_owned(),
            address: format!("{from}@Example.com"),
        },
        named: Some((UserId(3), ID)),
        subject: "My kettle".to_owned(),
        text: "Hello".to_owned(),
        is_forged: false,
        may_begin: false,
    }
}

fn direct(from: u64) -> Incoming {
    Incoming {
        named: None,
        may_begin: true,
        ..mail(from)
    }
}

fn when(history: History, mail: Incoming, files: Vec<Stored>) -> Then {
    given(history).when_decided(|decision| {
        let outcome = receive(decision, mail, files, "a".repeat(40))?;
        Ok(format!("{outcome:?}"))
    })
}

fn left(history: History, mail: Incoming, reason: Reason) {
    let outcome = json!(format!("Left({reason:?})"));
    when(history, mail, Vec::new()).then([]).answering(outcome);
}

fn received(conversation: u64) -> (Stream, events::Event) {
    let identity = Identity::of("1@example.com", "").into_text();
    let received = Received {
        identity,
        conversation: ConversationId(conversation),
        message: MessageId(1),
    };
    happened(STREAM, received)
}

fn first(author: u64) -> Sent {
    Sent {
        first_of_customer: true,
        ..sent(1, author, UserType::User, "Hello")
    }
}

fn moved(to: Status) -> StatusChanged {
    let from = Status::Live;
    StatusChanged { from, to }
}

fn begun_by(user: u64) -> Created {
    Created {
        title: "My kettle".to_owned(),
        source: Some(Source::Em),
        ..opened(user)
    }
}

#[test]
fn a_reply_goes_where_the_name_says() {
    when(john_and_agents(), mail(3), Vec::new())
        .then([
            happened(ID, first(3)),
            happened(ID, moved(Status::WaitingAgent)),
            received(1),
        ])
        .answering(json!("Taken"));
    when(john_and_agents(), mail(4), Vec::new()).then([
        happened(ID, sent(1, 4, UserType::Agent, "Hello")),
        happened(ID, moved(Status::WaitingUser)),
        received(1),
    ]);
}

#[test]
fn a_name_opens_nobody_elses_conversation() {
    let history = || and(john_and_agents(), UserId(6), somebody(6, UserType::User).1);
    left(history(), mail(6), Reason::NoReply);
    let own_number = Incoming {
        named: Some((UserId(6), ID)),
        ..mail(6)
    };
    left(history(), own_number.clone(), Reason::NoReply);
    let stranger = Incoming {
        named: Some((UserId(3), ID)),
        ..mail(99)
    };
    left(history(), stranger, Reason::NoReply);
    let converted = Incoming {
        may_begin: true,
        ..own_number
    };
    let new = ConversationId(2);
    when(history(), converted, Vec::new()).then([
        happened(new, begun_by(6)),
        happened(new, first(6)),
        happened(new, moved(Status::WaitingAgent)),
        received(2),
    ]);
}

#[test]
fn what_was_received_is_not_received_again() {
    let known = || {
        let (stream, event) = received(1);
        and(john_and_agents(), stream, event)
    };
    let before = json!("Before");
    when(known(), mail(3), Vec::new())
        .then([])
        .answering(before.clone());
    let (stream, deleted) = gone(3, UserType::User);
    when(and(known(), stream, deleted), direct(3), Vec::new())
        .then([])
        .answering(before);
}

#[test]
fn a_stranger_becomes_a_user_where_all_emails_are_converted() {
    let created = user::Created {
        user_type: UserType::User,
        first_name: "Ünal".to_owned(),
        last_name: "von Öz".to_owned(),
        email: Some("99@Example.com".to_owned()),
        profile_image: String::new(),
        password_hash: None,
        token: "a".repeat(40),
        department: None,
        details: Vec::new(),
    };
    let new = ConversationId(2);
    when(john_and_agents(), direct(99), Vec::new()).then([
        happened(UserId(6), created),
        happened(new, begun_by(6)),
        happened(new, first(6)),
        happened(new, moved(Status::WaitingAgent)),
        received(2),
    ]);
    let off = Incoming {
        may_begin: false,
        ..direct(99)
    };
    left(john_and_agents(), off, Reason::NoReply);
}

#[test]
fn agents_only_answer_and_are_not_impersonated() {
    left(john_and_agents(), direct(4), Reason::Agent);
    let nowhere = Incoming {
        named: Some((UserId(3), ConversationId(9))),
        ..mail(4)
    };
    left(john_and_agents(), nowhere, Reason::Agent);
    let forged = |from| Incoming {
        is_forged: true,
        ..mail(from)
    };
    left(john_and_agents(), forged(4), Reason::Forged);
    left(john_and_agents(), forged(2), Reason::Forged);
    when(john_and_agents(), forged(3), Vec::new()).answering(json!("Taken"));
}

#[test]
fn an_answer_to_a_mail_of_ones_own_goes_into_its_conversation() {
    let known = || {
        let (stream, event) = received(1);
        and(john_and_agents(), stream, event)
    };
    let answer = |from| Incoming {
        identity: Identity::of("2@example.com", ""),
        answers: vec![
            Identity::of("0@example.com", ""),
            Identity::of("1@example.com", ""),
        ],
        named: None,
        ..mail(from)
    };
    when(known(), answer(3), Vec::new()).answering(json!("Taken"));
    left(known(), answer(4), Reason::Agent);
    let other = and(known(), UserId(6), somebody(6, UserType::User).1);
    left(other, answer(6), Reason::NoReply);
}

#[test]
fn files_are_kept_and_may_be_all_there_is() {
    let attachment = message::Attachment {
        name: "a b.png".to_owned(),
        url: "http://chat.test/uploads/email/x/a_b.png".to_owned(),
    };
    let stored = Stored {
        attachment: attachment.clone(),
        path: "email/x/a_b.png".to_owned(),
        bytes: 5,
    };
    let created = file::Created {
        purpose: Purpose::EmailAttachment,
        path: "email/x/a_b.png".to_owned(),
        bytes: 5,
        conversation: Some(ID),
        user: Some(UserId(3)),
    };
    let file = Stream {
        kind: StreamKind::File,
        id: 1,
    };
    let silent = |mail| Incoming {
        text: String::new(),
        ..mail
    };
    let with_file = Sent {
        text: String::new(),
        attachments: vec![attachment],
        ..first(3)
    };
    when(john_and_agents(), silent(mail(3)), vec![stored]).then([
        happened(file, created),
        happened(ID, with_file),
        happened(ID, moved(Status::WaitingAgent)),
        received(1),
    ]);
    left(john_and_agents(), silent(mail(3)), Reason::Empty);
    let new = ConversationId(2);
    let subject = Sent {
        text: "My kettle".to_owned(),
        ..first(3)
    };
    when(john_and_agents(), silent(direct(3)), Vec::new()).then([
        happened(new, begun_by(3)),
        happened(new, subject),
        happened(new, moved(Status::WaitingAgent)),
        received(2),
    ]);
    let nothing = Incoming {
        subject: String::new(),
        ..silent(direct(99))
    };
    left(john_and_agents(), nothing, Reason::Empty);
}

#[test]
fn people_have_names() {
    let named = |name: &str| {
        names(&Person {
            name: name.to_owned(),
            address: "ann.lee@example.com".to_owned(),
        })
    };
    let name = |first: &str, last: &str| (first.to_owned(), last.to_owned());
    assert_eq!(named(" Ann  van Lee "), name("Ann", "van Lee"));
    assert_eq!(named("Ann"), name("Ann", ""));
    assert_eq!(named(" "), name("ann.lee", ""));
    assert_eq!(named(&"a".repeat(999)).0.len(), FIELD_CHARS_MAX);
}

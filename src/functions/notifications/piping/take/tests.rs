use eventlog::Memory;
use events::{ConversationId, UserId, settings::Saved};
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::functions::settings::state::evolve;

fn settings(set: Value) -> Settings {
    let mut state = Memory::default();
    let saved = Saved {
        set: serde_json::from_value(set).unwrap(),
        ..Saved::default()
    };
    evolve(&mut state, &saved.into());
    Settings::read(&state).unwrap()
}

fn ours() -> Settings {
    settings(json!({
        "email-sender": ["Help@shop.example", "text"],
        "email-piping-user": ["mailbox@shop.example", "text"],
    }))
}

fn fetched(mail: &str) -> Fetched {
    Fetched {
        uid: "1".to_owned(),
        raw: mail.replace('\n', "\r\n").into_bytes(),
        is_cut: false,
    }
}

const REPLY: &str = "From: John <john@kunde.example>
To: \"Shop | SB3-1\" <help@shop.example>
Subject: Re: Hello
Message-ID: <2@kunde.example>
References: <1@kunde.example>

Yes

### Please type your reply above this line ###
Hello
";

#[test]
fn a_reply_is_what_stands_above_the_delimiter() {
    let Read {
        mail, attachments, ..
    } = read(&fetched(REPLY), &ours()).unwrap();
    assert_eq!((mail.text.as_str(), attachments.len()), ("Yes", 0));
    assert_eq!(mail.named, Some((UserId(3), ConversationId(1))));
    assert_eq!(
        mail.identity,
        Identity::of("2@kunde.example", "john@kunde.example")
    );
    assert_eq!(
        mail.answers,
        [Identity::of("1@kunde.example", "john@kunde.example")]
    );
    assert!(!mail.may_begin);
    let other = settings(json!({
        "email-piping-delimiter": [false, "checkbox"], "email-piping-all": [true, "checkbox"],
    }));
    let mail = read(&fetched(REPLY), &other).unwrap().mail;
    assert!(
        mail.text.ends_with("Hello") && mail.may_begin,
        "{}",
        mail.text
    );
}

#[test]
fn a_mail_without_message_id_is_known_by_its_bytes() {
    let identity = |mail: &str| read(&fetched(mail), &ours()).unwrap().mail.identity;
    let (one, other) = ("From: a@b.example\n\nOne\n", "From: a@b.example\n\nOther\n");
    assert_eq!(identity(one), identity(one));
    assert_ne!(identity(one), identity(other));
}

#[test]
fn what_is_no_mail_of_a_person_is_left() {
    let reason = |mail: &str| read(&fetched(mail), &ours()).map(|_| ()).unwrap_err();
    assert_eq!(reason(""), Reason::Unreadable);
    assert_eq!(reason("Subject: Hi\n\nHi\n"), Reason::Unreadable);
    assert_eq!(reason("From: nobody\n\nHi\n"), Reason::Unreadable);
    let absent = format!("Auto-Submitted: auto-replied\n{REPLY}");
    assert_eq!(reason(&absent), Reason::Automatic);
    for own in ["help@SHOP.example", "mailbox@shop.example"] {
        assert_eq!(
            reason(&REPLY.replace("john@kunde.example", own)),
            Reason::Own
        );
    }
}

#[test]
fn the_last_file_of_a_mail_that_is_cut_is_left_out() {
    let file = "--m\nContent-Disposition: attachment; filename=a.bin\n\nabc\n";
    let raw = format!(
        "From: a@b.example\nContent-Type: multipart/mixed; boundary=m\n\n--m\n\nHi\n{file}{file}"
    );
    let mut mail = fetched(&raw);
    let whole = read(&mail, &ours()).unwrap();
    assert_eq!((whole.attachments.len(), whole.is_whole), (2, true));
    mail.is_cut = true;
    let cut = read(&mail, &ours()).unwrap();
    assert_eq!((cut.attachments.len(), cut.is_whole), (1, false));
    assert_eq!(cut.mail.text, "Hi");
}

proptest! {
    #[test]
    fn whatever_lies_in_the_mailbox_does_no_harm(
        head in "((From|To|Subject|Message-ID): [ -~\u{e9}]{0,60}\r\n){0,6}",
        body in proptest::collection::vec(any::<u8>(), 0..300),
        repeat in 1_usize..400,
        is_cut: bool,
    ) {
        let mut raw = format!("{head}From: a@b.example\r\n\r\n").into_bytes();
        raw.extend(body.repeat(repeat));
        let mail = Fetched { uid: "1".to_owned(), raw, is_cut };
        if let Ok(Read { mail: incoming, attachments, .. }) = read(&mail, &ours()) {
            prop_assert!(incoming.text.chars().count() <= TEXT_CHARS_MAX);
            prop_assert!(incoming.from.address.chars().count() <= 254);
            prop_assert!(incoming.from.address.contains('@'));
            prop_assert!(attachments.len() <= 50);
        }
    }
}

use mail_parser::MessageParser;

use super::{Mail, Mistake, Person, compose};

fn person(name: &str, address: &str) -> Person {
    Person {
        name: name.to_owned(),
        address: address.to_owned(),
    }
}

fn mail() -> Mail {
    Mail {
        from: person("Shop, Inc.", "support@shop.example"),
        to: person("Ünal Ö.", "unal@kunde.example"),
        reply_to: Some(person("Shop | SB12-34", "support@shop.example")),
        subject: "Grüße: 日本".to_owned(),
        html: "<p>Hello <b>Ünal</b></p><p>.\r\n. dots</p>".to_owned(),
        message_id: "12.34@shop.example".to_owned(),
        time_ms: 1_589_293_739_000,
        headers: vec![("Auto-Submitted".to_owned(), "auto-generated".to_owned())],
    }
}

#[test]
fn a_mail_is_read_as_it_was_written() {
    let (envelope, bytes) = compose(&mail()).unwrap();
    assert_eq!(envelope.from().unwrap().to_string(), "support@shop.example");
    assert_eq!(envelope.to()[0].to_string(), "unal@kunde.example");
    assert!(bytes.is_ascii());
    let read = MessageParser::default().parse(&bytes).unwrap();
    let from = read.from().unwrap().first().unwrap();
    assert_eq!(from.name(), Some("Shop, Inc."));
    let to = read.to().unwrap().first().unwrap();
    assert_eq!(to.name(), Some("Ünal Ö."));
    let reply_to = read.reply_to().unwrap().first().unwrap();
    assert_eq!(reply_to.name(), Some("Shop | SB12-34"));
    assert_eq!(read.subject(), Some("Grüße: 日本"));
    assert_eq!(read.message_id(), Some("12.34@shop.example"));
    assert_eq!(read.date().unwrap().to_timestamp(), 1_589_293_739);
    assert_eq!(
        read.header("Auto-Submitted").unwrap().as_text(),
        Some("auto-generated")
    );
    let text = read.body_text(0).unwrap().replace("\r\n", "\n");
    assert_eq!(text.trim_end(), "Hello Ünal\n\n. . dots");
    assert!(read.body_html(0).unwrap().contains("<b>Ünal</b>"));
}

#[test]
fn no_field_can_end_its_line() {
    let changes: [fn(&mut Mail, String); 7] = [
        |mail, text| mail.subject = text,
        |mail, text| mail.from.name = text,
        |mail, text| mail.to.name = text,
        |mail, text| mail.reply_to = Some(person(&text, "a@b.example")),
        |mail, text| mail.message_id = format!("{text}@b.example"),
        |mail, text| mail.headers = vec![("X-Key".to_owned(), text)],
        |mail, text| mail.headers = vec![(text, "x".to_owned())],
    ];
    for change in changes {
        for evil in ["a\r\nBcc: x@y.example", "a\nb", "a\rb", "a\0b", "a\u{85}b"] {
            let mut mail = mail();
            change(&mut mail, evil.to_owned());
            assert!(matches!(compose(&mail), Err(Mistake::Field(_))), "{evil:?}");
        }
    }
}

#[test]
fn addresses_must_be_addresses() {
    let changes: [fn(&mut Mail, String); 3] = [
        |mail, text| mail.to.address = text,
        |mail, text| mail.from.address = text,
        |mail, text| mail.reply_to = Some(person("", &text)),
    ];
    for evil in [
        "",
        "a",
        "@b.example",
        "a@",
        "a b@c.example",
        "a@b.example\r\nRCPT TO:<x@y.example>",
        "a@b.example, c@d.example",
        "<a@b.example>",
        "a@b@c.example",
        "a@-b.example>",
        "a\0@b.example",
        "a@b.example\n",
        "a@b .example",
        "\"a\r\n\"@b.example",
    ] {
        for change in changes {
            let mut mail = mail();
            change(&mut mail, evil.to_owned());
            // A blank at the end is a slip of the pen, not an attack.
            if evil.trim() == "a@b.example" {
                assert!(compose(&mail).is_ok());
            } else {
                assert!(
                    matches!(compose(&mail), Err(Mistake::Address(_))),
                    "{evil:?}"
                );
            }
        }
    }
    let mut abroad = mail();
    abroad.to.address = "info@bücher.example".to_owned();
    let (envelope, _) = compose(&abroad).unwrap();
    assert_eq!(envelope.to()[0].to_string(), "info@xn--bcher-kva.example");
}

#[test]
fn the_mails_own_headers_are_its_own() {
    for name in [
        "Bcc",
        "bcc",
        "From",
        "Content-Type",
        "Message-ID",
        "To:x",
        "",
        "X Y",
    ] {
        let mut mail = mail();
        mail.headers = vec![(name.to_owned(), "x@y.example".to_owned())];
        assert!(compose(&mail).is_err(), "{name}");
    }
    let mut long = mail();
    long.html = "x".repeat((10 << 20) + 1);
    assert_eq!(compose(&long).unwrap_err(), Mistake::TooLong);
}

use proptest::prelude::*;

use super::{cut_quote, read};

fn crlf(text: &str) -> Vec<u8> {
    text.replace('\n', "\r\n").into_bytes()
}

#[test]
fn a_mail_with_text_html_and_files_is_read_whole() {
    let raw = crlf(
        "From: =?utf-8?Q?=C3=9Cnal_=C3=96=2E?= <unal@kunde.example>
To: \"Shop | SB12-34\" <support@shop.example>, other@shop.example
Cc: Boss <boss@kunde.example>
Subject: =?utf-8?B?R3LDvMOfZSDml6XmnKw=?=
Date: Tue, 12 May 2020 16:28:59 +0200
Message-ID: <abc.1@kunde.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=outer

--outer
Content-Type: multipart/alternative; boundary=inner

--inner
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

Gr=FC=DFe,
=DCnal
--inner
Content-Type: text/html; charset=utf-8

<p>Not this</p>
--inner--
--outer
Content-Type: image/png; name=\"a.png\"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename=\"../../etc/a.png\"

iVBORw0KGgo=
--outer
Content-Type: application/pdf
Content-Disposition: attachment; filename*=utf-8''Rechnung%20%E2%82%AC.pdf

%PDF
--outer--
",
    );
    let mail = read(&raw).unwrap();
    assert_eq!(mail.message_id, "abc.1@kunde.example");
    assert_eq!(mail.from.name, "Ünal Ö.");
    assert_eq!(mail.from.address, "unal@kunde.example");
    let to: Vec<(&str, &str)> = mail
        .to
        .iter()
        .map(|person| (&*person.name, &*person.address))
        .collect();
    assert_eq!(
        to,
        [
            ("Shop | SB12-34", "support@shop.example"),
            ("", "other@shop.example"),
            ("Boss", "boss@kunde.example"),
        ]
    );
    assert_eq!(mail.subject, "Grüße 日本");
    assert_eq!(mail.time_ms, Some(1_589_293_739_000));
    assert_eq!(mail.text, "Grüße,\nÜnal");
    let files: Vec<(&str, &str)> = mail
        .attachments
        .iter()
        .map(|file| (&*file.name, &*file.content_type))
        .collect();
    assert_eq!(
        files,
        [
            ("a.png", "image/png"),
            ("Rechnung €.pdf", "application/pdf")
        ]
    );
    assert_eq!(mail.attachments[0].bytes, b"\x89PNG\r\n\x1a\n");
    assert_eq!((mail.left_out, mail.is_automatic), (0, false));
}

#[test]
fn html_becomes_text_where_there_is_only_html() {
    let raw = crlf(
        "From: a@b.example
Content-Type: text/html; charset=utf-8

<div>Yes</div><div>No &amp; maybe</div>
<div>### Please type your reply&nbsp;above this line ###</div><blockquote>old</blockquote>
",
    );
    let mail = read(&raw).unwrap();
    assert!(mail.text.starts_with("Yes\nNo & maybe\n"), "{}", mail.text);
    assert_eq!(cut_quote(&mail.text), "Yes\nNo & maybe");
    assert!(mail.attachments.is_empty());
    assert_eq!((mail.message_id.as_str(), mail.time_ms), ("", None));
}

#[test]
fn pictures_in_the_text_and_forwarded_mails_are_files() {
    let raw = crlf(
        "From: a@b.example
Content-Type: multipart/mixed; boundary=m

--m
Content-Type: multipart/related; boundary=r

--r
Content-Type: text/html

<p>See <img src=\"cid:1\"></p>
--r
Content-Type: image/gif
Content-ID: <1>
Content-Disposition: inline
Content-Transfer-Encoding: base64

R0lGODlh
--r--
--m
Content-Type: message/rfc822

From: c@d.example
Subject: Old

Old text
--m--
",
    );
    let mail = read(&raw).unwrap();
    assert_eq!(mail.text, "See");
    let names: Vec<&str> = mail.attachments.iter().map(|file| &*file.name).collect();
    assert_eq!(names, ["attachment", "message.eml"]);
    assert_eq!(mail.attachments[0].bytes, b"GIF89a");
    assert!(mail.attachments[1].bytes.starts_with(b"From: c@d.example"));
}

#[test]
fn sizes_counts_and_names_are_bounded() {
    let long = format!("From: a@b.example\r\n\r\n{}", "ü".repeat(200_000));
    let text = read(long.as_bytes()).unwrap().text;
    assert_eq!(text.len(), 256 << 10);
    let file = "--m\r\nContent-Type: text/csv; name=\"x\0.csv\"\r\n\
        Content-Disposition: attachment\r\n\r\na;b\r\n";
    let many = format!(
        "From: a@b.example\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n{}--m--\r\n",
        file.repeat(60)
    );
    let mail = read(many.as_bytes()).unwrap();
    assert_eq!((mail.attachments.len(), mail.left_out), (50, 10));
    assert_eq!(mail.attachments[0].name, "x.csv");
    assert!(read(b"").is_none());
    for (given, name) in [
        ("C:\\temp\\a.txt", "a.txt"),
        ("/etc/passwd", "passwd"),
        ("..", ""),
        (".htaccess", "htaccess"),
        ("a<b>:c.txt", "abc.txt"),
    ] {
        assert_eq!(super::file_name(given), name);
    }
    let name = super::file_name(&format!("{}.png", "a".repeat(500)));
    assert_eq!(name.len(), 100);
    assert!(name.ends_with("a.png"));
}

#[test]
fn what_no_person_wrote_is_known() {
    for (header, automatic) in [
        ("Auto-Submitted: auto-replied", true),
        ("Auto-Submitted: no", false),
        ("Precedence: Bulk", true),
        ("Precedence: first-class", false),
        ("Return-Path: <>", true),
        ("Return-Path: <a@b.example>", false),
        ("X-Autoreply: yes", true),
        ("List-Id: <news.b.example>", true),
        ("Content-Type: multipart/report; boundary=x", true),
        ("X-Autorespond: away", true),
        ("From: Mail Delivery <MAILER-DAEMON@b.example>", true),
        ("From: Mailer <daemon@b.example>", false),
        ("Subject: Auto-Submitted", false),
    ] {
        let from = if header.starts_with("From") {
            "X-From"
        } else {
            "From"
        };
        let raw = format!("{header}\r\n{from}: a@b.example\r\n\r\nHello\r\n");
        let mail = read(raw.as_bytes()).unwrap();
        assert_eq!(mail.is_automatic, automatic, "{header}");
    }
}

#[test]
fn what_a_mail_answers_and_whether_it_is_forged_is_known() {
    let read = |headers: &str| {
        let raw = format!("{headers}From: a@b.example\r\n\r\nHello\r\n");
        read(raw.as_bytes()).unwrap()
    };
    let mail = read("References: <1@a.example> <2@a.example>\r\nIn-Reply-To: <3@a.example>\r\n");
    assert_eq!(mail.answers, ["3@a.example", "2@a.example", "1@a.example"]);
    assert!(read("").answers.is_empty());
    let many = (0..50).fold(String::new(), |many, id| format!("{many}<{id}@a.example> "));
    let mail = read(&format!("References: {many}\r\n"));
    assert_eq!(
        (mail.answers.len(), mail.answers[0].as_str()),
        (20, "49@a.example")
    );
    let result = |said: &str| format!("Authentication-Results: mx.b.example; {said}\r\n");
    assert!(!read("").is_forged);
    assert!(read(&result("spf=pass;\r\n dmarc=FAIL (p=REJECT)")).is_forged);
    assert!(!read(&result("dmarc=pass")).is_forged);
    let both = format!("{}{}", result("dmarc=pass"), result("dmarc=fail"));
    assert!(!read(&both).is_forged, "the newest one counts");
}

#[test]
fn what_is_below_the_delimiter_is_dropped() {
    let delimiter = super::DELIMITER;
    for (text, kept) in [
        (format!("Yes\n\n{delimiter}\nold"), "Yes"),
        (format!("Yes\n> {delimiter}\n> old"), "Yes"),
        (format!("Yes\n>>   {delimiter}  \nold"), "Yes"),
        (format!("{delimiter}\nold"), ""),
        (
            format!("Yes\n\nOn Mon, 3 Jan 2022, Shop <a@b.example> wrote:\n\n> {delimiter}"),
            "Yes",
        ),
        (
            format!(
                "Oui\n\nLe lun. 3 janv. 2022 à 10:00, Shop\n<a@b.example> a écrit :\n>\n> {delimiter}"
            ),
            "Oui",
        ),
        (
            format!("My numbers are:\n\n{delimiter}\nold"),
            "My numbers are:",
        ),
        (format!("See\nbelow:\n> two\n> {delimiter}"), "See\nbelow:"),
        (
            "  No delimiter: all of it  \n> old\n".to_owned(),
            "No delimiter: all of it  \n> old",
        ),
        (String::new(), ""),
    ] {
        assert_eq!(cut_quote(&text), kept, "{text:?}");
    }
}

proptest! {
    #[test]
    fn anything_is_read_without_harm(raw in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&raw);
        let mut mail = b"From: a@b.c\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n".to_vec();
        mail.extend(&raw);
        let _ = read(&mail);
    }

    #[test]
    fn what_is_kept_is_what_was_written(text in "[a-z:>@ \n2]{0,60}", below in "[a-z \n]{0,20}") {
        let whole = format!("{text}\n{}\n{below}", super::DELIMITER);
        prop_assert!(text.contains(cut_quote(&whole)));
    }
}

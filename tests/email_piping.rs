//! Emails in a real mailbox, over TLS, that become messages.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::join_all;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::harness::{Answer, Body, Engine, Mailbox, Receiver, Server, column, eventually, sorted};

/// The service fetches only when it is told to.
pub(crate) const ASKED: &str = "email_piping_every_seconds = 0\n";
/// The service fetches all the time.
pub(crate) const BY_ITSELF: &str = "email_piping_every_seconds = 1\n";

pub(crate) fn mail(number: u32, from: &str, to: &str, body: &str) -> String {
    format!(
        "From: {from}\nTo: {to}\nSubject: Mail {number}\nMessage-ID: <{number}@kunde.example>\n{body}"
    )
}

pub(crate) async fn fetch(server: &Server) {
    let forced = server.ok("email-piping", json!({"force": true})).await;
    assert_eq!(forced, json!(true));
}

/// John (3) with conversation 1, and the agent Ada (4).
pub(crate) async fn john_and_ada(server: &Server) {
    assert_eq!(server.user("John", "Doe", "john@example.com").await, 3);
    assert_eq!(server.agent("Ada").await, 4);
    assert_eq!(server.conversation(3).await, 1);
    server.say(4, 1, "What is broken?").await;
}

pub(crate) async fn said(server: &Server, conversation: u64) -> Vec<String> {
    column(&server.messages(conversation).await, "message")
}

async fn download(server: &Server, attachment: &Value) -> Answer {
    let url = attachment[1].as_str().expect("a URL");
    assert!(
        url.starts_with(&format!("{}/uploads/", server.address())),
        "{url}"
    );
    let file = server.send(server.get(url)).await;
    assert_eq!(file.status, 200, "{file}");
    assert_eq!(file.header("x-content-type-options"), Some("nosniff"));
    file
}

/// How many webhooks of each function came, each counted once.
fn told(receiver: &Receiver) -> BTreeMap<&'static str, usize> {
    let hooks = receiver.hooks();
    let count = |function: &'static str| {
        let of_it = hooks.iter().filter(|hook| hook.function() == function);
        let ids: BTreeSet<_> = of_it.map(|hook| hook.id.as_str()).collect();
        (function, ids.len())
    };
    ["message-sent", "new-conversation-created", "registration"]
        .map(count)
        .into()
}

const REPLY: &str = "MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=m

--m
Content-Type: text/plain; charset=utf-8

The kettle, *again*.

On Mon, 3 Jan 2022, Shop <help@shop.example> wrote:
> ### Please type your reply above this line ###
> What is broken?
--m
Content-Type: image/png; name=kettle.png
Content-Disposition: attachment; filename=\"../../kettle 1.png\"
Content-Transfer-Encoding: base64

iVBORw0KGgo=
--m
Content-Type: text/html
Content-Disposition: attachment; filename=page.html

<script>alert(1)</script>
--m--
";

#[expect(clippy::too_many_lines, reason = "one scenario")]
async fn scenario_24_emails_become_messages(engine: Engine) {
    let mailbox = Mailbox::start();
    let receiver = Receiver::start().await;
    let settings = json!({
        "email-piping-all": true, "webhooks-enabled": true, "webhooks-url": receiver.url,
        "webhooks-active": "message-sent,new-conversation-created,registration",
    });
    let mut server = mailbox.service(engine, ASKED, settings).await;
    john_and_ada(&server).await;
    let shop = "\"Shop | SB3-1\" <help@shop.example>";
    let reply = mail(1, "John <JOHN@example.com>", shop, REPLY);
    mailbox.deliver("reply", &reply);
    let ann = "=?utf-8?Q?=C3=84nn?= Lee <ann@kunde.example>";
    mailbox.deliver(
        "new",
        &mail(2, ann, "help@shop.example", "\nDo you deliver?\n"),
    );
    let first = server.ok("email-piping", json!({})).await;
    assert_eq!(first, json!(true));
    assert_eq!(mailbox.seen(), ["new", "reply"]);

    // A reply, in its conversation, with its files.
    assert_eq!(
        said(&server, 1).await,
        ["What is broken?", "The kettle, *again*."]
    );
    let message = server.messages(1).await[1].clone();
    assert_eq!(message["user_id"], "3");
    assert_eq!(server.status(1).await, "2");
    let files = message["attachments"].as_str().expect("JSON text");
    let files: Value = serde_json::from_str(files).expect("JSON");
    assert_eq!(
        (&files[0][0], &files[1][0]),
        (&json!("kettle 1.png"), &json!("page.html"))
    );
    let picture = download(&server, &files[0]).await;
    assert_eq!(picture.header("content-type"), Some("image/png"));
    assert_eq!(picture.bytes, b"\x89PNG\r\n\x1a\n");
    let page = download(&server, &files[1]).await;
    assert_eq!(
        page.header("content-type"),
        Some("application/octet-stream")
    );
    assert_eq!(page.header("content-disposition"), Some("attachment"));

    // A new sender, in a conversation of its own.
    let row = server
        .ok("search-users", json!({"search": "ann@kunde.example"}))
        .await[0]
        .clone();
    assert_eq!(
        (&row["first_name"], &row["user_type"]),
        (&json!("Änn"), &json!("user"))
    );
    assert_eq!(said(&server, 2).await, ["Do you deliver?"]);
    let begun = server
        .ok("get-conversation", json!({"conversation_id": 2}))
        .await;
    assert_eq!(begun["details"]["title"], "Mail 2");
    assert_eq!(begun["details"]["user_id"], row["id"]);

    // Within a minute nothing runs unless it is forced.
    let agent = "Ada <ada@agents.example.com>";
    mailbox.deliver("agent", &mail(3, agent, shop, "\nWhich one?\n"));
    let again = server.ok("email-piping", json!({"force": "0"})).await;
    assert_eq!(again, json!(true));
    assert_eq!(mailbox.seen(), ["new", "reply"]);
    assert_eq!(said(&server, 1).await.len(), 2);
    let keyed = json!({"force": true, "idempotency_key": "once"});
    assert_eq!(server.ok("email-piping", keyed.clone()).await, json!(true));
    assert_eq!(server.messages(1).await[2]["user_id"], "4");
    assert_eq!(server.status(1).await, "1");

    // The same mail again, another time and once more after a kill; an answer to one's own mail.
    mailbox.deliver("reply-again", &reply);
    let more = "References: <2@kunde.example>\n\nAnd when?\n";
    mailbox.deliver("more", &mail(4, ann, "help@shop.example", more));
    assert_eq!(
        server.ok("email-piping", keyed).await,
        json!(true),
        "not run again"
    );
    assert_eq!(mailbox.seen().len(), 3);
    fetch(&server).await;
    assert_eq!(
        mailbox.seen(),
        ["agent", "more", "new", "reply", "reply-again"]
    );
    server.kill9();
    mailbox.forget();
    server.start_again();
    assert!(mailbox.seen().is_empty());
    fetch(&server).await;
    assert_eq!(mailbox.seen().len(), 5);
    let chat = ["What is broken?", "The kettle, *again*.", "Which one?"];
    assert_eq!(said(&server, 1).await, chat);
    assert_eq!(said(&server, 2).await, ["Do you deliver?", "And when?"]);

    // Ada's first, typed message is one of the five; a kill may have one sent twice, with its id.
    let expected = [
        ("message-sent", 5),
        ("new-conversation-created", 2),
        ("registration", 2),
    ];
    eventually("each webhook was sent", || async {
        told(&receiver) == expected.into()
    })
    .await;
    server.stop();
    assert_eq!(told(&receiver), expected.into());
    let events = server.events(&[]);
    let of = |name: &str| {
        let found = events.iter().filter(|event| event["type"] == name);
        found.cloned().collect::<Vec<_>>()
    };
    assert_eq!(of("conversation.created")[1]["data"]["source"], "em");
    assert_eq!(of("email.received").len(), 4);
    assert_eq!(of("file.created").len(), 2);
    let verified = server.verb("verify", &[]);
    assert!(
        verified.status.success(),
        "{}",
        String::from_utf8_lossy(&verified.stderr)
    );
}

#[tokio::test]
async fn scenario_24_on_sqlite() {
    scenario_24_emails_become_messages(Engine::Sqlite).await;
}

#[tokio::test]
async fn scenario_24_on_postgres() {
    scenario_24_emails_become_messages(Engine::Postgres).await;
}

#[tokio::test]
async fn what_should_not_become_a_message_does_not() {
    let mailbox = Mailbox::start();
    let server = mailbox.service(Engine::Sqlite, ASKED, json!({})).await;
    john_and_ada(&server).await;
    server.user("Eve", "Doe", "eve@example.com").await;
    let before = server.everything().await;
    let shop = "\"Shop | SB3-1\" <help@shop.example>";
    let plain = |number, from, to| mail(number, from, to, "\nHello\n");
    let forged = "Authentication-Results: mx.shop.example; dmarc=fail\n";
    let mails = [
        ("direct", plain(1, "john@example.com", "help@shop.example")),
        ("stranger", plain(2, "ann@kunde.example", shop)),
        ("not-hers", plain(3, "eve@example.com", shop)),
        (
            "no-longer",
            plain(4, "john@example.com", "\"| SB3-9\" <help@shop.example>"),
        ),
        ("own", plain(5, "help@shop.example", shop)),
        (
            "away",
            format!(
                "Auto-Submitted: auto-replied\n{}",
                plain(6, "john@example.com", shop)
            ),
        ),
        (
            "bulk",
            format!("Precedence: bulk\n{}", plain(7, "john@example.com", shop)),
        ),
        ("bounce", plain(8, "MAILER-DAEMON@example.com", shop)),
        (
            "forged",
            format!("{forged}{}", plain(9, "ada@agents.example.com", shop)),
        ),
        ("nothing", mail(10, "john@example.com", shop, "\n\n")),
        ("nobody", "Subject: Hi\n\nHello\n".to_owned()),
        (
            "broken",
            "\n\u{1}\u{2}Content-Type: multipart/mixed; boundary\n\n--".to_owned(),
        ),
    ];
    for (name, mail) in &mails {
        mailbox.deliver(name, mail);
    }
    fetch(&server).await;
    let names = mails.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(mailbox.seen(), sorted(names));
    assert_eq!(server.everything().await, before);
    let log = server.log();
    assert_eq!(
        log.matches("an email becomes no message").count(),
        mails.len(),
        "{log}"
    );
    assert!(
        !log.contains("kunde.example"),
        "no addresses in the log: {log}"
    );
}

#[tokio::test]
async fn an_email_that_cannot_be_fetched_is_in_nobodys_way() {
    let mailbox = Mailbox::start();
    let server = mailbox.service(Engine::Sqlite, ASKED, json!({})).await;
    john_and_ada(&server).await;
    let shop = "\"Shop | SB3-1\" <help@shop.example>";
    let plain = |number| {
        mail(
            number,
            "john@example.com",
            shop,
            &format!("\nText {number}\n"),
        )
    };
    mailbox.deliver("1", &plain(1));
    mailbox.lock("1");
    let force = || server.call(Body::Json, "email-piping", json!({"force": true}));
    // This server hangs up over it, or does not find it any more; what comes after it is taken.
    force().await;
    mailbox.deliver("2", &plain(2));
    force().await;
    assert_eq!(said(&server, 1).await, ["What is broken?", "Text 2"]);
    force().await;
    mailbox.deliver("3", &plain(3));
    force().await;
    assert_eq!(
        said(&server, 1).await,
        ["What is broken?", "Text 2", "Text 3"]
    );
    assert_eq!(mailbox.seen(), ["2", "3"]);
}

#[tokio::test]
async fn killed_in_the_middle_of_a_run_each_email_is_one_message() {
    let mailbox = Mailbox::start();
    killed_in_the_middle(&mailbox, json!({}), |mails| mailbox.seen().len() == mails).await;
}

/// Kills the service in the middle of runs, until `all_done` with so many mails.
pub(crate) async fn killed_in_the_middle(
    mailbox: &Mailbox,
    settings: Value,
    all_done: impl Fn(usize) -> bool,
) {
    const MAILS: u32 = 30;
    let mut server = mailbox.service(Engine::Sqlite, BY_ITSELF, settings).await;
    john_and_ada(&server).await;
    let file = "QUJD".repeat(50_000);
    for number in 0..MAILS {
        let body = format!(
            "Content-Type: multipart/mixed; boundary=m\n\n--m\n\nText {number}\n--m\n\
             Content-Disposition: attachment; filename=a.bin\nContent-Transfer-Encoding: base64\n\n\
             {file}\n--m--\n"
        );
        let shop = "\"Shop | SB3-1\" <help@shop.example>";
        mailbox.deliver(
            &format!("{number:02}"),
            &mail(number, "john@example.com", shop, &body),
        );
    }
    for kill_at in [4, 12] {
        eventually("some were taken", || async {
            said(&server, 1).await.len() >= kill_at
        })
        .await;
        server.kill9();
        server.start_again();
    }
    eventually("all are done with", || async { all_done(MAILS as usize) }).await;
    let mut expected: Vec<String> = (0..MAILS).map(|number| format!("Text {number}")).collect();
    expected.push("What is broken?".to_owned());
    assert_eq!(sorted(said(&server, 1).await), sorted(expected));
    let messages = server.messages(1).await;
    for message in messages.as_array().expect("a list").iter().skip(1) {
        let files = message["attachments"].as_str().expect("JSON text");
        let files: Value = serde_json::from_str(files).expect("JSON");
        // The address may be another one after a restart; the path is the same.
        let (_, path) = files[0][1]
            .as_str()
            .and_then(|url| url.split_once("/uploads/"))
            .expect("a URL");
        let file = server.send(server.get(&format!("/uploads/{path}"))).await;
        assert_eq!((file.status, file.bytes.len()), (200, 150_000));
    }
}

#[tokio::test]
async fn what_is_amiss_is_said() {
    let mailbox = Mailbox::start();
    let server = mailbox
        .service(
            Engine::Sqlite,
            ASKED,
            json!({"email-piping-enabled": false}),
        )
        .await;
    john_and_ada(&server).await;
    mailbox.deliver(
        "reply",
        &mail(
            1,
            "john@example.com",
            "| SB3-1 <help@shop.example>",
            "\nHi\n",
        ),
    );
    let save = |settings: Value| server.ok("save-settings", json!({ "settings": settings }));
    let force = || server.v1("email-piping", json!({"force": true}));

    // Switched off, or without a mailbox: nothing to do, and told to who insists.
    assert_eq!(server.ok("email-piping", json!({})).await, json!(true));
    let answer = force().await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (503, "unavailable")
    );
    assert!(answer.text().contains("email-piping-enabled"), "{answer}");
    save(json!({"email-piping-enabled": true, "email-piping-password": ""})).await;
    assert_eq!(server.ok("email-piping", json!({})).await, json!(true));
    let answer = force().await;
    assert!(answer.text().contains("email-piping-password"), "{answer}");

    save(json!({"email-piping-password": "wrong"})).await;
    let answer = force().await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (503, "email-error")
    );
    assert!(!answer.text().contains("wrong"), "{answer}");
    let closed = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = closed.local_addr().expect("an address").port();
    drop(closed);
    save(json!({"email-piping-password": "geheim", "email-piping-port": port})).await;
    assert_eq!(force().await.problem(), "email-error");
    let wrong = server
        .refused("email-piping", json!({"force": "maybe"}))
        .await;
    assert_eq!(wrong, "invalid-argument");
    assert_eq!(said(&server, 1).await, ["What is broken?"]);

    let starttls = json!({
        "email-piping-port": mailbox.starttls_port(), "email-piping-security": "starttls",
    });
    save(starttls).await;
    fetch(&server).await;
    assert_eq!(said(&server, 1).await, ["What is broken?", "Hi"]);
    let settings = server.ok("get-settings", json!({})).await;
    assert_eq!(settings["email-piping-password"][0], "********");
}

#[tokio::test]
async fn a_silent_mailbox_holds_up_nothing_else() {
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = silent.local_addr().expect("an address").port();
    let mailbox = Mailbox::start();
    let settings = json!({"email-piping-port": port, "email-piping-host": "127.0.0.1"});
    let mut server = mailbox.service(Engine::Sqlite, BY_ITSELF, settings).await;
    john_and_ada(&server).await;
    let (waiting, _) = silent.accept().await.expect("the service comes by itself");
    let came = server.row(3).await["last_activity"].clone();
    let poll = json!({"user_id": 3, "conversation_id": 1, "datetime": "2020-01-01"});
    eventually("John's sign of life was written", || async {
        server.ok("get-new-messages", poll.clone()).await;
        server.row(3).await["last_activity"] != came
    })
    .await;
    // Unforced calls do not wait for the run under way.
    assert_eq!(server.ok("email-piping", json!({})).await, json!(true));
    let mut bytes = [0; 4096];
    let still = loop {
        match waiting.try_read(&mut bytes) {
            Ok(0) => break false,
            Ok(_) => {}
            Err(error) => break error.kind() == std::io::ErrorKind::WouldBlock,
        }
    };
    assert!(still, "the service still waits for the mailbox");
    server.stop();
}

#[tokio::test]
async fn whoever_insists_at_once_shares_a_run() {
    const CALLS: usize = 12;
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = silent.local_addr().expect("an address").port();
    let mailbox = Mailbox::start();
    let settings = json!({"email-piping-port": port, "email-piping-host": "127.0.0.1"});
    let config = format!("{ASKED}mail_timeout_seconds = 2\nvendor_failures_max = 0\n");
    let server = mailbox.service(Engine::Sqlite, &config, settings).await;
    let calls = (0..CALLS).map(|_| server.refused("email-piping", json!({"force": true})));
    let mut held = Vec::new();
    let mut codes = std::pin::pin!(join_all(calls));
    let codes = loop {
        tokio::select! {
            codes = &mut codes => break codes,
            came = silent.accept() => held.push(came.expect("a connection")),
        }
    };
    assert_eq!(codes, vec!["email-error"; CALLS]);
    // One for whoever came first, and one for all who came while that was under way.
    assert!(held.len() < CALLS / 2, "{} runs", held.len());
}

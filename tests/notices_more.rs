//! What keeps a notice from its reader, and what must not: odd names and addresses, a password that has
//! expired, a message that is gone by then, and having been told before.

use serde_json::{Value, json};

use crate::harness::{
    Certificates, Chasquid, Engine, MailServer, Mailbox, Server, Setup, eventually,
};

const CONFIG: &str = "allow_private_targets = [\"127.0.0.0/8\"]\n";
/// So often and so soon that a test can put things right meanwhile.
const RETRIES: &str = "notification_retry_seconds = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\nvendor_retries = 0\n";

async fn save(server: &Server, settings: Value) {
    let saved = server
        .ok("save-settings", json!({ "settings": settings }))
        .await;
    assert_eq!(saved, json!(true));
}

fn mail_settings(port: u16) -> Value {
    json!({
        "email-host": "127.0.0.1", "email-port": [port, "number"], "email-security": "none",
        "email-sender": "help@shop.example", "email-sender-name": "Shop",
    })
}

/// John (3), the agents Ada (4) and Bob (5), and John's conversation 1.
async fn people(server: &Server) {
    assert_eq!(server.user("John", "Doe", "john@shop.example").await, 3);
    assert_eq!(server.agent("Ada").await, 4);
    assert_eq!(server.agent("Bob").await, 5);
    assert_eq!(server.conversation(3).await, 1);
}

async fn start(config: &str) -> Server {
    let config = format!("{CONFIG}{config}");
    let server = Setup::on(Engine::Sqlite).config(&config).start().await;
    people(&server).await;
    server
}

async fn told_by(server: &Server, user: u64, message: &str) -> Value {
    let message = json!({"user_id": user, "conversation_id": 1, "message": message});
    server.ok("send-message", message).await["notifications"].clone()
}

/// Waits until so many orders are in this state.
async fn orders(server: &Server, state: &str, count: usize) {
    let asked = || async {
        let log = server.v1("notifications/deliveries", json!({"state": state}));
        log.await.json().as_array().map_or(0, Vec::len) == count
    };
    eventually(&format!("{count} orders are {state}"), asked).await;
}

async fn left(server: &Server, user: u64) {
    let gone = || async { server.ok("is-online", json!({"user_id": user})).await == false };
    eventually("nobody is there any more", gone).await;
}

fn receiver(mail: &Value) -> String {
    mail["receivers"][0]
        .as_str()
        .expect("an address")
        .to_owned()
}

fn plain(mail: &Value) -> &str {
    mail["plain"].as_str().expect("a text")
}

#[tokio::test]
async fn one_odd_customer_keeps_an_email_from_nobody() {
    let (mailbox, mail) = (Mailbox::start(), MailServer::start());
    let mut settings = mail_settings(mail.port);
    settings["email-piping-all"] = json!(true);
    let asked = "email_piping_every_seconds = 0\n";
    let server = mailbox.service(Engine::Sqlite, asked, settings).await;
    people(&server).await;
    // Some providers hand out addresses that no standard knows.
    let odd = "From: Odd <a..b@kunde.example>\nTo: help@shop.example\nSubject: Hi\n\nHello\n";
    mailbox.deliver("odd", odd);
    server.ok("email-piping", json!({"force": true})).await;
    let row = server.row(6).await;
    assert_eq!(row["email"], "a..b@kunde.example", "what was said is heard");
    let named = json!({
        "first_name": "Ann\n\t", "last_name": "👋".repeat(255), "email": "ann@shop.example",
    });
    assert_eq!(server.add_user(named).await, 7);

    let news = json!({"user_ids": "all", "subject": "News, {user_name}", "message": "We are back"});
    assert_eq!(server.ok("direct-message", news).await, json!(true));
    // The agents were told of what the odd one wrote.
    let mut receivers: Vec<String> = mail.wait(4).await.iter().map(receiver).collect();
    receivers.sort();
    let all = [
        "ada@agents.example.com",
        "ann@shop.example",
        "bob@agents.example.com",
        "john@shop.example",
    ];
    assert_eq!(receivers, all);

    let letter = |user: u64| json!({"recipient_id": user, "message": "Hi"});
    assert_eq!(server.ok("send-email", letter(7)).await, json!(true));
    assert_eq!(
        server.refused("send-email", letter(6)).await,
        "invalid-argument"
    );
    let rename = json!({"user_id": 6, "email": "a..b@kunde.example", "last_name": "Odder"});
    assert_eq!(server.ok("update-user", rename).await, json!(true));
    for odd in [
        "c..d@kunde.example",
        "x@-bad-.com",
        "a,b@example.com",
        "<x>@example.com",
    ] {
        let refused = server.refused("add-user", json!({"email": odd})).await;
        assert_eq!(refused, "invalid-argument", "{odd}");
    }
    let to_odd = json!({"user_id": 4, "conversation_id": 2, "message": "Hello"});
    let answer = server.ok("send-message", to_odd).await;
    assert_eq!(answer["notifications"], json!([]), "nothing is promised");
}

#[tokio::test]
async fn a_notice_says_that_a_program_sent_it_and_a_letter_does_not() {
    let server = start("").await;
    let mail = MailServer::start();
    save(&server, mail_settings(mail.port)).await;
    assert_eq!(
        told_by(&server, 4, "It has arrived").await,
        json!(["email"])
    );
    let mails = mail.wait(1).await;
    assert_eq!(mails[0]["auto-submitted"], "auto-generated");
    assert_eq!(mails[0]["x-auto-response-suppress"], "OOF, AutoReply");
    let letter = json!({"to": "ann@example.com", "subject": "Hello", "message": "Hello"});
    server.ok("send-custom-email", letter).await;
    let mails = mail.wait(2).await;
    assert_eq!(mails[1].get("auto-submitted"), None);
}

#[tokio::test]
async fn an_expired_password_delays_a_notice_until_there_is_a_new_one() {
    let certificates = Certificates::make();
    let mail = Chasquid::start(&certificates);
    let authority = certificates.authority();
    let server = Setup::on(Engine::Sqlite)
        .config(&format!(
            "allow_private_targets = [\"127.0.0.0/8\", \"::1\"]\n{RETRIES}"
        ))
        .env("SSL_CERT_FILE", authority.to_str().expect("a plain path"))
        .start()
        .await;
    people(&server).await;
    let settings = json!({
        "email-host": "localhost", "email-port": mail.starttls, "email-security": "starttls",
        "email-user": "help@shop.example", "email-password": "expired",
        "email-sender": "help@shop.example",
    });
    save(&server, settings).await;
    assert_eq!(
        told_by(&server, 4, "It has arrived").await,
        json!(["email"])
    );
    orders(&server, "failed", 1).await;
    let letter = json!({"to": "john@shop.example", "subject": "Hello", "message": "Hello"});
    let refused = server.refused("send-custom-email", letter).await;
    assert_eq!(refused, "email-error", "who waits is told at once");
    save(&server, json!({"email-password": Chasquid::PASSWORD})).await;
    let mails = mail.wait(1).await;
    assert!(mails[0].contains("It has arrived"), "{mails:?}");
}

#[tokio::test]
async fn what_never_left_has_told_nobody() {
    let server = start("notification_retry_seconds = [1]\n").await;
    let port = MailServer::start().port; // and it ends at once
    save(&server, mail_settings(port)).await;
    assert_eq!(told_by(&server, 4, "First").await, json!(["email"]));
    assert_eq!(told_by(&server, 4, "Second").await, json!([]));
    orders(&server, "abandoned", 1).await;
    let mail = MailServer::start_on(port);
    assert_eq!(told_by(&server, 4, "Third").await, json!(["email"]));
    let mails = mail.wait(1).await;
    assert!(plain(&mails[0]).contains("Third"), "{:?}", mails[0]);
    assert_eq!(told_by(&server, 4, "Fourth").await, json!([]));
}

#[tokio::test]
async fn a_notice_of_a_message_that_is_gone_tells_of_the_newest() {
    let server = start(RETRIES).await;
    let port = MailServer::start().port; // and it ends at once
    save(&server, mail_settings(port)).await;
    let first = server.say(4, 1, "A slip of the pen").await;
    assert_eq!(told_by(&server, 4, "Your parcel").await, json!([]));
    assert_eq!(told_by(&server, 4, "It has arrived").await, json!([]));
    server
        .ok("delete-message", json!({"message_id": first}))
        .await;
    let mail = MailServer::start_on(port);
    let mails = mail.wait(1).await;
    assert!(
        plain(&mails[0]).contains("It has arrived"),
        "{:?}",
        mails[0]
    );
    orders(&server, "delivered", 1).await;
}

#[tokio::test]
async fn who_came_and_went_is_told_again_by_whatever_way() {
    let mut server = start("online_window_seconds = 1\n").await;
    let mail = MailServer::start();
    save(&server, mail_settings(mail.port)).await;
    assert_eq!(told_by(&server, 3, "Hello?").await, json!(["email"]));
    left(&server, 3).await;
    assert_eq!(told_by(&server, 2, "First").await, json!(["email"]));
    assert_eq!(mail.wait(3).await.len(), 3, "Ada, Bob and John");
    // John looks in, and Bob.
    let poll = json!({"user_id": 3, "conversation_id": 1, "datetime": 1});
    server.ok("get-new-messages", poll).await;
    let typing = json!({"user_id": 5, "conversation_id": 1});
    server.ok("set-typing", typing).await;
    server.restart();
    left(&server, 3).await;
    left(&server, 5).await;
    let direct = json!({"user_ids": 3, "message": "Second", "subject": "false"});
    server.ok("direct-message", direct).await;
    let mails = mail.wait(4).await;
    assert!(plain(&mails[3]).contains("Second"), "{:?}", mails[3]);
    assert_eq!(
        told_by(&server, 3, "Are you there?").await,
        json!(["email"])
    );
    let mails = mail.wait(5).await;
    assert!(mails[4]["to"].as_str().expect("a text").starts_with("Bob"));
    assert_eq!(told_by(&server, 3, "Anybody?").await, json!([]));
}

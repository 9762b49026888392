//! The same by POP3, which knows no marks: what became a message is deleted, the rest stays.

use serde_json::{Value, json};

use crate::email_piping::{ASKED, fetch, john_and_ada, killed_in_the_middle, mail, said};
use crate::harness::{Engine, Mailbox};

const SHOP: &str = "\"Shop | SB3-1\" <help@shop.example>";

#[tokio::test]
async fn what_became_a_message_is_deleted_and_the_rest_is_looked_at_once() {
    let mailbox = Mailbox::start();
    let mut server = mailbox
        .service(Engine::Sqlite, ASKED, mailbox.by_pop3())
        .await;
    john_and_ada(&server).await;
    let john = "John <john@example.com>";
    let reply = mail(1, john, SHOP, "\nThe kettle.\n..\n.\n");
    mailbox.deliver("1-reply", &reply);
    mailbox.deliver("2-again", &reply);
    let away = mail(2, john, SHOP, "Auto-Submitted: auto-replied\n\nAway\n");
    mailbox.deliver("3-away", &away);
    let direct = mail(3, "ann@kunde.example", "help@shop.example", "\nHello\n");
    mailbox.deliver("4-direct", &direct);
    fetch(&server).await;
    let chat = ["What is broken?", "The kettle.\n..\n."];
    assert_eq!(said(&server, 1).await, chat);
    assert_eq!(mailbox.names(), ["3-away", "4-direct"]);
    let left = |log: String| log.matches("an email becomes no message").count();
    assert_eq!(left(server.log()), 2);

    // Nor is it looked at again after a kill, with nothing new to look at and with something.
    fetch(&server).await;
    assert_eq!(left(server.log()), 2);
    server.kill9();
    server.start_again();
    mailbox.deliver("5-more", &mail(4, john, SHOP, "\nAnd the pot.\n"));
    fetch(&server).await;
    assert_eq!(said(&server, 1).await[2..], ["And the pot."]);
    assert_eq!(mailbox.names(), ["3-away", "4-direct"]);
    assert_eq!(left(server.log()), 0);

    // A copy of what is stored, whoever has it come again.
    mailbox.deliver("6-again", &reply);
    fetch(&server).await;
    assert_eq!(said(&server, 1).await.len(), 3);
    assert_eq!(mailbox.names(), ["3-away", "4-direct"]);
}

#[tokio::test]
async fn killed_in_the_middle_of_a_run_each_email_is_one_message() {
    let mailbox = Mailbox::start();
    // What a run deletes goes with its end, so a kill leaves all that it had stored.
    killed_in_the_middle(&mailbox, mailbox.by_pop3(), |_| mailbox.names().is_empty()).await;
}

#[tokio::test]
async fn an_email_that_is_kept_in_part_stays() {
    let mailbox = Mailbox::start();
    let server = mailbox
        .service(Engine::Sqlite, ASKED, mailbox.by_pop3())
        .await;
    john_and_ada(&server).await;
    let file = "--m\nContent-Disposition: attachment; filename=a.txt\n\nabc\n";
    let body = format!(
        "Content-Type: multipart/mixed; boundary=m\n\n--m\n\nMany files\n{}--m--\n",
        file.repeat(51)
    );
    mailbox.deliver("many", &mail(1, "john@example.com", SHOP, &body));
    fetch(&server).await;
    fetch(&server).await;
    assert_eq!(said(&server, 1).await, ["What is broken?", "Many files"]);
    assert_eq!(mailbox.names(), ["many"]);
}

#[tokio::test]
async fn what_is_amiss_is_said() {
    let mailbox = Mailbox::start();
    let server = mailbox
        .service(Engine::Sqlite, ASKED, mailbox.by_pop3())
        .await;
    let save = async |settings: Value| {
        let saved = server.ok("save-settings", json!({ "settings": settings }));
        assert_eq!(saved.await, json!(true));
    };
    let force = || server.v1("email-piping", json!({"force": true}));
    save(json!({"email-piping-password": "wrong"})).await;
    let answer = force().await;
    assert_eq!(answer.problem(), "email-error");
    assert!(!answer.text().contains("wrong"), "{answer}");
    // The other protocol's port.
    let imap = mailbox.settings()["email-piping-port"].clone();
    save(json!({"email-piping-password": "geheim", "email-piping-port": imap})).await;
    let answer = force().await;
    assert_eq!(answer.problem(), "email-error");
    assert!(answer.text().contains("POP3"), "{answer}");
    let unknown = json!({"settings": {"email-piping-protocol": "jmap"}});
    assert_eq!(
        server.refused("save-settings", unknown).await,
        "invalid-argument"
    );
    let starttls = json!({
        "email-piping-port": mailbox.stls_port(), "email-piping-security": "starttls",
    });
    save(starttls).await;
    fetch(&server).await;
}

//! A customer who is away.

use serde_json::json;

use super::{CONFIG, people, start_on, told_by, use_mail};
use crate::harness::{Engine, MailServer, Receiver, Server, Setup, eventually, on_both_engines};

on_both_engines!(start_on => a_customer_who_is_away_gets_one_email);

async fn a_customer_who_is_away_gets_one_email(server: Server) {
    people(&server).await;
    assert_eq!(told_by(&server, 4, "Nobody is told").await, json!([]));
    let (mail, receiver) = (MailServer::start(), Receiver::start().await);
    use_mail(&server, mail.port).await;
    let hooks = json!({
        "webhooks-enabled": true, "webhooks-url": receiver.url, "webhooks-active": "email-sent",
    });
    server.save(hooks).await;
    let message = json!({
        "user_id": 4, "conversation_id": 1, "message": "1 < 2\nIt has arrived",
        "attachments": [["plan.pdf", "https://example.com/plan.pdf"]], "idempotency_key": "once",
    });
    for _ in 0..2 {
        let answer = server.ok("send-message", message.clone()).await;
        assert_eq!(answer["notifications"], json!(["email"]));
    }
    let mails = mail.wait(1).await;
    assert_eq!(mails[0]["to"], "John Doe <john@example.com>");
    assert_eq!(
        mails[0]["reply-to"],
        "Ada Agent | SB3-1 <help@shop.example>"
    );
    assert_eq!(mails[0]["from"], "Shop <help@shop.example>");
    let html = mails[0]["html"].as_str().expect("HTML");
    for part in ["1 &lt; 2<br>It has arrived", "https://example.com/plan.pdf"] {
        assert!(html.contains(part), "{part} is not in {html}");
    }
    let told = json!({"recipient_id": "3", "message": "1 < 2\nIt has arrived"});
    assert_eq!(receiver.data("email-sent").await, told);
    assert_eq!(told_by(&server, 4, "Are you there?").await, json!([]));
    // Seen again, and here: nobody needs to be told.
    let poll = json!({"user_id": 3, "conversation_id": 1, "datetime": 1});
    server.ok("get-new-messages", poll).await;
    assert_eq!(told_by(&server, 4, "You are").await, json!([]));
    let log = server
        .v1("notifications/deliveries", json!({}))
        .await
        .json();
    assert_eq!(log[0]["state"], "delivered", "{log}");
    assert_eq!(log[0]["lane"], "email-user-3");
    assert_eq!(log.as_array().map(Vec::len), Some(1), "{log}");
    assert_eq!(mail.mails().len(), 1);
}

#[tokio::test]
async fn who_came_and_went_is_told_again_after_a_restart() {
    let config = format!("{CONFIG}online_window_seconds = 1\n");
    let mut server = Setup::on(Engine::Sqlite).config(&config).start().await;
    people(&server).await;
    let mail = MailServer::start();
    use_mail(&server, mail.port).await;
    assert_eq!(told_by(&server, 4, "First").await, json!(["email"]));
    mail.wait(1).await;
    let poll = json!({"user_id": 3, "conversation_id": 1, "datetime": 1});
    server.ok("get-new-messages", poll).await;
    server.restart();
    let online = || async { server.ok("is-online", json!({"user_id": 3})).await == json!(false) };
    eventually("John has gone", online).await;
    assert_eq!(told_by(&server, 4, "Second").await, json!(["email"]));
    assert_eq!(told_by(&server, 4, "Third").await, json!([]));
    mail.wait(2).await;
}

#[tokio::test]
async fn an_email_speaks_the_language_of_who_gets_it() {
    let server = start_on(Engine::Sqlite).await;
    people(&server).await;
    let mail = MailServer::start();
    use_mail(&server, mail.port).await;
    let spanish = json!({"user_id": 3, "settings_extra": {"language": ["es", "Language"]}});
    server.ok("update-user", spanish).await;
    told_by(&server, 4, "Hola").await;
    let mails = mail.wait(1).await;
    assert_eq!(mails[0]["subject"], "Ada Agent le ha enviado un mensaje");
    let plain = mails[0]["plain"].as_str().expect("a text");
    assert!(plain.starts_with("Hola, John Doe:"), "{plain}");
}

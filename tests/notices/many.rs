//! What is sent to many: direct messages and automations.

use serde_json::json;

use super::{CONFIG, people, start_on, use_mail};
use crate::harness::{Engine, MailServer, Setup, Vendor, eventually};

#[tokio::test]
async fn a_direct_message_with_a_subject_is_an_email_to_each() {
    let server = start_on(Engine::Sqlite).await;
    people(&server).await;
    let lead = server.add_user(json!({"user_type": "lead"})).await;
    let jane = server.user("Jane", "Roe", "jane@example.com").await;
    let news = json!({
        "user_ids": [3, lead, jane, 99], "subject": "News for {user_name}",
        "message": "Hello {user_name},\nwe are back. {agent_name}", "idempotency_key": "news",
    });
    assert_eq!(
        server.refused("direct-message", news.clone()).await,
        "unavailable"
    );
    let mail = MailServer::start();
    use_mail(&server, mail.port).await;
    assert_eq!(server.ok("direct-message", news.clone()).await, json!(true));
    assert_eq!(
        server.ok("direct-message", news).await,
        json!(true),
        "again with its key"
    );
    let mut mails = mail.wait(2).await;
    mails.sort_by_key(|mail| mail["to"].to_string());
    assert_eq!(mails[0]["subject"], "News for Jane Roe");
    assert_eq!(mails[1]["subject"], "News for John Doe");
    let html = mails[1]["html"].as_str().expect("HTML");
    assert!(html.contains("Hello John Doe,<br>we are back."), "{html}");
    let injected = json!({"user_ids": 3, "subject": "Hi\r\nBcc: spy@example.com", "message": "Hi"});
    server.ok("direct-message", injected).await;
    let mails = mail.wait(3).await;
    assert_eq!(
        mails[2]["receivers"],
        json!(["john@example.com"]),
        "{:?}",
        mails[2]
    );
    assert_eq!(mails[2].get("bcc"), None);
    let made = server.row(jane).await["creation_time"].clone();
    let today = &made.as_str().expect("a time")[..10];
    let report = json!({"name": "direct-emails", "date_start": today, "date_end": today});
    let report = server.ok("reports", report).await;
    let total: i64 = report["data"]
        .as_object()
        .expect("data")
        .values()
        .flat_map(|numbers| numbers.as_array().cloned().unwrap_or_default())
        .filter_map(|number| number.as_i64())
        .sum();
    assert_eq!(total, 3, "{report}");
}

#[tokio::test]
async fn automations_send_emails_and_text_messages_once() {
    let twilio = Vendor::answering(201, json!({"sid": "SM1"})).await;
    let config = format!("{CONFIG}twilio_url = \"{}\"\n", twilio.url);
    let mut server = Setup::on(Engine::Sqlite).config(&config).start().await;
    let mail = MailServer::start();
    use_mail(&server, mail.port).await;
    let sms = json!({"sms-account": "AC1", "sms-token": "t", "sms-sender": "+15104564545"});
    server.save(sms).await;
    let automations = json!({"automations": {
        "emails": [{"id": "e", "subject": "Welcome {user_name}", "message": "Hello {user_name}"}],
        "sms": [{"id": "s", "message": "Hi {user_name}"}],
    }});
    server.ok("automations-save", automations).await;
    let mia = json!({
        "first_name": "Mia", "last_name": "Moe", "email": "mia@example.com", "user_type": "user",
        "settings_extra": {"phone": ["+15305431221", "Phone"]},
    });
    let mia = server.add_user(mia).await;
    server.add_user(json!({"user_type": "lead"})).await;
    let mails = mail.wait(1).await;
    assert_eq!(mails[0]["subject"], "Welcome Mia Moe");
    assert!(
        mails[0]["html"]
            .as_str()
            .expect("HTML")
            .contains("Hello Mia Moe")
    );
    eventually("a text message", || async { twilio.asked().len() == 1 }).await;
    assert!(twilio.asked()[0].body.contains("To=%2B15305431221"));
    assert!(twilio.asked()[0].body.contains("Body=Hi+Mia+Moe"));
    server.restart();
    let conversation = server.conversation(mia).await;
    server.say(mia, conversation, "Hello").await;
    let last = json!({"to": "last@example.com", "subject": "Last", "message": "Last"});
    server.ok("send-custom-email", last).await;
    assert_eq!(mail.wait(2).await.len(), 2, "Mia is welcome once");
    assert_eq!(twilio.asked().len(), 1);
}

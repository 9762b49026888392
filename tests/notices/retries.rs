//! Once, though servers die and calls are repeated.

use serde_json::json;

use super::{CONFIG, people, start_on, told_by, use_mail};
use crate::harness::{Engine, MailServer, Setup, Vendor, eventually};

#[tokio::test]
async fn an_email_outlives_the_mail_server_and_the_service() {
    let port = MailServer::start().port; // and it ends at once
    let mut server = start_on(Engine::Sqlite).await;
    people(&server).await;
    use_mail(&server, port).await;
    assert_eq!(
        told_by(&server, 4, "It has arrived").await,
        json!(["email"])
    );
    let state = |state: &'static str| {
        let log = server.v1("notifications/deliveries", json!({"state": state}));
        async move { log.await.json() }
    };
    let failed = || async {
        state("failed")
            .await
            .as_array()
            .is_some_and(|rows| !rows.is_empty())
    };
    eventually("a try failed", failed).await;
    server.kill9();
    let mail = MailServer::start_on(port);
    server.start_again();
    mail.wait(1).await;
    let delivered = || async {
        let log = server
            .v1("notifications/deliveries", json!({"state": "delivered"}))
            .await;
        log.json().as_array().is_some_and(|rows| rows.len() == 1)
    };
    eventually("it is known to be delivered", delivered).await;
    server.restart();
    assert_eq!(told_by(&server, 4, "Still told once").await, json!([]));
    assert_eq!(mail.mails().len(), 1);
}

#[tokio::test]
async fn a_call_that_is_repeated_with_its_key_sends_once() {
    let twilio = Vendor::answering(201, json!({"sid": "SM1"})).await;
    let config = format!("{CONFIG}twilio_url = \"{}\"\n", twilio.url);
    let mut server = Setup::on(Engine::Sqlite).config(&config).start().await;
    let sms = json!({"sms-account": "AC1", "sms-token": "t", "sms-sender": "+15104564545"});
    server.save(sms).await;
    let sms = json!({"to": "+15305431221", "message": "Hi", "idempotency_key": "sms-1"});
    let call = || server.ok("send-sms", sms.clone());
    let answers = futures::future::join_all((0..8).map(|_| call())).await;
    for answer in answers {
        assert_eq!(answer, json!({"sid": "SM1"}), "all at once");
    }
    server.kill9();
    server.start_again();
    assert_eq!(
        server.ok("send-sms", sms.clone()).await,
        json!({"sid": "SM1"})
    );
    assert_eq!(twilio.asked().len(), 1);
    twilio.answer(
        400,
        json!({"code": 21211, "message": "No such number +15305431222."}),
    );
    let wrong = json!({"to": "+15305431222", "message": "Hi", "idempotency_key": "sms-2"});
    for _ in 0..2 {
        assert_eq!(server.refused("send-sms", wrong.clone()).await, "sms-error");
    }
    assert_eq!(twilio.asked().len(), 2, "a refusal is remembered too");
    let events = server.events_told();
    let kept = events.lines().filter(|line| line.contains("delivery."));
    assert!(kept.clone().count() >= 2);
    assert!(
        kept.into_iter().all(|line| !line.contains("+1530543")),
        "{events}"
    );
}

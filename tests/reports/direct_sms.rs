//! Text messages that callers send, as a report counts them.

use serde_json::json;

use crate::harness::{Engine, LOOPBACK, Setup, Vendor, eventually};

/// What a caller had sent is counted once it was taken; what the service sends by itself is not.
async fn text_messages_are_counted(engine: Engine) {
    let twilio = Vendor::answering(201, json!({"sid": "SM1"})).await;
    let config = format!("{LOOPBACK}twilio_url = \"{}\"\n", twilio.url);
    let mut server = Setup::on(engine).config(&config).start().await;
    let settings = json!({
        "sms-account": "AC1", "sms-token": "t", "sms-sender": "+15104564545",
    });
    server
        .ok("save-settings", json!({"settings": settings}))
        .await;
    let sms = json!({"to": "+15305431221", "message": "Hello", "idempotency_key": "sms-1"});
    for call in [
        sms.clone(),
        sms,
        json!({"to": "+15305431222", "message": "Hello"}),
    ] {
        server.ok("send-sms", call).await;
    }
    assert_eq!(server.total("direct-sms").await, 2);

    let john = json!({
        "first_name": "John", "user_type": "user",
        "settings_extra": {"phone": ["+15305431223", "Phone"]},
    });
    let john = server.add_user(john).await;
    let ada = server.agent("Ada").await;
    let conversation = server.conversation(john).await;
    server.say(ada, conversation, "Are you there?").await;
    eventually("John was told", || async { twilio.asked().len() == 3 }).await;
    twilio.answer(400, json!({"message": "no", "status": 400}));
    let refused = json!({"to": "+15305431224", "message": "Hello"});
    assert_eq!(server.refused("send-sms", refused).await, "sms-error");
    // In order, so that what was taken is recorded.
    server.restart();
    assert_eq!(server.total("direct-sms").await, 2);
    let rebuilt = server.verb("verify", &[]);
    assert!(rebuilt.status.success());
}

#[tokio::test]
async fn text_messages_are_counted_on_sqlite() {
    text_messages_are_counted(Engine::Sqlite).await;
}

#[tokio::test]
async fn text_messages_are_counted_on_postgres() {
    text_messages_are_counted(Engine::Postgres).await;
}

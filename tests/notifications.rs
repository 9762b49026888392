//! Emails to a real mail server; text messages and push to vendors' APIs on this machine.

use serde_json::{Value, json};

use crate::harness::{Engine, MailServer, Receiver, Server, Setup, Vendor, on_both_engines};

const LOOPBACK: &str = "allow_private_targets = [\"127.0.0.0/8\"]\n";

async fn save(server: &Server, settings: Value) {
    let saved = server
        .ok("save-settings", json!({ "settings": settings }))
        .await;
    assert_eq!(saved, json!(true));
}

/// A server with a mail server, and John (3) and the agent Ada (4).
async fn with_mail() -> (Server, MailServer) {
    let server = Setup::on(Engine::Sqlite).config(LOOPBACK).start().await;
    let mail = MailServer::start();
    save(
        &server,
        json!({
            "email-host": ["127.0.0.1", "text"], "email-port": [mail.port, "number"],
            "email-security": ["none", "select"], "email-sender": ["help@shop.example", "text"],
            "email-sender-name": ["Shop", "text"],
        }),
    )
    .await;
    assert_eq!(server.user("John", "Doe", "john@example.com").await, 3);
    assert_eq!(server.agent("Ada").await, 4);
    (server, mail)
}

#[tokio::test]
async fn a_custom_email_arrives_once_and_cannot_be_given_headers() {
    let (server, mail) = with_mail().await;
    let receiver = Receiver::start().await;
    save(
        &server,
        json!({
            "webhooks-enabled": true, "webhooks-url": receiver.url, "webhooks-active": "email-sent",
        }),
    )
    .await;
    let letter = json!({
        "to": "john@example.com", "subject": "Grüße", "message": "<b>Hello</b>\nJohn",
        "sender_suffix": "Support", "idempotency_key": "letter-1",
    });
    assert_eq!(
        server.ok("send-custom-email", letter.clone()).await,
        json!(true)
    );
    assert_eq!(
        server.ok("send-custom-email", letter).await,
        json!(true),
        "again with its key"
    );
    let hook = receiver.data("email-sent").await;
    assert_eq!(
        hook,
        json!({"recipient_id": "3", "message": "<b>Hello</b>\nJohn"})
    );
    let mails = mail.wait(1).await;
    assert_eq!(mails.len(), 1, "{mails:?}");
    let letter = &mails[0];
    assert_eq!(letter["receivers"], json!(["john@example.com"]));
    assert_eq!(letter["from"], "Shop Support <help@shop.example>");
    assert_eq!(letter["subject"], "Grüße");
    assert_eq!(
        letter["html"].as_str().map(str::trim),
        Some("<b>Hello</b><br>John")
    );
    assert_eq!(
        letter["plain"].as_str().map(str::trim),
        Some("Hello\r\nJohn")
    );

    for (name, value) in [
        ("subject", "Hi\r\nBcc: spy@example.com"),
        ("to", "john@example.com\r\nBcc: spy@example.com"),
        ("to", "john@example.com, spy@example.com"),
        ("to", "nobody"),
        ("sender_suffix", "x\nBcc: spy@example.com"),
    ] {
        let mut letter = json!({"to": "john@example.com", "subject": "Hi", "message": "Hi"});
        letter[name] = json!(value);
        let code = server.refused("send-custom-email", letter).await;
        assert_eq!(code, "invalid-argument", "{name} {value:?}");
    }
    let unknown = json!({"to": "unknown@example.com", "subject": "Hi", "message": "Hi"});
    assert_eq!(
        server.refused("send-custom-email", unknown).await,
        "email-error"
    );
    let empty = json!({"to": "john@example.com", "subject": "Hi"});
    assert_eq!(
        server.refused("send-custom-email", empty).await,
        "missing-argument"
    );
    assert_eq!(mail.mails().len(), 1);
}

#[tokio::test]
async fn an_email_to_a_user_has_the_template_around_it() {
    let (server, mail) = with_mail().await;
    let letter = json!({
        "recipient_id": 3, "message": "1 < 2\nSee you", "sender_id": 4,
        "attachments": [["plan.pdf", "https://example.com/plan.pdf"]],
    });
    assert_eq!(server.ok("send-email", letter).await, json!(true));
    let mails = mail.wait(1).await;
    let html = mails[0]["html"].as_str().expect("HTML");
    for part in [
        "Hello John Doe",
        "1 &lt; 2<br>See you",
        "href=\"https://example.com/plan.pdf\"",
        "Ada",
    ] {
        assert!(html.contains(part), "{part} is not in {html}");
    }
    assert_eq!(mails[0]["to"], "John Doe <john@example.com>");
    let jana = json!({
        "first_name": "Jana", "last_name": "Roth", "email": "jana@example.com", "user_type": "user",
        "settings_extra": {"language": ["de", "Language"]},
    });
    let jana = server.add_user(jana).await;
    let letter = json!({"recipient_id": jana, "message": "Bis bald", "sender_id": 4});
    server.ok("send-email", letter).await;
    let german = mail.wait(2).await.remove(1);
    let subject = german["subject"].as_str().expect("a subject");
    assert!(
        subject.ends_with("hat Ihnen eine Nachricht gesendet"),
        "{subject}"
    );
    let html = german["html"].as_str().expect("HTML");
    assert!(html.contains("Hallo Jana Roth,"), "{html}");

    // A name is no way to add headers, and no reason to get nothing.
    let mia = server
        .user("Mia\r\nBcc: spy@example.com", "Moe", "mia@example.com")
        .await;
    let letter = json!({"recipient_id": mia, "message": "Hello", "sender_id": 4});
    assert_eq!(server.ok("send-email", letter).await, json!(true));
    let to_mia = mail.wait(3).await.remove(2);
    assert_eq!(to_mia["receivers"], json!(["mia@example.com"]));
    assert_eq!(to_mia.get("bcc"), None);

    let refused = |arguments: Value| server.refused("send-email", arguments);
    assert_eq!(
        refused(json!({"message": "Hi"})).await,
        "missing-user-id-or-message"
    );
    assert_eq!(
        refused(json!({"recipient_id": 3})).await,
        "missing-user-id-or-message"
    );
    let nobody = json!({"recipient_id": 99, "message": "Hi"});
    assert_eq!(refused(nobody).await, "user-or-sender-not-found");
    let from_nobody = json!({"recipient_id": 3, "message": "Hi", "sender_id": 99});
    assert_eq!(refused(from_nobody).await, "user-or-sender-not-found");
    let lead = server.add_user(json!({"user_type": "lead"})).await;
    let without = json!({"recipient_id": lead, "message": "Hi"});
    assert_eq!(refused(without).await, "user-email-not-found");
    let from_customer = json!({"recipient_id": 3, "message": "Hi", "sender_id": lead});
    assert_eq!(refused(from_customer).await, "security-error");
    assert_eq!(mail.mails().len(), 3);
}

on_both_engines!(what_is_not_configured_says_so);

async fn what_is_not_configured_says_so(server: Server) {
    assert_eq!(server.user("John", "Doe", "john@example.com").await, 3);
    let email = json!({"to": "a@example.com", "subject": "Hi", "message": "Hi"});
    assert_eq!(
        server.refused("send-custom-email", email).await,
        "unavailable"
    );
    let email = json!({"recipient_id": 3, "message": "Hi"});
    assert_eq!(server.refused("send-email", email).await, "unavailable");
    let sms = json!({"to": "+15305431221", "message": "Hi"});
    assert_eq!(server.refused("send-sms", sms).await, "unavailable");
    let push = json!({"title": "Hi", "message": "Hi", "interest": "agents"});
    assert_eq!(
        server.ok("push-notification", push.clone()).await,
        json!(false)
    );
    save(&server, json!({"push-enabled": true})).await;
    assert_eq!(
        server.refused("push-notification", push).await,
        "unavailable"
    );
    let event = json!({"channel": "a", "event": "b"});
    assert_eq!(server.refused("pusher-trigger", event).await, "unavailable");
}

fn twilio_answer() -> Value {
    json!({
        "sid": "SM1f0e8ae6ade43cb3c0ce4525424e404f", "date_sent": null, "to": "+15305431221",
        "from": "+15104564545", "body": "A Test Message", "status": "queued", "flags": ["outbound"],
    })
}

#[tokio::test]
async fn a_text_message_gives_what_the_gateway_said() {
    let twilio = Vendor::answering(201, twilio_answer()).await;
    let config = format!("{LOOPBACK}twilio_url = \"{}\"\n", twilio.url);
    let server = Setup::on(Engine::Sqlite).config(&config).start().await;
    let receiver = Receiver::start().await;
    save(
        &server,
        json!({
            "sms-account": "AC1", "sms-token": "t0ken", "sms-sender": "+15104564545",
            "sms-template": "Shop: {message}",
            "webhooks-enabled": true, "webhooks-url": receiver.url, "webhooks-active": "sms-sent",
        }),
    )
    .await;
    let jane =
        json!({"user_type": "user", "settings_extra": {"phone": ["+1 530 543 1221", "Phone"]}});
    assert_eq!(server.add_user(jane).await, 3);
    let sms = json!({
        "to": "+1 (530) 543-1221", "message": "Hi {conversation_url_parameter}", "conversation_id": 7,
        "attachments": ["https://example.com/a.png"], "idempotency_key": "sms-1",
    });
    assert_eq!(server.ok("send-sms", sms.clone()).await, twilio_answer());
    assert_eq!(
        server.ok("send-sms", sms).await,
        twilio_answer(),
        "again with its key"
    );
    let asked = twilio.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].what, "POST /2010-04-01/Accounts/AC1/Messages.json");
    assert_eq!(asked[0].headers["authorization"], "Basic QUMxOnQwa2Vu");
    assert_eq!(
        asked[0].body,
        "To=%2B15305431221&From=%2B15104564545&Body=Shop%3A+Hi+%3Fconversation%3D7&MediaUrl=https%3A%2F%2Fexample.com%2Fa.png"
    );
    let hook = receiver.data("sms-sent").await;
    assert_eq!(
        hook,
        json!({"recipent_id": "3", "message": "Shop: Hi ?conversation=7", "response": twilio_answer()})
    );
    let plain = json!({"to": "+15305431221", "message": "Hi", "template": false});
    server.ok("send-sms", plain).await;
    assert!(
        twilio.asked()[1].body.contains("Body=Hi&") || twilio.asked()[1].body.ends_with("Body=Hi")
    );

    let wrong = json!({"to": "call me", "message": "Hi"});
    assert_eq!(server.refused("send-sms", wrong).await, "invalid-argument");
    twilio.answer(
        400,
        json!({"code": 21211, "message": "The 'To' number is not valid.", "status": 400}),
    );
    let sms = json!({"to": "+15305431221", "message": "Hi"});
    let answer = server.v1("send-sms", sms).await;
    assert_eq!(
        (answer.status, &answer.json()["code"]),
        (503, &json!("sms-error"))
    );
    assert_eq!(
        answer.json()["detail"],
        "The SMS gateway refused: The 'To' number is not valid."
    );
    let told = String::from_utf8(server.run(&["events"]).stdout).expect("UTF-8");
    assert!(told.contains("sms.sent") && !told.contains("t0ken"));
}

#[tokio::test]
async fn push_and_pusher_are_asked_as_their_documents_say() {
    let pusher = Vendor::answering(200, json!({"publishId": "pubid-1"})).await;
    let config = format!(
        "{LOOPBACK}pusher_beams_url = \"{0}\"\npusher_channels_url = \"{0}\"\n",
        pusher.url
    );
    let server = Setup::on(Engine::Sqlite).config(&config).start().await;
    save(
        &server,
        json!({
            "push-enabled": true, "push-instance": "inst-1", "push-secret": "s3cret",
            "pusher-id": "3", "pusher-key": "278d425bdf160c739803",
            "pusher-secret": "7ad3773142a6692b25b8", "pusher-cluster": "eu",
        }),
    )
    .await;
    let push = json!({"title": "Hi", "message": "Hello", "interest": [2, 4], "conversation_id": 1});
    let answer = server.ok("push-notification", push).await;
    assert_eq!(answer, json!({"publishId": "pubid-1"}));
    let asked = &pusher.asked()[0];
    assert_eq!(
        asked.what,
        "POST /publish_api/v1/instances/inst-1/publishes/interests"
    );
    assert_eq!(asked.headers["authorization"], "Bearer s3cret");
    let body: Value = serde_json::from_str(&asked.body).expect("JSON");
    assert_eq!(body["interests"], json!(["2", "4"]));
    let shown = &body["web"]["notification"];
    assert_eq!(
        (&shown["title"], &shown["body"]),
        (&json!("Hi"), &json!("Hello"))
    );
    assert!(
        shown["deep_link"]
            .as_str()
            .is_some_and(|url| url.ends_with("?conversation=1"))
    );
    server
        .ok(
            "push-notification",
            json!({"title": "Hi", "message": "Hello", "interest": "all"}),
        )
        .await;
    let body: Value = serde_json::from_str(&pusher.asked()[1].body).expect("JSON");
    assert_eq!(body["interests"], json!(["agents"]));
    let wrong = json!({"title": "Hi", "message": "Hello", "interest": "a b"});
    assert_eq!(
        server.refused("push-notification", wrong).await,
        "invalid-argument"
    );

    let event = json!({"channel": "private-user-3", "event": "new", "data": {"a": "b"}});
    assert_eq!(server.ok("pusher-trigger", event).await, json!(true));
    let asked = pusher.asked().last().expect("a request").clone();
    assert!(
        asked
            .what
            .starts_with("POST /apps/3/events?auth_key=278d425bdf160c739803&"),
        "{}",
        asked.what
    );
    assert!(asked.what.contains("&auth_signature="));
    let body: Value = serde_json::from_str(&asked.body).expect("JSON");
    assert_eq!(body["data"], json!("{\"a\":\"b\"}"));
    assert_eq!(body["channels"], json!(["private-user-3"]));
    let wrong = json!({"channel": "a b", "event": "new"});
    assert_eq!(
        server.refused("pusher-trigger", wrong).await,
        "invalid-argument"
    );
    pusher.answer(
        401,
        json!({"error": "Unauthorized", "description": "Incorrect API Key"}),
    );
    let push = json!({"title": "Hi", "message": "Hello", "interest": 4});
    assert_eq!(
        server.refused("push-notification", push).await,
        "push-error"
    );
    let event = json!({"channel": "a", "event": "new"});
    assert_eq!(
        server.refused("pusher-trigger", event).await,
        "pusher-error"
    );
}

//! Who is not there is told: by email, SMS and push, once each, whatever dies on the way.

use serde_json::{Value, json};

use crate::harness::{
    Engine, MailServer, Receiver, Server, Setup, Vendor, eventually, on_both_engines,
};

const CONFIG: &str = "allow_private_targets = [\"127.0.0.0/8\"]\nnotification_retry_seconds = [1, 1, 1, 1, 1, 1, 1, 1]\n";

async fn save(server: &Server, settings: Value) {
    let saved = server
        .ok("save-settings", json!({ "settings": settings }))
        .await;
    assert_eq!(saved, json!(true));
}

async fn use_mail(server: &Server, port: u16) {
    let settings = json!({
        "email-host": "127.0.0.1", "email-port": [port, "number"], "email-security": "none",
        "email-sender": "help@shop.example", "email-sender-name": "Shop",
    });
    save(server, settings).await;
}

/// John (3), the agents Ada (4) and Bob (5), and John's conversation 1.
async fn people(server: &Server) {
    assert_eq!(server.user("John", "Doe", "john@example.com").await, 3);
    assert_eq!(server.agent("Ada").await, 4);
    assert_eq!(server.agent("Bob").await, 5);
    assert_eq!(server.conversation(3).await, 1);
}

async fn told_by(server: &Server, user: u64, message: &str) -> Value {
    let message = json!({"user_id": user, "conversation_id": 1, "message": message});
    server.ok("send-message", message).await["notifications"].clone()
}

async fn start_on(engine: Engine) -> Server {
    Setup::on(engine).config(CONFIG).start().await
}

on_both_engines!(a_customer_who_is_away_gets_one_email);

async fn a_customer_who_is_away_gets_one_email(server: Server) {
    let engine = server.engine();
    drop(server);
    let server = start_on(engine).await;
    people(&server).await;
    assert_eq!(told_by(&server, 4, "Nobody is told").await, json!([]));
    let (mail, receiver) = (MailServer::start(), Receiver::start().await);
    use_mail(&server, mail.port).await;
    let hooks = json!({
        "webhooks-enabled": true, "webhooks-url": receiver.url, "webhooks-active": "email-sent",
    });
    save(&server, hooks).await;
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
async fn agents_are_told_by_email_and_push_of_messages_and_of_what_is_given_to_them() {
    let pusher = Vendor::answering(200, json!({"publishId": "pubid-1"})).await;
    let config = format!("{CONFIG}pusher_beams_url = \"{}\"\n", pusher.url);
    let server = Setup::on(Engine::Sqlite).config(&config).start().await;
    people(&server).await;
    let mail = MailServer::start();
    use_mail(&server, mail.port).await;
    let push = json!({"push-enabled": true, "push-instance": "inst-1", "push-secret": "s"});
    save(&server, push).await;
    assert_eq!(told_by(&server, 3, "Help!").await, json!(["email", "push"]));
    let mut mails = mail.wait(2).await;
    mails.sort_by_key(|mail| mail["to"].to_string());
    assert!(mails[0]["to"].as_str().expect("a text").starts_with("Ada"));
    assert_eq!(mails[0]["reply-to"], "John Doe | SB4-1 <help@shop.example>");
    eventually("a push", || async { pusher.asked().len() == 1 }).await;
    let asked: Value = serde_json::from_str(&pusher.asked()[0].body).expect("JSON");
    assert_eq!(asked["interests"], json!(["4", "5"]));
    let shown = &asked["web"]["notification"];
    assert_eq!(
        (&shown["title"], &shown["body"]),
        (&json!("John Doe"), &json!("Help!"))
    );

    let give = json!({"conversation_id": 1, "agent_id": 5, "message": "A kettle"});
    server.ok("update-conversation-agent", give).await;
    let mails = mail.wait(3).await;
    assert!(mails[2]["to"].as_str().expect("a text").starts_with("Bob"));
    assert_eq!(mails[2]["subject"], "A conversation was assigned to you");
    assert!(
        mails[2]["plain"]
            .as_str()
            .expect("a text")
            .contains("A kettle")
    );
    // What is in charge alone is told, and whoever is there is not.
    let typing = json!({"user_id": 5, "conversation_id": 1});
    server.ok("set-typing", typing).await;
    assert_eq!(told_by(&server, 3, "Are you there?").await, json!([]));
}

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
    let created = server.row(3).await["creation_time"].clone();
    let (today, _) = created.as_str().expect("a time").split_at(10);
    let report = json!({"name": "direct-emails", "date_start": today});
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
    save(&server, sms).await;
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

#[tokio::test]
async fn a_call_that_is_repeated_with_its_key_sends_once() {
    let twilio = Vendor::answering(201, json!({"sid": "SM1"})).await;
    let config = format!("{CONFIG}twilio_url = \"{}\"\n", twilio.url);
    let mut server = Setup::on(Engine::Sqlite).config(&config).start().await;
    let sms = json!({"sms-account": "AC1", "sms-token": "t", "sms-sender": "+15104564545"});
    save(&server, sms).await;
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
    let events = String::from_utf8(server.run(&["events"]).stdout).expect("UTF-8");
    let kept = events.lines().filter(|line| line.contains("delivery."));
    assert!(kept.clone().count() >= 2);
    assert!(
        kept.into_iter().all(|line| !line.contains("+1530543")),
        "{events}"
    );
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

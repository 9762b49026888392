//! Emails through a mail server that wants TLS and a login, into a mailbox.

use serde_json::{Value, json};

use crate::harness::{Certificates, Chasquid, Engine, Server, Setup};

/// A service that trusts the mail server's authority and knows John (3), the agent Ada (4) and John's
/// conversation 1, with these settings on top of those of the mail server.
async fn service(certificates: &Certificates, mail: &Chasquid, more: Value) -> Server {
    let authority = certificates.authority();
    let server = Setup::on(Engine::Sqlite)
        .config(
            "allow_private_targets = [\"127.0.0.0/8\", \"::1\"]\n\
             notification_retry_seconds = [1, 1]\n",
        )
        .env("SSL_CERT_FILE", authority.to_str().expect("a plain path"))
        .start()
        .await;
    let mut settings = json!({
        "email-host": "localhost", "email-port": mail.starttls, "email-security": "starttls",
        "email-user": "help@shop.example", "email-password": Chasquid::PASSWORD,
        "email-sender": "help@shop.example", "email-sender-name": "Shop",
    });
    let more = more.as_object().expect("an object").clone();
    settings.as_object_mut().expect("an object").extend(more);
    server.save(settings).await;
    assert_eq!(server.user("John", "Doe", "john@shop.example").await, 3);
    assert_eq!(server.agent("Ada").await, 4);
    assert_eq!(server.conversation(3).await, 1);
    server
}

fn letter(to: &str) -> Value {
    json!({"to": to, "subject": "Hello", "message": "Your parcel is on its way."})
}

#[tokio::test]
async fn a_notice_arrives_in_the_mailbox() {
    let certificates = Certificates::make();
    let mail = Chasquid::start(&certificates);
    let server = service(&certificates, &mail, json!({})).await;
    let message = json!({"user_id": 4, "conversation_id": 1, "message": "It has arrived"});
    let answer = server.ok("send-message", message).await;
    assert_eq!(answer["notifications"], json!(["email"]));
    let mails = mail.wait(1).await;
    let mail = mails[0].replace("\r\n", "\n");
    for part in [
        "From: Shop <help@shop.example>\n",
        "To: \"John Doe\" <john@shop.example>\n",
        "It has arrived",
        // It came over TLS, from somebody who had logged in.
        "(chasquid) with ESMTPSA",
        "envelope from \"help@shop.example\"",
    ] {
        assert!(mail.contains(part), "{part} is not in {mail}");
    }
}

#[tokio::test]
async fn tls_may_begin_at_once_and_one_who_has_no_mailbox_is_told() {
    let certificates = Certificates::make();
    let mail = Chasquid::start(&certificates);
    let at_once = json!({"email-port": mail.tls, "email-security": "tls"});
    let server = service(&certificates, &mail, at_once).await;
    let sent = server.ok("send-custom-email", letter("john@shop.example"));
    assert_eq!(sent.await, json!(true));
    let mails = mail.wait(1).await;
    assert!(mails[0].contains("Your parcel is on its way."), "{mails:?}");

    let refused = server.v1("send-custom-email", letter("nobody@shop.example"));
    let refused = refused.await;
    assert_eq!(refused.problem(), "email-error");
    let detail = refused.json()["detail"].to_string();
    assert!(
        detail.contains("550") && detail.contains("user does not exist"),
        "{detail}"
    );
    assert_eq!(mail.mails().len(), 1);
}

#[tokio::test]
async fn a_wrong_password_is_refused_with_the_servers_words() {
    let certificates = Certificates::make();
    let mail = Chasquid::start(&certificates);
    let server = service(&certificates, &mail, json!({"email-password": "falsch"})).await;
    let refused = server.v1("send-custom-email", letter("john@shop.example"));
    let refused = refused.await;
    assert_eq!(refused.problem(), "email-error");
    let detail = refused.json()["detail"].to_string();
    for part in ["refused the login", "535", "Incorrect user or password"] {
        assert!(detail.contains(part), "{part} is not in {detail}");
    }
    let told = format!("{detail}{}", server.log());
    assert!(!told.contains("falsch"), "the password is told to nobody");

    server
        .save(json!({"email-password": Chasquid::PASSWORD}))
        .await;
    let sent = server.ok("send-custom-email", letter("john@shop.example"));
    assert_eq!(sent.await, json!(true));
    assert_eq!(mail.wait(1).await.len(), 1);
}

#[tokio::test]
async fn a_certificate_of_another_authority_is_refused() {
    let (certificates, strange) = (Certificates::make(), Certificates::make());
    let mail = Chasquid::start(&strange);
    let server = service(&certificates, &mail, json!({})).await;
    let refused = server.v1("send-custom-email", letter("john@shop.example"));
    let refused = refused.await;
    assert_eq!(refused.problem(), "email-error");
    let detail = refused.json()["detail"].to_string();
    assert!(detail.contains("certificate"), "{detail}");
    assert!(mail.mails().is_empty());
}

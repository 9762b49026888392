use std::{sync::Arc, time::Duration};

use super::{
    Mailer, Problem, Server,
    peers::{Aiosmtpd, Scripted},
};
use crate::adapters::{
    breaker::Patience,
    certificates::certificates,
    mail::{Mail, Mistake, Person},
    outgoing::Outgoing,
    targets::{Refusal, Targets},
    tls::{Authorities, Security},
};

pub fn mailer_with(targets: Targets, authorities: Authorities, patience: Patience) -> Mailer {
    Mailer::new(&Outgoing::with(targets, authorities, patience).unwrap())
}

pub fn loopback() -> Targets {
    let loopback = ["127.0.0.0/8", "::1/128"].map(|range| range.parse().unwrap());
    Targets::new(loopback.into())
}

fn mailer(authorities: Authorities) -> Mailer {
    mailer_with(loopback(), authorities, Patience::default())
}

pub fn trusting() -> Mailer {
    mailer(certificates().authorities())
}

pub fn server(port: u16, security: Security) -> Server {
    Server {
        host: "localhost".to_owned(),
        port,
        security,
        login: None,
        timeout: Duration::from_secs(10),
    }
}

fn with_login(port: u16, security: Security, password: &str) -> Server {
    Server {
        login: Some(("ann".to_owned(), password.to_owned())),
        ..server(port, security)
    }
}

pub fn mail() -> Mail {
    let person = |name: &str, address: &str| Person {
        name: name.to_owned(),
        address: address.to_owned(),
    };
    Mail {
        from: person("Shop", "support@shop.example"),
        to: person("Ünal", "unal@kunde.example"),
        subject: "Grüße".to_owned(),
        html: "<p>Hello</p>\r\n<p>.</p>\r\n.\r\n".to_owned(),
        message_id: "1.2@shop.example".to_owned(),
        time_ms: 1_589_293_739_000,
        ..Mail::default()
    }
}

#[tokio::test]
async fn a_real_server_takes_mail_in_clear_by_starttls_and_by_tls() {
    for (mode, security, tls) in [
        ("none", Security::None, false),
        ("starttls", Security::StartTls, true),
        ("tls", Security::Tls, true),
    ] {
        let mut peer = Aiosmtpd::start(mode);
        let server = with_login(peer.port, security, "geheim");
        trusting().send(&server, &mail()).await.unwrap();
        let got = peer.mail();
        assert_eq!(got["from"], "support@shop.example");
        assert_eq!(got["to"], serde_json::json!(["unal@kunde.example"]));
        assert_eq!(got["tls"], tls, "{mode}");
        assert_eq!(got["user"], "ann");
        assert_eq!(got["hello"], "shop.example");
        let content = got["content"].as_str().unwrap();
        let read = mail_parser::MessageParser::default()
            .parse(content)
            .unwrap();
        assert_eq!(read.subject(), Some("Grüße"));
        assert_eq!(read.message_id(), Some("1.2@shop.example"));
        let text = read.body_text(0).unwrap().replace("\r\n", "\n");
        assert_eq!(text.trim_end(), "Hello\n\n.\n\n.");
    }
}

#[tokio::test]
async fn a_wrong_password_is_a_refused_login() {
    let peer = Aiosmtpd::start("starttls");
    let server = with_login(peer.port, Security::StartTls, "falsch");
    let refused = trusting().send(&server, &mail()).await.unwrap_err();
    assert!(
        matches!(&refused, Problem::Login(text) if text.starts_with("535 ")),
        "{refused}"
    );
    assert!(!refused.is_transient());
    assert!(!refused.to_string().contains("falsch"));
}

#[tokio::test]
async fn certificates_that_nobody_vouches_for_are_refused() {
    for (mode, security) in [("starttls", Security::StartTls), ("tls", Security::Tls)] {
        let peer = Aiosmtpd::start(mode);
        let server = with_login(peer.port, security, "geheim");
        let strange = mailer(Authorities::of(Vec::new()));
        let refused = strange.send(&server, &mail()).await.unwrap_err();
        assert!(
            matches!(&refused, Problem::Unreachable(text) if text.contains("certificate")),
            "{refused}"
        );
        // The right authority, but another name than the certificate's.
        let other = Server {
            host: "127.0.0.2".to_owned(),
            ..server
        };
        assert!(trusting().send(&other, &mail()).await.is_err());
    }
}

#[tokio::test]
async fn starttls_is_never_given_up_for_clear_text() {
    let peer = Scripted::start(|_| None);
    let server = with_login(peer.port, Security::StartTls, "geheim");
    let refused = trusting().send(&server, &mail()).await.unwrap_err();
    assert!(matches!(refused, Problem::Unable(_)), "{refused}");
    assert!(peer.heard("AUTH").is_empty());
    assert!(peer.heard("MAIL").is_empty());
}

#[tokio::test]
async fn connections_are_used_again_while_they_live() {
    let peer = Scripted::start(|_| None);
    let mailer = trusting();
    let server = server(peer.port, Security::None);
    for _ in 0..3 {
        mailer.send(&server, &mail()).await.unwrap();
    }
    assert_eq!(peer.heard("EHLO").len(), 1);
    assert_eq!(peer.heard("MAIL FROM:<support@shop.example>").len(), 3);
    // The dots that stand alone on a line are doubled, or the mail would end there.
    assert_eq!(peer.heard("Subject:").len(), 3);
    let leaving = Scripted::start(|line| (line == "NOOP").then_some("hang up"));
    let server = self::server(leaving.port, Security::None);
    for _ in 0..2 {
        mailer.send(&server, &mail()).await.unwrap();
    }
    assert_eq!(leaving.heard("EHLO").len(), 2);
}

#[tokio::test]
async fn refusals_for_good_and_for_now_are_told_apart() {
    let outcome = async |answer: fn(&str) -> Option<&'static str>| {
        let peer = Scripted::start(answer);
        let server = server(peer.port, Security::None);
        trusting().send(&server, &mail()).await.unwrap_err()
    };
    let unknown = outcome(|line| {
        line.starts_with("RCPT")
            .then_some("550-5.1.1 No such user\r\n550 5.1.1 here")
    })
    .await;
    assert!(
        matches!(&unknown, Problem::Rejected(text) if text.starts_with("550 5.1.1 No such user")),
        "{unknown}"
    );
    assert!(!unknown.is_transient());
    let later = outcome(|line| line.starts_with("MAIL").then_some("451 4.7.1 Greylisted")).await;
    assert_eq!(later, Problem::Deferred("451 4.7.1 Greylisted".to_owned()));
    assert!(later.is_transient());
    let after_all = outcome(|line| (line == ".").then_some("554 5.7.1 Spam")).await;
    assert_eq!(after_all, Problem::Rejected("554 5.7.1 Spam".to_owned()));
    let busy = outcome(|line| (line == "connected").then_some("421 4.3.2 Too busy")).await;
    assert!(matches!(busy, Problem::Deferred(_)), "{busy}");
    let broken = outcome(|line| line.starts_with("DATA").then_some("hang up")).await;
    assert!(matches!(broken, Problem::Unreachable(_)), "{broken}");
    assert!(broken.is_transient());
}

#[tokio::test]
async fn a_server_that_is_silent_or_gone_is_given_up() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut server = server(silent.local_addr().unwrap().port(), Security::None);
    server.timeout = Duration::from_millis(200);
    let late = trusting().send(&server, &mail()).await.unwrap_err();
    assert_eq!(late, Problem::TimedOut);
    assert!(late.is_transient());
    drop(silent);
    let gone = trusting().send(&server, &mail()).await.unwrap_err();
    assert!(matches!(gone, Problem::Unreachable(_)), "{gone}");
}

#[tokio::test]
async fn private_servers_and_bad_mails_are_not_even_connected_to() {
    let peer = Scripted::start(|_| None);
    let nobody = Authorities::of(Vec::new());
    let strict = mailer_with(Targets::new(Vec::new()), nobody, Patience::default());
    for host in ["localhost", "127.0.0.1", "::1", "127.1", "2130706433"] {
        let server = Server {
            host: host.to_owned(),
            ..server(peer.port, Security::None)
        };
        let refused = strict.send(&server, &mail()).await.unwrap_err();
        assert!(
            matches!(refused, Problem::Refused(Refusal::Private(_))),
            "{host}: {refused}"
        );
    }
    let mut evil = mail();
    evil.subject = "Hi\r\nBcc: x@y.example".to_owned();
    let server = server(peer.port, Security::None);
    let refused = trusting().send(&server, &evil).await.unwrap_err();
    assert_eq!(refused, Problem::Mail(Mistake::Field("subject")));
    assert!(peer.heard("").is_empty());
}

#[tokio::test]
async fn the_address_that_was_looked_at_is_the_one_connected_to() {
    let peer = Scripted::start(|_| None);
    // The first address is refused, so a connection to it is not even tried.
    let targets = Targets::with_lookup(
        vec!["127.0.0.1/32".parse().unwrap()],
        Arc::new(|_| {
            let addresses = vec![[127, 0, 0, 2].into(), [127, 0, 0, 1].into()];
            Box::pin(std::future::ready(Ok(addresses)))
        }),
    );
    let server = Server {
        host: "mail.example".to_owned(),
        ..server(peer.port, Security::None)
    };
    let nobody = Authorities::of(Vec::new());
    let mailer = mailer_with(targets, nobody, Patience::default());
    mailer.send(&server, &mail()).await.unwrap();
    assert_eq!(peer.heard("MAIL").len(), 1);
}

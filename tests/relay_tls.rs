//! NATS behind TLS and a password: entered with the right ones; with wrong ones the operator is told
//! why, and what happened meanwhile is relayed as soon as NATS lets the service in.

use async_nats::ConnectOptions;
use tokio_rustls::rustls::crypto::ring;

use crate::{
    harness::{Certificates, Engine, NatsServer, Server, Setup, eventually_within, tool},
    relay::{caught_up, holds_the_log_for, relay},
};

/// A question that nobody answers is given up after five seconds, and told then.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(30);

/// NATS's settings: TLS with these certificates, and this password of the user `havefunnels`.
fn settings(certificates: &Certificates, password: &str) -> String {
    format!(
        "tls {{ cert_file: \"{}\", key_file: \"{}\" }}\n\
         authorization {{ user: havefunnels, password: {password:?} }}",
        certificates.chain().display(),
        certificates.key().display()
    )
}

fn started(settings: &str) -> NatsServer {
    let mut nats = NatsServer::planned(tool("nats-server")).with(settings);
    nats.start();
    nats
}

/// A service that trusts this authority, demands TLS and knows the password `s3cret`.
async fn service(nats: &NatsServer, trusted: &Certificates) -> Server {
    let authority = trusted.authority();
    let url = nats.url().replace("nats://", "nats://havefunnels:s3cret@");
    Setup::on(Engine::Sqlite)
        .env("HAVEFUNNELS_NATS", &url)
        .env("HAVEFUNNELS_NATS_TLS", "true")
        .env(
            "HAVEFUNNELS_NATS_CA",
            authority.to_str().expect("a plain path"),
        )
        .start()
        .await
}

/// How the test itself enters.
fn entering(trusted: &Certificates) -> ConnectOptions {
    // The choice that the program makes for itself; an earlier one is as good.
    let _ = ring::default_provider().install_default();
    ConnectOptions::with_user_and_password("havefunnels".to_owned(), "s3cret".to_owned())
        .add_root_certificates(trusted.authority())
}

/// Waits until `/readyz` gives this reason; the log gives it too, and neither gives the password.
async fn told(server: &Server, reason: &str) {
    eventually_within(PATIENCE, reason, || async {
        relay(server).await["why"].to_string().contains(reason)
    })
    .await;
    assert_eq!(relay(server).await["state"], "waiting");
    let log = server.log();
    let warned = log
        .lines()
        .any(|line| line.contains("WARN") && line.contains(reason));
    assert!(warned, "{log}");
    let everywhere = format!("{log}{}", relay(server).await);
    assert!(!everywhere.contains("s3cret"), "{everywhere}");
    let status = server.verb("status", &[]);
    assert!(status.status.success(), "the status is told without NATS");
    let status = String::from_utf8_lossy(&status.stdout).into_owned();
    assert!(
        status.contains(reason) && !status.contains("s3cret"),
        "{status}"
    );
}

/// Writes and reads go on without NATS.
async fn works_alone(server: &Server) {
    let jane = server.user("Jane", "Doe", "jane@example.com").await;
    let conversation = server.conversation(jane).await;
    for number in 0..10 {
        server
            .say(jane, conversation, &format!("Message {number}"))
            .await;
    }
    let messages = server.messages(conversation).await;
    assert_eq!(messages.as_array().map(Vec::len), Some(10));
    assert_eq!(relay(server).await["behind"], server.events(&[]).len());
}

#[tokio::test]
async fn nats_is_entered_over_tls_with_a_password() {
    let certificates = Certificates::make();
    let nats = started(&settings(&certificates, "s3cret"));
    let server = service(&nats, &certificates).await;
    server.user("Jane", "Doe", "jane@example.com").await;
    caught_up(&server).await;
    holds_the_log_for(&nats, entering(&certificates), &server).await;
}

#[tokio::test]
async fn a_wrong_password_is_told_and_loses_nothing() {
    let certificates = Certificates::make();
    let mut nats = started(&settings(&certificates, "another"));
    let server = service(&nats, &certificates).await;
    works_alone(&server).await;
    told(&server, "authorization violation").await;

    nats.kill9();
    nats.set(&settings(&certificates, "s3cret"));
    nats.start();
    let what = "the relay has caught up";
    eventually_within(PATIENCE, what, || async {
        relay(&server).await["behind"] == 0
    })
    .await;
    assert!(relay(&server).await["why"].is_null());
    holds_the_log_for(&nats, entering(&certificates), &server).await;
}

#[tokio::test]
async fn a_certificate_of_another_authority_is_told_and_loses_nothing() {
    let (trusted, strange) = (Certificates::make(), Certificates::make());
    let mut nats = started(&settings(&strange, "s3cret"));
    let server = service(&nats, &trusted).await;
    works_alone(&server).await;
    told(&server, "invalid peer certificate").await;

    nats.kill9();
    nats.set(&settings(&trusted, "s3cret"));
    nats.start();
    let what = "the relay has caught up";
    eventually_within(PATIENCE, what, || async {
        relay(&server).await["behind"] == 0
    })
    .await;
    holds_the_log_for(&nats, entering(&trusted), &server).await;
}

#[tokio::test]
async fn nats_without_tls_is_refused_where_tls_is_demanded() {
    let certificates = Certificates::make();
    let plain = r#"authorization { user: havefunnels, password: "s3cret" }"#;
    let nats = started(plain);
    let server = service(&nats, &certificates).await;
    works_alone(&server).await;
    eventually_within(PATIENCE, "the reason is told", || async {
        relay(&server).await["why"]
            .to_string()
            .contains("no connection")
    })
    .await;
    assert_eq!(relay(&server).await["position"], 0);
}

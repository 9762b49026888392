//! A mail server that fails, is left alone, and comes back; and what is tried again.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use super::{
    Mailer, Problem,
    peers::Scripted,
    tests::{loopback, mail, mailer_with, server, trusting},
};
use crate::adapters::{
    breaker::Patience,
    tls::{Authorities, Security},
};

/// A mailer that has no patience with this many failures.
fn impatient(failures_max: u32, pause: Duration) -> Mailer {
    let patience = Patience {
        retries: 0,
        failures_max,
        pause,
        ..Patience::default()
    };
    mailer_with(loopback(), Authorities::of(Vec::new()), patience)
}

/// A server that hangs up on so many connections, and is well then.
fn failing(times: usize) -> Scripted {
    let failed = AtomicUsize::new(0);
    Scripted::start(move |line| {
        let fails = line == "connected" && failed.fetch_add(1, Ordering::SeqCst) < times;
        fails.then_some("hang up")
    })
}

#[tokio::test]
async fn a_server_that_fails_is_left_alone() {
    let long = Duration::from_secs(600);
    let peer = Scripted::start(|_| Some("silence"));
    let mut server = server(peer.port, Security::None);
    server.timeout = Duration::from_millis(200);
    let mailer = impatient(2, long);
    for _ in 0..2 {
        let late = mailer.send(&server, &mail()).await.unwrap_err();
        assert_eq!(late, Problem::TimedOut);
    }
    let refused = mailer.send(&server, &mail()).await.unwrap_err();
    assert!(matches!(refused, Problem::Down(_)), "{refused}");
    assert!(refused.is_transient());
    assert_eq!(peer.heard("connected").len(), 2, "nobody was asked");
    // A server that says no answers.
    let peer = Scripted::start(|line| line.starts_with("RCPT").then_some("550 unknown"));
    let server = self::server(peer.port, Security::None);
    let mailer = impatient(1, long);
    for _ in 0..3 {
        let unknown = mailer.send(&server, &mail()).await.unwrap_err();
        assert!(matches!(unknown, Problem::Rejected(_)), "{unknown}");
    }
}

#[tokio::test]
async fn a_server_that_came_back_is_found_by_one_mail() {
    let peer = failing(2);
    let server = server(peer.port, Security::None);
    let mailer = impatient(2, Duration::ZERO);
    for _ in 0..2 {
        let gone = mailer.send(&server, &mail()).await.unwrap_err();
        assert!(matches!(gone, Problem::Unreachable(_)), "{gone}");
    }
    for _ in 0..2 {
        mailer.send(&server, &mail()).await.unwrap();
    }
    assert_eq!(peer.heard("MAIL").len(), 2);
}

#[tokio::test]
async fn the_way_is_tried_again_and_a_mail_is_not() {
    let peer = failing(2);
    let server = server(peer.port, Security::None);
    trusting().send(&server, &mail()).await.unwrap();
    assert_eq!(peer.heard("connected").len(), 3);
    assert_eq!(peer.heard("MAIL").len(), 1);
    let peer = Scripted::start(|line| (line == ".").then_some("hang up"));
    let server = self::server(peer.port, Security::None);
    let broken = trusting().send(&server, &mail()).await.unwrap_err();
    assert!(matches!(broken, Problem::Unreachable(_)), "{broken}");
    assert_eq!(peer.heard("MAIL").len(), 1, "it may have been taken");
}

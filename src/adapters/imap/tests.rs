use std::{io::Write, net::TcpListener, thread, time::Duration};

use super::{Mailbox, Problem, Server, dovecot::Dovecot};
use crate::adapters::{
    certificates::certificates,
    mime,
    targets::{Refusal, Targets},
    tls::{Authorities, Security},
};

fn dovecot() -> Dovecot {
    Dovecot::start(&certificates().chain(), &certificates().key())
}

fn loopback() -> Targets {
    Targets::new(vec!["127.0.0.0/8".parse().unwrap()])
}

fn server(port: u16, security: Security) -> Server {
    Server {
        host: "localhost".to_owned(),
        port,
        security,
        user: "support@shop.example".to_owned(),
        password: "geheim".to_owned(),
        folder: "INBOX".to_owned(),
        timeout: Duration::from_secs(20),
    }
}

async fn open(server: &Server) -> Result<Mailbox, Problem> {
    Mailbox::open(&loopback(), &certificates().authorities(), server).await
}

#[tokio::test]
async fn unseen_mail_is_fetched_in_each_way_and_marked_when_the_caller_says_so() {
    let dovecot = dovecot();
    for (port, security) in [
        (dovecot.plain, Security::None),
        (dovecot.plain, Security::StartTls),
        (dovecot.tls, Security::Tls),
    ] {
        let (one, two) = (format!("1.{security:?}"), format!("2.{security:?}"));
        dovecot.deliver(
            &one,
            "From: Ünal <unal@kunde.example>\nMessage-ID: <1@kunde.example>\nSubject: Hi\n\nHello\n",
        );
        dovecot.deliver(&two, "From: b@kunde.example\n\nSecond\n");
        let server = server(port, security);

        // Nothing is marked by being fetched.
        let mut mailbox = open(&server).await.unwrap();
        let uids = mailbox.unseen(10).await.unwrap();
        assert_eq!(uids.len(), 2, "{security:?}");
        let mail = mailbox.fetch(uids[0]).await.unwrap().unwrap();
        assert!(!mail.is_cut);
        let read = mime::read(&mail.raw).unwrap();
        let mut texts = vec![read.text];
        mailbox.close().await.unwrap();

        let mut mailbox = open(&server).await.unwrap();
        assert_eq!(mailbox.unseen(1).await.unwrap(), &uids[..1]);
        assert_eq!(mailbox.unseen(10).await.unwrap(), uids);
        let mail = mailbox.fetch(uids[1]).await.unwrap().unwrap();
        texts.push(mime::read(&mail.raw).unwrap().text);
        texts.sort();
        assert_eq!(texts, ["Hello", "Second"]);
        mailbox.mark_seen(&uids[..1]).await.unwrap();
        assert_eq!(mailbox.unseen(10).await.unwrap(), &uids[1..]);
        mailbox.mark_seen(&uids).await.unwrap();
        mailbox.mark_seen(&[]).await.unwrap();
        assert!(mailbox.unseen(10).await.unwrap().is_empty());
        assert_eq!(mailbox.fetch(4_000_000).await.unwrap(), None);
        mailbox.close().await.unwrap();
        let seen = dovecot.seen();
        assert!(seen.contains(&one) && seen.contains(&two), "{seen:?}");
    }
}

#[tokio::test]
async fn a_mail_that_the_server_cannot_give_is_a_problem() {
    let dovecot = dovecot();
    dovecot.deliver("1", "From: a@kunde.example\n\nHello\n");
    dovecot.lock("1");
    let mut mailbox = open(&server(dovecot.tls, Security::Tls)).await.unwrap();
    let uids = mailbox.unseen(10).await.unwrap();
    assert_eq!(uids.len(), 1);
    // This server hangs up over it, or does not find it any more; others say no.
    let fetched = mailbox.fetch(uids[0]).await;
    assert!(!matches!(fetched, Ok(Some(_))));
    let mut mailbox = open(&server(dovecot.tls, Security::Tls)).await.unwrap();
    let refused = mailbox.mark_seen(&[0]).await.unwrap_err();
    assert!(matches!(&refused, Problem::Rejected(_)), "{refused}");
}

#[tokio::test]
async fn refusals_are_told_apart() {
    let dovecot = dovecot();
    let mut wrong = server(dovecot.tls, Security::Tls);
    wrong.password = "falsch".to_owned();
    let refused = open(&wrong).await.map(|_| ()).unwrap_err();
    assert!(matches!(&refused, Problem::Login(_)), "{refused}");
    assert!(!refused.to_string().contains("falsch"));
    let mut nowhere = server(dovecot.tls, Security::Tls);
    nowhere.folder = "Nowhere".to_owned();
    let refused = open(&nowhere).await.map(|_| ()).unwrap_err();
    assert!(matches!(&refused, Problem::Rejected(_)), "{refused}");
    let mut evil = server(dovecot.tls, Security::Tls);
    evil.password = "x\r\na2 DELETE INBOX".to_owned();
    let refused = open(&evil).await.map(|_| ()).unwrap_err();
    assert!(matches!(&refused, Problem::Login(_)), "{refused}");
    let server = server(dovecot.tls, Security::Tls);
    let nobody = Authorities::of(Vec::new());
    let strange = Mailbox::open(&loopback(), &nobody, &server).await;
    let refused = strange.map(|_| ()).unwrap_err();
    assert!(
        matches!(&refused, Problem::Unreachable(text) if text.contains("certificate")),
        "{refused}"
    );
    let strict = Targets::new(Vec::new());
    let strict = Mailbox::open(&strict, &certificates().authorities(), &server).await;
    let refused = strict.map(|_| ()).unwrap_err();
    assert_eq!(
        refused,
        Problem::Refused(Refusal::Private("localhost".to_owned()))
    );
}

#[tokio::test]
async fn a_server_that_is_silent_gone_or_no_imap_is_given_up() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut server = server(silent.local_addr().unwrap().port(), Security::None);
    server.timeout = Duration::from_millis(200);
    let late = open(&server).await.map(|_| ()).unwrap_err();
    assert_eq!(late, Problem::TimedOut);
    drop(silent);
    let gone = open(&server).await.map(|_| ()).unwrap_err();
    assert!(matches!(gone, Problem::Unreachable(_)), "{gone}");
    let web = TcpListener::bind("127.0.0.1:0").unwrap();
    server.port = web.local_addr().unwrap().port();
    server.timeout = Duration::from_secs(20);
    let answering = thread::spawn(move || {
        let (mut stream, _) = web.accept().unwrap();
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    let odd = open(&server).await.map(|_| ()).unwrap_err();
    assert!(matches!(odd, Problem::Unreachable(_)), "{odd}");
    answering.join().unwrap();
}

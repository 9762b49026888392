//! What holds of a mailbox by either protocol, with a real Dovecot.

use std::{io::Write, net::TcpListener, path::PathBuf, thread, time::Duration};

use tempfile::TempDir;

use super::{Fate, Mailbox, Mailboxes, Problem, Protocol, Server, dovecot::Dovecot};
use crate::adapters::{
    breaker::Patience,
    certificates::certificates,
    mime,
    outgoing::Outgoing,
    targets::{Refusal, Targets},
    tls::{Authorities, Security},
};

const BOTH: [Protocol; 2] = [Protocol::Imap, Protocol::Pop3];

pub fn dovecot() -> Dovecot {
    Dovecot::start(&certificates().chain(), &certificates().key())
}

pub fn server(protocol: Protocol, port: u16, security: Security) -> Server {
    Server {
        protocol,
        host: "localhost".to_owned(),
        port,
        security,
        user: "support@shop.example".to_owned(),
        password: "geheim".to_owned(),
        folder: "INBOX".to_owned(),
        timeout: Duration::from_secs(20),
    }
}

/// The server of Dovecot's over TLS.
pub fn secured(dovecot: &Dovecot, protocol: Protocol) -> Server {
    let port = match protocol {
        Protocol::Imap => dovecot.imaps,
        Protocol::Pop3 => dovecot.pop3s,
    };
    server(protocol, port, Security::Tls)
}

/// What opens mailboxes, and the folder of its memory.
pub struct Opens {
    folder: TempDir,
    mailboxes: Mailboxes,
}

impl Opens {
    pub fn new() -> Self {
        Self::with(
            Targets::new(vec!["127.0.0.0/8".parse().unwrap()]),
            certificates().authorities(),
            Patience::default(),
        )
    }

    pub fn patient(patience: Patience) -> Self {
        let loopback = Targets::new(vec!["127.0.0.0/8".parse().unwrap()]);
        Self::with(loopback, certificates().authorities(), patience)
    }

    fn with(targets: Targets, authorities: Authorities, patience: Patience) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let outgoing = Outgoing::with(targets, authorities, patience).unwrap();
        let mailboxes = Mailboxes::new(&outgoing, folder.path().join("left"));
        Self { folder, mailboxes }
    }

    pub fn memory(&self) -> PathBuf {
        self.folder.path().join("left")
    }

    pub async fn open(&self, server: &Server) -> Result<Mailbox, Problem> {
        self.mailboxes.open(server).await
    }

    pub async fn refused(&self, server: &Server) -> Problem {
        self.open(server).await.map(|_| ()).unwrap_err()
    }
}

#[tokio::test]
async fn mail_is_fetched_in_each_way_until_the_caller_says_what_became_of_it() {
    for protocol in BOTH {
        let (dovecot, opens) = (dovecot(), Opens::new());
        let (plain, tls) = match protocol {
            Protocol::Imap => (dovecot.imap, dovecot.imaps),
            Protocol::Pop3 => (dovecot.pop3, dovecot.pop3s),
        };
        let ways = [
            (plain, Security::None),
            (plain, Security::StartTls),
            (tls, Security::Tls),
        ];
        let mut names = Vec::new();
        for (port, security) in ways {
            names.extend(["1", "2"].map(|number| format!("{number}.{security:?}")));
            let [.., one, two] = names.as_slice() else {
                unreachable!("two were added")
            };
            dovecot.deliver(one, ONE);
            dovecot.deliver(two, "From: b@kunde.example\n\nSecond\n");
            passed_on(&opens, &server(protocol, port, security)).await;
        }
        names.sort();
        match protocol {
            Protocol::Imap => assert_eq!(dovecot.seen(), names),
            // What is stored elsewhere is deleted.
            Protocol::Pop3 => assert_eq!(dovecot.names().len(), names.len() / 2),
        }
    }
}

const ONE: &str = "From: \u{dc}nal <unal@kunde.example>
Message-ID: <1@kunde.example>
Subject: Hi

Hello
";

/// Two new mails are looked at: one is stored, one is left.
async fn passed_on(opens: &Opens, server: &Server) {
    // Nothing changes by being fetched.
    let mut mailbox = opens.open(server).await.unwrap();
    let uids = mailbox.unseen(10).await.unwrap();
    assert_eq!(uids.len(), 2);
    let mail = mailbox.fetch(&uids[0]).await.unwrap().unwrap();
    assert!(!mail.is_cut);
    let mut texts = vec![mime::read(&mail.raw).unwrap().text];
    mailbox.close().await.unwrap();

    let mut mailbox = opens.open(server).await.unwrap();
    assert_eq!(mailbox.unseen(1).await.unwrap(), &uids[..1]);
    assert_eq!(mailbox.unseen(10).await.unwrap(), uids);
    let mail = mailbox.fetch(&uids[1]).await.unwrap().unwrap();
    texts.push(mime::read(&mail.raw).unwrap().text);
    texts.sort();
    assert_eq!(texts, ["Hello", "Second"]);
    mailbox.done(&uids[0], Fate::Stored).await.unwrap();
    assert_eq!(mailbox.unseen(10).await.unwrap(), &uids[1..]);
    mailbox.done(&uids[1], Fate::Left).await.unwrap();
    assert!(mailbox.unseen(10).await.unwrap().is_empty());
    assert_eq!(mailbox.fetch("4000000").await.unwrap(), None);
    mailbox.close().await.unwrap();

    let mut mailbox = opens.open(server).await.unwrap();
    assert!(mailbox.unseen(10).await.unwrap().is_empty());
    mailbox.close().await.unwrap();
}

#[tokio::test]
async fn a_mail_that_the_server_cannot_give_is_a_problem() {
    let dovecot = dovecot();
    dovecot.deliver("1", "From: a@kunde.example\n\nHello\n");
    dovecot.lock("1");
    let opens = Opens::new();
    for protocol in BOTH {
        let server = secured(&dovecot, protocol);
        let Ok(mut mailbox) = opens.open(&server).await else {
            // One that cannot tell its length is not even listed by POP3.
            continue;
        };
        let uids = mailbox.unseen(10).await.unwrap();
        assert_eq!(uids.len(), 1);
        // This server hangs up over it, or does not find it any more; others say no.
        let fetched = mailbox.fetch(&uids[0]).await;
        assert!(!matches!(fetched, Ok(Some(_))), "{protocol:?}");
    }
    let imap = secured(&dovecot, Protocol::Imap);
    let mut mailbox = opens.open(&imap).await.unwrap();
    let refused = mailbox.done("0", Fate::Stored).await.unwrap_err();
    assert!(matches!(&refused, Problem::Rejected(_)), "{refused}");
    let mut nowhere = imap;
    nowhere.folder = "Nowhere".to_owned();
    let refused = opens.refused(&nowhere).await;
    assert!(matches!(&refused, Problem::Rejected(_)), "{refused}");
}

#[tokio::test]
async fn refusals_are_told_apart() {
    let dovecot = dovecot();
    for protocol in BOTH {
        let opens = Opens::new();
        for password in ["falsch", "x\r\na2 DELETE INBOX"] {
            let mut wrong = secured(&dovecot, protocol);
            password.clone_into(&mut wrong.password);
            let refused = opens.refused(&wrong).await;
            assert!(matches!(&refused, Problem::Login(_)), "{refused}");
            assert!(!refused.to_string().contains(password));
        }
        let server = secured(&dovecot, protocol);
        let loopback = Targets::new(vec!["127.0.0.0/8".parse().unwrap()]);
        let nobody = Authorities::of(Vec::new());
        let strange = Opens::with(loopback, nobody.clone(), Patience::default());
        let refused = strange.refused(&server).await;
        assert!(
            matches!(&refused, Problem::Unreachable(text) if text.contains("certificate")),
            "{refused}"
        );
        let strict = Opens::with(Targets::new(Vec::new()), nobody, Patience::default());
        let private = Problem::Refused(Refusal::Private("localhost".to_owned()));
        assert_eq!(strict.refused(&server).await, private);
    }
}

#[tokio::test]
async fn a_server_that_is_silent_gone_or_no_mail_server_is_given_up() {
    for protocol in BOTH {
        let opens = Opens::new();
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = silent.local_addr().unwrap().port();
        let mut server = server(protocol, port, Security::None);
        server.timeout = Duration::from_millis(200);
        assert_eq!(opens.refused(&server).await, Problem::TimedOut);
        drop(silent);
        let gone = opens.refused(&server).await;
        assert!(matches!(gone, Problem::Unreachable(_)), "{gone}");
        let web = TcpListener::bind("127.0.0.1:0").unwrap();
        server.port = web.local_addr().unwrap().port();
        server.timeout = Duration::from_secs(20);
        let tries = 1 + Patience::default().retries;
        let answering = thread::spawn(move || {
            for _ in 0..tries {
                let (mut stream, _) = web.accept().unwrap();
                let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
            }
        });
        let odd = opens.refused(&server).await;
        assert!(matches!(odd, Problem::Unreachable(_)), "{odd}");
        answering.join().unwrap();
    }
}

#[tokio::test]
async fn a_server_that_fails_is_left_alone_and_one_that_says_no_is_not() {
    let dovecot = dovecot();
    for protocol in BOTH {
        let opens = Opens::patient(Patience {
            retries: 0,
            failures_max: 2,
            pause: Duration::from_secs(600),
            ..Patience::default()
        });
        let mut wrong = secured(&dovecot, protocol);
        wrong.password = "falsch".to_owned();
        for _ in 0..3 {
            let refused = opens.refused(&wrong).await;
            assert!(matches!(refused, Problem::Login(_)), "{refused}");
        }
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = silent.local_addr().unwrap().port();
        let mut server = server(protocol, port, Security::None);
        server.timeout = Duration::from_millis(200);
        for _ in 0..2 {
            assert_eq!(opens.refused(&server).await, Problem::TimedOut);
        }
        let refused = opens.refused(&server).await;
        assert!(matches!(refused, Problem::Down(_)), "{refused}");
        let well = opens.open(&secured(&dovecot, protocol)).await.unwrap();
        well.close().await.unwrap();
    }
}

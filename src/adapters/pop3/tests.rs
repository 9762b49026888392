//! What is POP3's own: its lines, its lack of marks, and servers that are old, slow or busy.

use std::{
    fmt::Write as _,
    io::{BufRead, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use crate::adapters::{
    breaker::Patience,
    mailbox::{
        Fate, Problem, Protocol, Server,
        tests::{Opens, dovecot, secured, server},
    },
    tls::Security,
};

/// What the scripted server answers to a line; `None` for what a good server answers.
type Answer = fn(&str) -> Option<&'static str>;

/// A server with two mails that does as it is told. Its threads end with their connections.
struct Scripted {
    port: u16,
    lines: Arc<Mutex<Vec<String>>>,
}

impl Scripted {
    fn start(answer: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let lines = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&lines);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let kept = Arc::clone(&kept);
                thread::spawn(move || talk(&stream, answer, &kept));
            }
        });
        Self { port, lines }
    }

    fn server(&self) -> Server {
        server(Protocol::Pop3, self.port, Security::None)
    }

    fn heard(&self, start: &str) -> usize {
        let lines = self.lines.lock().unwrap();
        lines.iter().filter(|line| line.starts_with(start)).count()
    }
}

fn talk(mut stream: &TcpStream, answer: Answer, kept: &Mutex<Vec<String>>) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let mut line = "connected".to_owned();
    loop {
        kept.lock().unwrap().push(line.clone());
        let good = match line.split_whitespace().next().unwrap_or_default() {
            "CAPA" => "+OK\r\nTOP\r\nSASL CRAM-MD5 PLAIN\r\n.\r\n",
            "AUTH" => "+ \r\n",
            "UIDL" => "+OK\r\n1 a\r\n2 b\r\n.\r\n",
            "RETR" => "+OK\r\nFrom: a@b.example\r\n\r\nHi\r\n.\r\n",
            _ => "+OK\r\n",
        };
        let said = answer(&line).unwrap_or(good);
        stream.write_all(said.as_bytes()).ok()?;
        line.clear();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        line.truncate(line.trim_end().len());
    }
}

/// One mail of Dovecot's, fetched.
async fn fetched(opens: &Opens, server: &Server) -> (Vec<u8>, bool) {
    let mut mailbox = opens.open(server).await.unwrap();
    let uids = mailbox.unseen(1).await.unwrap();
    let mail = mailbox.fetch(&uids[0]).await.unwrap().unwrap();
    mailbox.close().await.unwrap();
    (mail.raw, mail.is_cut)
}

#[tokio::test]
async fn lines_come_as_they_were_written() {
    let (dovecot, opens) = (dovecot(), Opens::new());
    let mut mail = "From: a@b.example\n\n.\n..\n.a\n...\n \u{fc}\n".to_owned();
    // Longer than what is read in one piece, and beginning a new piece with a dot.
    let _ = writeln!(mail, "{}{}", "x".repeat(16 << 10), ".".repeat(40_000));
    mail.push_str(".\n");
    dovecot.deliver("1", &mail);
    let (raw, is_cut) = fetched(&opens, &secured(&dovecot, Protocol::Pop3)).await;
    assert_eq!(String::from_utf8(raw).unwrap(), mail.replace('\n', "\r\n"));
    assert!(!is_cut);
}

#[tokio::test]
async fn of_a_huge_mail_the_end_is_left_out_and_the_next_one_is_fetched() {
    const MAX: usize = 25 << 20;
    let (dovecot, opens) = (dovecot(), Opens::new());
    let line = format!("{}\n", "x".repeat(998));
    let huge = format!("From: a@b.example\n\n{}", line.repeat(27_000));
    dovecot.deliver("1", &huge);
    dovecot.deliver("2", "From: b@b.example\n\nSecond\n");
    let server = secured(&dovecot, Protocol::Pop3);
    let mut mailbox = opens.open(&server).await.unwrap();
    let mut sizes = Vec::new();
    for uid in mailbox.unseen(10).await.unwrap() {
        let mail = mailbox.fetch(&uid).await.unwrap().unwrap();
        sizes.push((mail.raw.len(), mail.is_cut));
    }
    sizes.sort_unstable();
    assert_eq!(sizes, [(29, false), (MAX, true)]);
}

#[tokio::test]
async fn what_a_broken_talk_was_to_delete_comes_again() {
    let (dovecot, opens) = (dovecot(), Opens::new());
    dovecot.deliver("1", "From: a@b.example\n\nHello\n");
    let server = secured(&dovecot, Protocol::Pop3);
    let mut mailbox = opens.open(&server).await.unwrap();
    let uids = mailbox.unseen(10).await.unwrap();
    mailbox.done(&uids[0], Fate::Stored).await.unwrap();
    drop(mailbox);
    let mailbox = opens.open(&server).await.unwrap().unseen(10).await;
    assert_eq!(mailbox.unwrap(), uids);
}

#[tokio::test]
async fn what_is_left_is_remembered_as_long_as_it_is_there() {
    let peer = Scripted::start(|_| None);
    let (opens, mut server) = (Opens::new(), peer.server());
    let unseen = async |server: &Server| {
        let mut mailbox = opens.open(server).await.unwrap();
        mailbox.unseen(10).await.unwrap()
    };
    let mut mailbox = opens.open(&server).await.unwrap();
    mailbox.done("a", Fate::Left).await.unwrap();
    mailbox.close().await.unwrap();
    assert_eq!(unseen(&server).await, ["b"]);
    assert_eq!(peer.heard("DELE"), 0);
    let remembered = std::fs::read_to_string(opens.memory()).unwrap();
    assert!(remembered.ends_with("\na\n"), "{remembered}");
    assert!(!remembered.contains("support@shop.example"));
    // Another mailbox's mails go by the same names, and this one's are forgotten.
    server.user = "help@shop.example".to_owned();
    assert_eq!(unseen(&server).await, ["a", "b"]);
    // Without a memory everything is looked at again.
    std::fs::remove_file(opens.memory()).unwrap();
    std::fs::create_dir(opens.memory()).unwrap();
    let mut mailbox = opens.open(&server).await.unwrap();
    mailbox.done("a", Fate::Left).await.unwrap();
    assert_eq!(mailbox.unseen(10).await.unwrap(), ["b"]);
}

#[tokio::test]
async fn a_mail_that_stalls_is_given_up_and_counts_as_a_failure() {
    let peer = Scripted::start(|line| {
        let half = "+OK\r\nFrom: a@b.example\r\n\r\nHi\r\n";
        line.starts_with("RETR").then_some(half)
    });
    let opens = Opens::patient(Patience {
        failures_max: 1,
        pause: Duration::from_secs(600),
        ..Patience::default()
    });
    let mut server = peer.server();
    server.timeout = Duration::from_millis(200);
    let mut mailbox = opens.open(&server).await.unwrap();
    let stalled = mailbox.fetch("a").await.unwrap_err();
    assert_eq!(stalled, Problem::TimedOut);
    assert!(matches!(opens.refused(&server).await, Problem::Down(_)));
    assert_eq!(peer.heard("connected"), 1);
}

#[tokio::test]
async fn logins_are_made_as_the_server_can() {
    // AUTH carries any password; the words stand for the server's question and our answer.
    let peer = Scripted::start(|_| None);
    let mut server = peer.server();
    server.password = "g\u{e9}heim ".to_owned();
    Opens::new().open(&server).await.unwrap();
    assert_eq!((peer.heard("AUTH PLAIN"), peer.heard("USER")), (1, 0));
    let old = Scripted::start(|line| (line == "CAPA").then_some("-ERR what?\r\n"));
    Opens::new().open(&old.server()).await.unwrap();
    let user = old.heard("USER support@shop.example");
    assert_eq!(
        (old.heard("AUTH"), user, old.heard("PASS geheim")),
        (0, 1, 1)
    );
    let busy = Scripted::start(|line| {
        let told = "-ERR [IN-USE] somebody else is here\r\n";
        line.starts_with("AUTH").then_some(told)
    });
    let refused = Opens::new().refused(&busy.server()).await;
    assert!(
        matches!(&refused, Problem::Rejected(why) if why.contains("somebody")),
        "{refused}"
    );
    assert_eq!(busy.heard("connected"), 1, "who says no is not asked again");
}

#[tokio::test]
async fn stls_is_never_given_up_for_clear_text() {
    let peer = Scripted::start(|line| (line == "STLS").then_some("-ERR no TLS\r\n"));
    let server = Server {
        security: Security::StartTls,
        ..peer.server()
    };
    let refused = Opens::new().refused(&server).await;
    assert!(matches!(refused, Problem::Rejected(_)), "{refused}");
    assert_eq!(peer.heard("AUTH") + peer.heard("USER"), 0);
}

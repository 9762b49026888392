//! For tests: a scripted mail server in this process, and aiosmtpd as a child.

use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    process::{Child, ChildStdout, Command, Stdio},
    sync::{Arc, Mutex},
    thread,
};

use serde_json::Value;

use crate::adapters::certificates::certificates;

/// What the scripted server answers to a line; `None` for what a good server answers.
type Answer = dyn Fn(&str) -> Option<&'static str> + Send + Sync;

/// A mail server that does as it is told. Its threads end with their connections.
pub struct Scripted {
    pub port: u16,
    /// All lines that came, of all connections; bodies too.
    lines: Arc<Mutex<Vec<String>>>,
}

impl Scripted {
    pub fn start(answer: impl Fn(&str) -> Option<&'static str> + Send + Sync + 'static) -> Self {
        let answer: Arc<Answer> = Arc::new(answer);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let lines = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&lines);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (answer, kept) = (Arc::clone(&answer), Arc::clone(&kept));
                thread::spawn(move || talk(&stream, &*answer, &kept));
            }
        });
        Self { port, lines }
    }

    /// The lines that begin so.
    pub fn heard(&self, start: &str) -> Vec<String> {
        let lines = self.lines.lock().unwrap();
        let heard = lines.iter().filter(|line| line.starts_with(start));
        heard.cloned().collect()
    }
}

fn talk(mut stream: &TcpStream, answer: &Answer, kept: &Mutex<Vec<String>>) -> Option<()> {
    let mut reader = BufReader::new(stream);
    // `None` ends the talk.
    let mut say = |text: &str| match text {
        "hang up" => None,
        "silence" => Some(()),
        _ => stream.write_all(format!("{text}\r\n").as_bytes()).ok(),
    };
    kept.lock().unwrap().push("connected".to_owned());
    say(answer("connected").unwrap_or("220 peer.example ESMTP"))?;
    let mut in_body = false;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim_end().to_owned();
        kept.lock().unwrap().push(line.clone());
        let good = match line.split_whitespace().next().unwrap_or_default() {
            "." if in_body => {
                in_body = false;
                "250 2.0.0 queued"
            }
            _ if in_body => continue,
            "EHLO" => "250-peer.example\r\n250 8BITMIME",
            "DATA" => "354 go on",
            "QUIT" => "221 bye",
            _ => "250 fine",
        };
        let said = answer(&line).unwrap_or(good);
        in_body = in_body || said.starts_with("354");
        say(said)?;
    }
}

/// aiosmtpd, which ends when this is dropped.
pub struct Aiosmtpd {
    pub port: u16,
    child: Child,
    out: BufReader<ChildStdout>,
}

impl Aiosmtpd {
    pub fn start(mode: &str) -> Self {
        // Debian's own Python, for which the package is.
        let mut child = Command::new("/usr/bin/python3")
            .args(["-W", "ignore", "-c", include_str!("peer.py"), mode])
            .args([certificates().chain(), certificates().key()])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let port = line.trim().parse();
        let port = port.expect("aiosmtpd starts (package python3-aiosmtpd)");
        Self { port, child, out }
    }

    /// The next mail that came.
    pub fn mail(&mut self) -> Value {
        let mut line = String::new();
        self.out.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }
}

impl Drop for Aiosmtpd {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

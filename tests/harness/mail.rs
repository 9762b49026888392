//! A mail server: a real one, that keeps what it took for the test to look at.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use serde_json::Value;

use super::eventually;

/// The mail server; it ends when dropped.
pub struct MailServer {
    /// Its port on 127.0.0.1.
    pub port: u16,
    child: Child,
    mails: Arc<Mutex<Vec<Value>>>,
    reader: Option<JoinHandle<()>>,
}

impl MailServer {
    /// Starts on a free port.
    pub fn start() -> Self {
        Self::start_on(0)
    }

    /// Starts on this port; 0 for a free one.
    pub fn start_on(port: u16) -> Self {
        // Debian's own Python, for which the package is.
        let mut child = Command::new("/usr/bin/python3")
            .args([
                "-W",
                "ignore",
                "-c",
                include_str!("mail.py"),
                &port.to_string(),
            ])
            .stdout(Stdio::piped())
            .spawn()
            .expect("/usr/bin/python3 runs");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let port = lines.next().and_then(Result::ok);
        let port = port.and_then(|line| line.parse().ok());
        let port = port.expect("aiosmtpd starts (package python3-aiosmtpd)");
        let mails = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&mails);
        let reader = std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let mail = serde_json::from_str(&line).expect("a line of JSON");
                kept.lock().expect("no panic").push(mail);
            }
        });
        Self {
            port,
            child,
            mails,
            reader: Some(reader),
        }
    }

    /// The mails it took: headers in lower case, `receivers`, `html` and `plain`.
    pub fn mails(&self) -> Vec<Value> {
        self.mails.lock().expect("no panic").clone()
    }

    /// Ends it, as the kernel would, and answers all that it took.
    pub fn end(&mut self) -> Vec<Value> {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if let Some(reader) = self.reader.take() {
            reader.join().expect("no panic");
        }
        std::mem::take(&mut *self.mails.lock().expect("no panic"))
    }

    /// Waits until it took so many, and answers them.
    pub async fn wait(&self, count: usize) -> Vec<Value> {
        let what = format!("{count} mails came");
        eventually(&what, || async { self.mails().len() >= count }).await;
        self.mails()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

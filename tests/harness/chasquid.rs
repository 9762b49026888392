//! A mail server as companies run one: it takes mail over TLS, from those who log in, and puts it into
//! mailboxes. Debian's chasquid, without rights, on free ports and in a temporary folder.

use std::{
    fs,
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use super::{Certificates, eventually};

/// Who may log in, with the password [`Chasquid::PASSWORD`].
const SENDER: &str = "help@shop.example";
/// Who has a mailbox.
const RECEIVER: &str = "john@shop.example";
/// How long it may take to listen.
const PATIENCE: Duration = Duration::from_secs(20);

/// The mail server; it ends when dropped.
pub struct Chasquid {
    /// Where TLS begins after a greeting in clear.
    pub starttls: u16,
    /// Where TLS begins at once.
    pub tls: u16,
    folder: TempDir,
    child: Child,
}

impl Chasquid {
    /// The password of the sender.
    pub const PASSWORD: &str = "geheim-123";

    /// Starts it with this certificate for localhost.
    pub fn start(certificates: &Certificates) -> Self {
        // Somebody else may take a free port between the choice and the start.
        (0..5)
            .find_map(|_| Self::try_start(certificates))
            .expect("chasquid listens (package chasquid)")
    }

    fn try_start(certificates: &Certificates) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let free = [(); 3].map(|()| TcpListener::bind("127.0.0.1:0").expect("a free port"));
        let [smtp, starttls, tls] =
            free.map(|listener| listener.local_addr().expect("it is bound").port());
        let path = |name: &str| folder.path().join(name);
        for name in [
            "certs/localhost",
            "domains/shop.example",
            "data",
            "coming",
            "mailboxes/john",
        ] {
            fs::create_dir_all(path(name)).expect("a folder of its own");
        }
        let mut configuration = include_str!("chasquid.conf").to_owned();
        for (name, value) in [
            ("@FOLDER@", folder.path().display().to_string()),
            ("@SMTP@", smtp.to_string()),
            ("@STARTTLS@", starttls.to_string()),
            ("@TLS@", tls.to_string()),
        ] {
            configuration = configuration.replace(name, &value);
        }
        fs::write(path("chasquid.conf"), configuration).expect("it can be written");
        for (from, to) in [
            (certificates.chain(), "certs/localhost/fullchain.pem"),
            (certificates.key(), "certs/localhost/privkey.pem"),
        ] {
            fs::copy(from, path(to)).expect("it can be copied");
        }
        for user in [SENDER, RECEIVER] {
            add(folder.path(), user);
        }
        let child = Command::new("/usr/bin/chasquid")
            .arg(format!("-config_dir={}", folder.path().display()))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("chasquid runs (package chasquid)");
        let mut server = Self {
            starttls,
            tls,
            folder,
            child,
        };
        server.listens().then_some(server)
    }

    fn listens(&mut self) -> bool {
        let started = Instant::now();
        let ports = [self.starttls, self.tls];
        while started.elapsed() < PATIENCE && matches!(self.child.try_wait(), Ok(None)) {
            if ports.map(|port| TcpStream::connect(("127.0.0.1", port)).is_ok()) == [true; 2] {
                return true;
            }
            // There is nothing to wait on: it does not tell when it listens.
            thread::sleep(Duration::from_millis(20));
        }
        false
    }

    /// The mails in John's mailbox, as they lie there.
    pub fn mails(&self) -> Vec<String> {
        let mailbox = fs::read_dir(self.folder.path().join("mailboxes/john"));
        let mails = mailbox.expect("a mailbox").map(|entry| {
            let path = entry.expect("a mail").path();
            fs::read_to_string(path).expect("a mail of plain text")
        });
        mails.collect()
    }

    /// Waits until so many have come, and answers them.
    pub async fn wait(&self, count: usize) -> Vec<String> {
        let what = format!("{count} mails came");
        eventually(&what, || async { self.mails().len() >= count }).await;
        self.mails()
    }
}

/// Gives somebody a password.
fn add(folder: &Path, user: &str) {
    let added = Command::new("/usr/bin/chasquid-util")
        .arg(format!("-C={}", folder.display()))
        .args(["user-add", user])
        .arg(format!("--password={}", Chasquid::PASSWORD))
        .output()
        .expect("chasquid-util runs (package chasquid)");
    let said = String::from_utf8_lossy(&added.stderr).into_owned();
    assert!(added.status.success(), "{said}");
}

impl Drop for Chasquid {
    fn drop(&mut self) {
        // Both fail only where it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

//! A NATS server of a test's own: started late, killed, started again, its storage wiped.

use std::{
    fs,
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

/// A server with JetStream on a port of its own; killed when dropped.
pub struct NatsServer {
    program: PathBuf,
    folder: TempDir,
    port: u16,
    settings: String,
    child: Option<Child>,
}

impl NatsServer {
    /// A server that is not started yet, with a free port that it will have.
    pub fn planned(program: PathBuf) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        Self {
            program,
            folder: tempfile::tempdir().expect("a temporary directory"),
            port: listener.local_addr().expect("it is bound").port(),
            settings: String::new(),
            child: None,
        }
    }

    /// Gives it settings in the server's own language.
    pub fn with(mut self, settings: &str) -> Self {
        self.set(settings);
        self
    }

    /// Gives it other settings, with which it will be started the next time.
    pub fn set(&mut self, settings: &str) {
        settings.clone_into(&mut self.settings);
    }

    /// A running server.
    pub fn started(program: PathBuf) -> Self {
        let mut server = Self::planned(program);
        server.start();
        server
    }

    /// Starts it, and waits until it listens.
    pub fn start(&mut self) {
        let settings = self.folder.path().join("nats.conf");
        fs::write(&settings, &self.settings).expect("the settings can be written");
        let child = Command::new(&self.program)
            .arg("--config")
            .arg(settings)
            .args(["--addr", "127.0.0.1", "--port", &self.port.to_string()])
            .args(["--jetstream", "--store_dir"])
            .arg(self.store())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .stdin(Stdio::null())
            .spawn();
        self.child = Some(child.expect("nats-server can be started"));
        let deadline = Instant::now() + Duration::from_secs(30);
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(Instant::now() < deadline, "nats-server does not listen");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Kills it, as the kernel would.
    pub fn kill9(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("the child can be killed");
            child.wait().expect("the child can be waited for");
        }
    }

    /// Removes everything that the killed server has stored.
    pub fn wipe(&self) {
        fs::remove_dir_all(self.store()).expect("its storage can be removed");
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    fn store(&self) -> PathBuf {
        self.folder.path().join("store")
    }
}

impl Drop for NatsServer {
    fn drop(&mut self) {
        self.kill9();
    }
}

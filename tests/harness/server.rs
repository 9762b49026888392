//! The program under test as a child process: started, stopped, killed and started again.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::database::Database;

/// How long a start or an orderly stop may take, on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// Where the read models live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// In the data directory.
    Sqlite,
    /// In a database of the test's own on the server that `HAVEFUNNELS_TEST_POSTGRES` names.
    Postgres,
}

/// What a program is started with.
pub struct Setup {
    engine: Engine,
    environment: Vec<(String, String)>,
    config: Option<String>,
}

impl Setup {
    /// An empty data directory and the default configuration.
    pub fn on(engine: Engine) -> Self {
        Self {
            engine,
            environment: Vec::new(),
            config: None,
        }
    }

    /// Adds an environment variable.
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Gives a configuration file with this text.
    pub fn config(mut self, toml: &str) -> Self {
        self.config = Some(toml.to_owned());
        self
    }

    /// Starts the program and waits until it listens.
    pub async fn start(self) -> Server {
        let home = tempfile::tempdir().expect("a temporary directory");
        let database = match self.engine {
            Engine::Sqlite => None,
            Engine::Postgres => Some(Database::create().await),
        };
        let running = Running::start(&self, home.path(), database.as_ref());
        let token_file = home.path().join("data/admin-token");
        let token =
            std::fs::read_to_string(&token_file).expect("the first start writes admin-token");
        Server {
            token: token.trim().to_owned(),
            client: http_client(),
            running,
            setup: self,
            home,
            database,
        }
    }
}

/// A client that neither follows redirects nor waits for ever.
#[expect(
    clippy::disallowed_methods,
    reason = "the tests are clients, and this is where theirs is built"
)]
fn http_client() -> reqwest::Client {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(PATIENCE)
        .build()
        .expect("a plain HTTP client")
}

/// A running program with its data. Dropped, it is killed and everything it wrote is removed.
pub struct Server {
    /// The first admin's token.
    pub token: String,
    pub(super) client: reqwest::Client,
    running: Running,
    setup: Setup,
    home: TempDir,
    // Held so that the database is dropped with the server, after the process has ended.
    database: Option<Database>,
}

impl Server {
    /// Starts with an empty data directory and the default configuration.
    pub async fn start(engine: Engine) -> Self {
        Setup::on(engine).start().await
    }

    /// The base of its URLs, such as `http://127.0.0.1:4321`.
    pub fn address(&self) -> &str {
        &self.running.address
    }

    /// Its data directory.
    pub fn data_dir(&self) -> PathBuf {
        self.home.path().join("data")
    }

    /// Asks it to stop and waits for it; answers all that it wrote to standard output.
    pub fn stop(&mut self) -> String {
        let pid = self.running.child.id().to_string();
        let sent = Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .expect("kill runs");
        assert!(sent.success(), "the program ended before it was asked to");
        let status = self.running.wait();
        assert!(status.success(), "an orderly stop ended with {status}");
        self.running.finish_output()
    }

    /// Kills it, as the kernel would.
    pub fn kill9(&mut self) {
        self.running.child.kill().expect("the child can be killed");
        self.running.wait();
    }

    /// Starts it again on the same data after [`Server::stop`] or [`Server::kill9`].
    pub fn start_again(&mut self) {
        self.running = Running::start(&self.setup, self.home.path(), self.database.as_ref());
    }

    /// Stops it in order and starts it again.
    pub fn restart(&mut self) {
        self.stop();
        self.start_again();
    }

    /// Runs the program once more on the same data, with other arguments, to its end.
    pub fn run(&self, arguments: &[&str]) -> std::process::Output {
        let mut command = program(&self.setup, self.home.path());
        command
            .args(arguments)
            .output()
            .expect("the program can be run")
    }
}

/// The program with the setup's environment and no other setting of the developer's own.
fn program(setup: &Setup, home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_havefunnels"));
    #[expect(
        clippy::disallowed_methods,
        reason = "only to hide the developer's settings from the child"
    )]
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("HAVEFUNNELS_")) {
        command.env_remove(name);
    }
    command.envs(setup.environment.iter().map(|(name, value)| (name, value)));
    command.current_dir(home).stdin(Stdio::null());
    command
}

/// The child process and what it said.
struct Running {
    child: Child,
    address: String,
    output: Arc<Mutex<String>>,
    log: Arc<Mutex<String>>,
    readers: Vec<JoinHandle<()>>,
}

impl Running {
    fn start(setup: &Setup, home: &Path, database: Option<&Database>) -> Self {
        let mut command = program(setup, home);
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(home.join("data"));
        if let Some(database) = database {
            command.args(["--database", &database.url]);
        }
        if let Some(config) = &setup.config {
            let file = home.join("havefunnels.toml");
            std::fs::write(&file, config).expect("the configuration can be written");
            command.arg("--config").arg(file);
        }
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program can be started");
        let (output, output_reader, ready) = collect(child.stdout.take().expect("piped"));
        let (log, log_reader, _) = collect(child.stderr.take().expect("piped"));
        let mut running = Self {
            child,
            address: String::new(),
            output,
            log,
            readers: vec![output_reader, log_reader],
        };
        running.address = running.wait_until_listening(&ready);
        running
    }

    /// The address in the line `listening on http://…`.
    fn wait_until_listening(&mut self, lines: &Receiver<String>) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(line) => {
                    if let Some(address) = line.strip_prefix("listening on ") {
                        return address.trim().to_owned();
                    }
                }
                Err(RecvTimeoutError::Timeout) => {
                    panic!("the program does not listen after {PATIENCE:?}")
                }
                Err(RecvTimeoutError::Disconnected) => {
                    panic!("the program ended with {} before it listened", self.wait());
                }
            }
        }
    }

    fn wait(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().expect("the child can be waited for") {
                return status;
            }
            assert!(
                Instant::now() < deadline,
                "the program does not end after {PATIENCE:?}"
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn finish_output(&mut self) -> String {
        for reader in self.readers.drain(..) {
            reader.join().expect("reading the output does not panic");
        }
        self.output.lock().expect("no reader panicked").clone()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail only where the process has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            self.finish_output();
            eprintln!(
                "--- the program's log ---\n{}",
                self.log.lock().expect("no reader panicked")
            );
        }
    }
}

/// Collects a stream in the background, and hands on its lines as they come.
fn collect(
    stream: impl Read + Send + 'static,
) -> (Arc<Mutex<String>>, JoinHandle<()>, Receiver<String>) {
    let text = Arc::new(Mutex::new(String::new()));
    let (sender, lines) = channel();
    let collected = Arc::clone(&text);
    let reader = std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            let mut collected = collected.lock().expect("no reader panicked");
            collected.push_str(&line);
            collected.push('\n');
            // Nobody listens once the program is ready.
            let _ = sender.send(line);
        }
    });
    (text, reader, lines)
}

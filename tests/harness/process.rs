//! The program under test as a child process, and what it says.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::database::Database;
use super::server::Setup;

/// How long a start or an orderly stop may take, on a busy machine.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// The program with the setup's environment and no other setting of the developer's own.
pub fn program(setup: &Setup, home: &Path) -> Command {
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
pub struct Running {
    pub child: Child,
    /// The base of its URLs.
    pub address: String,
    output: Arc<Mutex<String>>,
    log: Arc<Mutex<String>>,
    readers: Vec<JoinHandle<()>>,
}

impl Running {
    /// Starts the program and waits until it listens.
    pub fn start(setup: &Setup, home: &Path, database: Option<&Database>) -> Self {
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

    /// Waits for its end.
    pub fn wait(&mut self) -> ExitStatus {
        wait(&mut self.child)
    }

    /// What its log says so far.
    pub fn log(&self) -> String {
        text(&self.log)
    }

    /// All that it wrote to standard output, once it has ended.
    pub fn finish_output(&mut self) -> String {
        for reader in self.readers.drain(..) {
            reader.join().expect("reading the output does not panic");
        }
        text(&self.output)
    }
}

/// Runs a program to its end.
pub fn run(command: &mut Command) -> Output {
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program can be started");
    let (output, output_reader, _) = collect(child.stdout.take().expect("piped"));
    let (log, log_reader, _) = collect(child.stderr.take().expect("piped"));
    let status = wait(&mut child);
    for reader in [output_reader, log_reader] {
        reader.join().expect("reading the output does not panic");
    }
    Output {
        status,
        stdout: text(&output).into_bytes(),
        stderr: text(&log).into_bytes(),
    }
}

/// Waits for a child's end; fails, and ends it, where that does not come.
fn wait(child: &mut Child) -> ExitStatus {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(status) = child.try_wait().expect("the child can be waited for") {
            return status;
        }
        if Instant::now() > deadline {
            child.kill().expect("the child can be killed");
            panic!("the program does not end after {PATIENCE:?}");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn text(collected: &Mutex<String>) -> String {
    collected.lock().expect("no reader panicked").clone()
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail only where the process has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            self.finish_output();
            eprintln!("--- the program's log ---\n{}", text(&self.log));
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

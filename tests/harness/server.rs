//! The program under test with its data: started, stopped, killed and started again.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use super::database::Database;
use super::process::{PATIENCE, Running, program, run};

/// The configuration that lets the program call this machine, where the tests' peers are.
pub const LOOPBACK: &str = "allow_private_targets = [\"127.0.0.0/8\"]\n";

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
    pub(super) environment: Vec<(String, String)>,
    pub(super) config: Option<String>,
    within: Option<PathBuf>,
}

impl Setup {
    /// An empty data directory and the default configuration.
    pub fn on(engine: Engine) -> Self {
        Self {
            engine,
            environment: Vec::new(),
            config: None,
            within: None,
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

    /// Puts all data below this folder.
    pub fn within(mut self, folder: &Path) -> Self {
        self.within = Some(folder.to_owned());
        self
    }

    /// Starts the program and waits until it listens.
    pub async fn start(self) -> Server {
        let home = match &self.within {
            Some(folder) => tempfile::tempdir_in(folder),
            None => tempfile::tempdir(),
        };
        let home = home.expect("a temporary directory");
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
    pub(super) database: Option<Database>,
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

    /// What its log says so far.
    pub fn log(&self) -> String {
        self.running.log()
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

    /// Stops it in order and starts it again with its clock this many seconds ahead.
    pub fn move_clock(&mut self, seconds: i64) {
        const SHIFT: &str = "HAVEFUNNELS_TEST_CLOCK_SHIFT_SECONDS";
        let environment = &mut self.setup.environment;
        environment.retain(|(name, _)| name != SHIFT);
        environment.push((SHIFT.to_owned(), seconds.to_string()));
        self.restart();
    }

    /// Runs the program once more on the same data, with other arguments, to its end.
    pub fn run(&self, arguments: &[&str]) -> Output {
        run(program(&self.setup, self.home.path()).args(arguments))
    }
}

//! The command line: one file a verb.

mod events;
mod rebuild;
mod serve;
mod service;
mod status;
mod token;
mod verify;
mod webhooks;

use std::{error::Error, io::IsTerminal, path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use toml::Table;

use crate::{
    causes::with_causes,
    config::{self, Config, LogFormat},
    functions::Failure,
};

/// Self-hosted customer-support chat backend on an event log.
#[derive(Debug, Parser)]
#[command(name = "havefunnels", version, arg_required_else_help = true)]
struct Line {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Serve the API until SIGINT or SIGTERM.
    Serve(serve::Arguments),
    /// Print the log's events as JSON, one a line; works beside a running service.
    Events(events::Arguments),
    /// Build the read models anew from the log.
    Rebuild(rebuild::Arguments),
    /// Check the log, the decision state and the read models; exits with 1 where something is wrong.
    Verify(verify::Arguments),
    /// Say where the log and the read models stand; works beside a running service.
    Status(status::Arguments),
    /// Show what webhooks were sent by a running service, and have some sent once more.
    Webhooks(webhooks::Arguments),
    /// Make API tokens for programs that call a running service, list them, and revoke them.
    Token(token::Arguments),
}

/// What every verb needs to find its data.
#[derive(Debug, clap::Args)]
struct Place {
    /// Folder of the event log, the read models, the uploads and the keys [default: ./data].
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// PostgreSQL for the read models, `postgres://user:password@host/database` [default: SQLite
    /// in the data folder].
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// Configuration file; deploy/havefunnels.toml shows every setting.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Place {
    fn options(&self) -> Table {
        let mut options = Table::new();
        if let Some(folder) = &self.data_dir {
            options.insert(
                "data_dir".to_owned(),
                folder.to_string_lossy().into_owned().into(),
            );
        }
        if let Some(url) = &self.database {
            options.insert("database".to_owned(), url.clone().into());
        }
        options
    }

    fn configure(&self, more: Table) -> Result<Config, config::Error> {
        let mut options = self.options();
        options.extend(more);
        Config::load(self.config.as_deref(), config::variables(), options)
    }
}

/// Where NATS is, for the verbs that ask it.
#[derive(Debug, clap::Args)]
struct Fanout {
    /// NATS JetStream servers that every event is relayed to, separated by commas [default: none].
    #[arg(long, value_name = "URLS", value_delimiter = ',')]
    nats: Vec<String>,
}

impl Fanout {
    fn options(self) -> Table {
        let mut options = Table::new();
        if !self.nats.is_empty() {
            options.insert("nats".to_owned(), self.nats.into());
        }
        options
    }
}

type Outcome = Result<ExitCode, Box<dyn Error>>;

/// Parses the command line and runs its verb. Exits with 0 when all is well, 1 when the verb
/// failed, 2 when the line was wrong.
#[must_use]
pub fn run() -> ExitCode {
    let outcome = match Line::parse().verb {
        Verb::Serve(arguments) => arguments.run(),
        Verb::Events(arguments) => arguments.run(),
        Verb::Rebuild(arguments) => arguments.run(),
        Verb::Verify(arguments) => arguments.run(),
        Verb::Status(arguments) => arguments.run(),
        Verb::Webhooks(arguments) => arguments.run(),
        Verb::Token(arguments) => arguments.run(),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("havefunnels: {}", with_causes(error.as_ref()));
        ExitCode::FAILURE
    })
}

/// What of a function's failure is told.
fn failure(failure: Failure) -> Box<dyn Error> {
    match failure {
        Failure::Failed(fault) => fault.into(),
        Failure::Refused(refusal) => refusal.to_string().into(),
    }
}

/// Runs a verb's future on a runtime of its own.
fn block_on<T>(future: impl Future<Output = T>) -> std::io::Result<T> {
    Ok(tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(future))
}

/// Log lines on standard error; `RUST_LOG` chooses, `info` otherwise.
fn start_log_lines(format: LogFormat) {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"))
        // Their finer lines hold the mailbox's password, and tokens.
        .add_directive("async_imap=info".parse().expect("a directive"))
        .add_directive("sqlx=info".parse().expect("a directive"));
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    match format {
        LogFormat::Text => lines
            .with_ansi(std::io::stderr().is_terminal())
            .with_target(false)
            .init(),
        LogFormat::Json => lines.json().init(),
    }
}

/// A bar for long work, on standard error; `template` is indicatif's.
fn bar(template: &str) -> ProgressBar {
    let bar = ProgressBar::new(0);
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

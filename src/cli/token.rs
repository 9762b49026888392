//! `havefunnels token`: API tokens, made, listed and revoked by the running service.

use std::process::ExitCode;

use clap::Subcommand;
use serde_json::{Map, Value};

use super::{Outcome, service::Service};

#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Make a token, and print it this once: the service keeps only a hash of it. It calls in the name of
    /// the first admin, as `Authorization: Bearer <token>` or as the argument `token`.
    Create {
        #[command(flatten)]
        service: Service,
        /// What it is for, such as "Nightly report".
        #[arg(long, value_name = "NAME")]
        name: String,
        /// How far it reaches. `read` reads; `write` does what customers and agents do as well; `admin`
        /// does whatever an admin may, and can make further tokens.
        #[arg(long, value_name = "SCOPE", value_parser = ["read", "write", "admin"])]
        scope: String,
        /// Days until it expires, up to 3650 [default: 365].
        #[arg(long, value_name = "DAYS")]
        expires_in_days: Option<u32>,
    },
    /// Print the tokens, newest first, as JSON, one a line: who made them, what for, and whether they are
    /// valid; never what they are.
    List {
        #[command(flatten)]
        service: Service,
        /// At most so many, up to 1000.
        #[arg(long, value_name = "N", default_value_t = 100)]
        limit: u32,
    },
    /// Revoke a token, for good and at once.
    Revoke {
        #[command(flatten)]
        service: Service,
        /// Its number, as `list` and `create` print it.
        id: u64,
    },
}

impl Arguments {
    pub fn run(self) -> Outcome {
        match self.verb {
            Verb::Create {
                service,
                name,
                scope,
                expires_in_days,
            } => {
                let mut wanted = arguments([("name", name.into()), ("scope", scope.into())]);
                if let Some(days) = expires_in_days {
                    wanted.insert("expires_in_days".to_owned(), days.into());
                }
                let answer = service.call("tokens/create", wanted)?;
                let text = |key: &str| answer[key].as_str().unwrap_or_default().to_owned();
                // Apart, so that a script gets the token and nothing else.
                eprintln!(
                    "token {} until {} UTC; it is shown this once:",
                    answer["id"],
                    text("expires")
                );
                println!("{}", text("token"));
            }
            Verb::List { service, limit } => {
                let answer = service.call("tokens/list", arguments([("limit", limit.into())]))?;
                for row in answer.as_array().into_iter().flatten() {
                    println!("{row}");
                }
            }
            Verb::Revoke { service, id } => {
                service.call("tokens/revoke", arguments([("id", id.into())]))?;
                println!("token {id} is revoked");
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn arguments<const N: usize>(given: [(&str, Value); N]) -> Map<String, Value> {
    given
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect()
}

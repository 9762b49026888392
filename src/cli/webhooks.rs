//! `havefunnels webhooks`: what was sent, and sending it again, by the running service.

use std::process::ExitCode;

use clap::Subcommand;
use serde_json::Map;

use super::{Outcome, service::Service};

#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Send the webhooks of a range of events once more, under the ids that they have always had.
    /// What is sent follows the settings as they are now. Webhooks that have stopped because the
    /// receiver answered 410 go on with it.
    Replay {
        #[command(flatten)]
        service: Service,
        /// From the event after this position, or from this time (`2026-11-22 10:00:00`, UTC)
        /// [default: the beginning].
        #[arg(long, value_name = "POSITION|TIME")]
        after: Option<String>,
        /// Up to the event at this position, or up to and with this second [default: now].
        #[arg(long, value_name = "POSITION|TIME")]
        until: Option<String>,
        /// This webhook alone, such as message-sent.
        #[arg(long, value_name = "WEBHOOK")]
        name: Option<String>,
        /// One delivery alone, by its number in `list`; nothing else goes with it.
        #[arg(long, value_name = "N", conflicts_with_all = ["after", "until", "name"])]
        id: Option<String>,
    },
    /// Print what was sent and what became of it, newest first, as JSON, one a line.
    List {
        #[command(flatten)]
        service: Service,
        /// pending, failed, delivered or abandoned [default: all].
        #[arg(long, value_name = "STATE")]
        state: Option<String>,
        /// At most so many, up to 1000.
        #[arg(long, value_name = "N", default_value_t = 100)]
        limit: u32,
    },
}

impl Arguments {
    pub fn run(self) -> Outcome {
        match self.verb {
            Verb::Replay {
                service,
                after,
                until,
                name,
                id,
            } => {
                let given = [
                    ("after", after),
                    ("until", until),
                    ("name", name),
                    ("id", id),
                ];
                let arguments = given
                    .into_iter()
                    .filter_map(|(key, value)| Some((key.to_owned(), value?.into())))
                    .collect();
                let answer = service.call("webhooks/replay", arguments)?;
                println!(
                    "the webhooks of the events after {} and up to {} are sent once more",
                    answer["after"], answer["until"]
                );
            }
            Verb::List {
                service,
                state,
                limit,
            } => {
                let mut arguments = Map::new();
                arguments.insert("limit".to_owned(), limit.into());
                if let Some(state) = state {
                    arguments.insert("state".to_owned(), state.into());
                }
                let answer = service.call("webhooks/deliveries", arguments)?;
                for row in answer.as_array().into_iter().flatten() {
                    println!("{row}");
                }
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

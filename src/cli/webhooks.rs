//! `havefunnels webhooks`: what was sent, and sending it again, by the running service.

use std::{fs, process::ExitCode, time::Duration};

use clap::Subcommand;
use serde_json::{Map, Value};

use super::{Outcome, Place, block_on};
use crate::{
    adapters::{
        outgoing::Outgoing,
        request::{Method, Request},
    },
    config::{self, Config},
};

/// The service may wait for its read models before it answers.
const TIMEOUT: Duration = Duration::from_secs(60);

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
        service: ServiceAt,
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
    },
    /// Print what was sent and what became of it, newest first, as JSON, one a line.
    List {
        #[command(flatten)]
        service: ServiceAt,
        /// pending, failed, delivered or abandoned [default: all].
        #[arg(long, value_name = "STATE")]
        state: Option<String>,
        /// At most so many, up to 1000.
        #[arg(long, value_name = "N", default_value_t = 100)]
        limit: u32,
    },
}

/// Where the running service is.
#[derive(Debug, clap::Args)]
struct ServiceAt {
    #[command(flatten)]
    place: Place,
    /// The service's address [default: http:// and the configured `listen`].
    #[arg(long, value_name = "URL")]
    url: Option<String>,
}

impl Arguments {
    pub fn run(self) -> Outcome {
        match self.verb {
            Verb::Replay {
                service,
                after,
                until,
                name,
            } => {
                let given = [("after", after), ("until", until), ("name", name)];
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

impl ServiceAt {
    /// Calls an operation of the running service with the first admin's token.
    fn call(
        &self,
        operation: &str,
        arguments: Map<String, Value>,
    ) -> Result<Value, Box<dyn std::error::Error>> {
        let config = self.place.configure(toml::Table::new())?;
        let base = match &self.url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => format!("http://{}", config.listen),
        };
        let request = Request::new(Method::Post, format!("{base}/v1/{operation}"))
            .bearer(&token(&config)?)
            .json(&Value::Object(arguments))
            .timeout(TIMEOUT);
        // The operator's own service may be anywhere.
        let everywhere = vec!["0.0.0.0/0".parse()?, "::/0".parse()?];
        let answered = block_on(async {
            Outgoing::new(everywhere)?
                .send(request)
                .await
                .map_err(Into::into)
        })?;
        let answer = answered.map_err(|problem: Box<dyn std::error::Error>| {
            format!("{problem}; is the service running there? --url says where it is")
        })?;
        let body = answer.json().unwrap_or_default();
        if answer.is_success() {
            return Ok(body);
        }
        let why = body["detail"].as_str().unwrap_or("no reason given");
        Err(format!("the service refused with {}: {why}", answer.status).into())
    }
}

fn token(config: &Config) -> Result<String, Box<dyn std::error::Error>> {
    if let Some(token) = config::variable("HAVEFUNNELS_ADMIN_TOKEN") {
        return Ok(token);
    }
    let path = config.folder("admin-token");
    let read = fs::read_to_string(&path);
    let text = read.map_err(|error| {
        format!(
            "cannot read the admin's token from {}: {error}; HAVEFUNNELS_ADMIN_TOKEN may hold it",
            path.display()
        )
    })?;
    Ok(text.trim().to_owned())
}

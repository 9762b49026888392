//! The running service, as the verbs reach it that have it do something: over its plain door, with the
//! first admin's token.

use std::{error::Error, fs, time::Duration};

use serde_json::{Map, Value};

use super::{Place, block_on};
use crate::{
    adapters::{
        breaker::Patience,
        outgoing::Outgoing,
        request::{Method, Request},
    },
    config::{self, Config},
};

/// The service may wait for its read models before it answers.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Where the running service is.
#[derive(Debug, clap::Args)]
pub struct Service {
    #[command(flatten)]
    place: Place,
    /// The service's address [default: http:// and the configured `listen`].
    #[arg(long, value_name = "URL")]
    url: Option<String>,
}

impl Service {
    /// Calls an operation.
    ///
    /// # Errors
    /// When there is no service there, or it refuses.
    pub fn call(
        &self,
        operation: &str,
        arguments: Map<String, Value>,
    ) -> Result<Value, Box<dyn Error>> {
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
            Outgoing::new(everywhere, Patience::default())?
                .send(request)
                .await
                .map_err(Into::into)
        })?;
        let answer = answered.map_err(|problem: Box<dyn Error>| {
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

fn token(config: &Config) -> Result<String, Box<dyn Error>> {
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

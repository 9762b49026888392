//! The configuration: one struct, whose documented default is `deploy/havefunnels.toml`.
//!
//! Later sources override earlier ones: the default, the file of `--config`, the variables
//! `HAVEFUNNELS_…`, the command line. The one home of environment variables.

mod sources;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use ipnet::IpNet;
use serde::Deserialize;
use toml::Table;

use crate::{adapters::breaker::Patience, bus::Settings};
use sources::{default_settings, ranges, typed_like};

const PREFIX: &str = "HAVEFUNNELS_";

/// How variables with the prefix that are not settings go on.
const NOT_SETTINGS: [&str; 3] = ["ADMIN_TOKEN", "UNSAFE_ACKNOWLEDGE_EARLY", "TEST_"];

/// Everything an operator can set. The meaning of each is in `deploy/havefunnels.toml`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Address to serve on.
    pub listen: String,
    /// Folder of the log, the SQLite read models, the uploads and the keys.
    pub data_dir: PathBuf,
    /// URL of PostgreSQL; empty for SQLite.
    pub database: String,
    /// Base of every URL handed out; empty for the address served.
    pub public_url: String,
    /// Origins that may call from a browser.
    pub cors_allowed_origins: Vec<String>,
    /// Private ranges that the service may call.
    #[serde(deserialize_with = "ranges")]
    pub allow_private_targets: Vec<IpNet>,
    /// How long a sign of life lasts, in seconds.
    pub online_window_seconds: u32,
    /// How long set-typing lasts, in seconds.
    pub typing_window_seconds: u32,
    /// What `transcript` writes when not told.
    pub transcript_type: TranscriptType,
    /// Hours before a transcript is deleted; 0 for never.
    pub transcript_keep_hours: u32,
    /// Hours before what csv-users writes is deleted; 0 for never.
    pub csv_users_keep_hours: u32,
    /// Hours before a backup of the translations is deleted; 0 for never.
    pub translations_keep_hours: u32,
    /// Hours before an avatar is deleted; 0 for never.
    pub avatar_keep_hours: u32,
    /// Hours before the file of export-settings is deleted; 0 for never.
    pub settings_keep_hours: u32,
    /// Hours before an Idempotency-Key is forgotten.
    pub idempotency_keep_hours: u32,
    /// Seconds after a deletion until what it leaves in the history is erased.
    pub erase_after_seconds: u32,
    /// The longest a query waits for the read models, in milliseconds.
    pub query_wait_ms_max: u32,
    /// Pauses before the second try of a webhook, the third and so on, in seconds.
    pub webhook_retry_seconds: Vec<u32>,
    /// How long the receiver of a webhook may take, in seconds.
    pub webhook_timeout_seconds: u32,
    /// The pauses for emails, text messages and push notifications that nobody waits for.
    pub notification_retry_seconds: Vec<u32>,
    /// Base of the SMS gateway's API.
    pub twilio_url: String,
    /// Base of the API of Pusher Channels; empty for that of the cluster.
    pub pusher_channels_url: String,
    /// Base of the API of Pusher Beams; empty for that of the instance.
    pub pusher_beams_url: String,
    /// Base of Slack's API.
    pub slack_url: String,
    /// Base of Dialogflow's API.
    pub dialogflow_url: String,
    /// Base of Google's OAuth.
    pub google_oauth_url: String,
    /// How long a vendor may take, in seconds.
    pub vendor_timeout_seconds: u32,
    /// How often a vendor is asked again where that is safe.
    pub vendor_retries: u32,
    /// Failures in a row after which a vendor is not asked for a while; 0 for no limit.
    pub vendor_failures_max: u32,
    /// For how long, in seconds.
    pub vendor_pause_seconds: u32,
    /// How long a mail server may take for a step, in seconds.
    pub mail_timeout_seconds: u32,
    /// How long Slack may take with all pages and pauses, in seconds.
    pub slack_timeout_seconds: u32,
    /// How long a file from elsewhere may take, in seconds.
    pub download_timeout_seconds: u32,
    /// How long a release may take, in seconds.
    pub release_timeout_seconds: u32,
    /// Base of the API of OpenAI.
    pub openai_url: String,
    /// How long OpenAI may take, in seconds.
    pub openai_timeout_seconds: u32,
    /// Base of the API of Google Translate.
    pub google_translate_url: String,
    /// How often automations that depend on the time are looked at, in seconds; 0 for never.
    pub automations_every_seconds: u32,
    /// How often the mailbox of the settings is fetched, in seconds; 0 for never.
    pub email_piping_every_seconds: u32,
    /// How often Slack is asked for the presence of agents, in seconds; 0 for never.
    pub slack_presence_every_seconds: u32,
    /// Requests answered at the same time.
    pub requests_max: u32,
    /// Free disk below which writes are refused, in MiB.
    pub disk_reserve_mib: u32,
    /// How log lines look.
    pub log_format: LogFormat,
    /// URLs of NATS servers; empty for none.
    pub nats: Vec<String>,
    /// Name of the stream in NATS.
    pub nats_stream: String,
    /// Copies that NATS keeps of the stream.
    pub nats_replicas: u16,
    /// File with the credentials for NATS; empty for none.
    pub nats_credentials: PathBuf,
    /// File with the certificates to trust in NATS's place; empty for the system's.
    pub nats_ca: PathBuf,
    /// Whether to refuse NATS without TLS.
    pub nats_tls: bool,
    /// MiB that the stream holds at most; 0 for no limit.
    pub nats_mib_max: u32,
    /// Hours that the stream keeps events; 0 for ever.
    pub nats_age_hours_max: u32,
    /// Seconds for which NATS looks for events published twice.
    pub nats_duplicates_seconds: u32,
    /// Events of the past that a new stream is given; 0 for all.
    pub nats_history_events: u64,
}

/// The formats of a transcript.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TranscriptType {
    /// A table.
    Csv,
    /// Lines to read.
    Txt,
}

/// The formats of the service's own log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For log collectors.
    Json,
}

/// Why there is no configuration; the text says what to mend.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be read.
    #[error("cannot read the configuration {0}")]
    Read(PathBuf, #[source] std::io::Error),
    /// The file is not TOML.
    #[error("{0} is not a TOML file: {1}")]
    Syntax(PathBuf, toml::de::Error),
    /// A setting is unknown or has a wrong value.
    #[error("the configuration is not right: {0}")]
    Setting(String),
}

impl Config {
    /// The default, overridden by `file`, by `variables` (name and value) and by `options`.
    ///
    /// # Errors
    /// When the file cannot be read, or a setting is unknown or of a wrong type.
    pub fn load(
        file: Option<&Path>,
        variables: impl Iterator<Item = (String, String)>,
        options: Table,
    ) -> Result<Self, Error> {
        let mut settings = default_settings();
        if let Some(path) = file {
            let text =
                std::fs::read_to_string(path).map_err(|source| Error::Read(path.into(), source))?;
            let table: Table = text
                .parse()
                .map_err(|error| Error::Syntax(path.into(), error))?;
            settings.extend(table);
        }
        for (variable, text) in variables {
            let Some(name) = variable.strip_prefix(PREFIX) else {
                continue;
            };
            if NOT_SETTINGS.iter().any(|other| name.starts_with(other)) {
                continue;
            }
            let name = name.to_lowercase();
            let Some(default) = settings.get(&name) else {
                return Err(Error::Setting(format!(
                    "{variable} is set, but there is no setting {name}"
                )));
            };
            settings.insert(name, typed_like(default, &text, &variable)?);
        }
        settings.extend(options);
        settings
            .try_into()
            .map_err(|error: toml::de::Error| Error::Setting(error.message().to_owned()))
    }

    /// How long a vendor may take.
    #[must_use]
    pub fn vendor_timeout(&self) -> Duration {
        Duration::from_secs(self.vendor_timeout_seconds.into())
    }

    /// How long a mail server may take for a step.
    #[must_use]
    pub fn mail_timeout(&self) -> Duration {
        Duration::from_secs(self.mail_timeout_seconds.into())
    }

    /// How long a file from elsewhere may take.
    #[must_use]
    pub fn download_timeout(&self) -> Duration {
        Duration::from_secs(self.download_timeout_seconds.into())
    }

    /// How much patience vendors are given.
    #[must_use]
    pub fn patience(&self) -> Patience {
        Patience {
            connect: self.vendor_timeout(),
            retries: self.vendor_retries,
            failures_max: self.vendor_failures_max,
            pause: Duration::from_secs(self.vendor_pause_seconds.into()),
            silence: self.vendor_timeout(),
        }
    }

    /// Where NATS is, and what the stream in it is like.
    #[must_use]
    pub fn nats(&self) -> Settings {
        Settings {
            servers: self.nats.clone(),
            stream: self.nats_stream.clone(),
            replicas: self.nats_replicas.into(),
            credentials: self.nats_credentials.clone(),
            ca: self.nats_ca.clone(),
            tls: self.nats_tls,
            bytes_max: i64::from(self.nats_mib_max) << 20,
            age_max: Duration::from_secs(u64::from(self.nats_age_hours_max) * 3_600),
            duplicates: Duration::from_secs(self.nats_duplicates_seconds.into()),
            history_events: self.nats_history_events,
        }
    }

    /// The folder below the data folder with this name.
    #[must_use]
    pub fn folder(&self, name: &str) -> PathBuf {
        self.data_dir.join(name)
    }
}

/// The environment's variables, for [`Config::load`]; those that are not Unicode are left out.
#[allow(
    clippy::disallowed_methods,
    reason = "the one home of environment variables"
)]
pub fn variables() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

/// The value of one variable that is not a setting, such as `HAVEFUNNELS_ADMIN_TOKEN`.
#[must_use]
pub fn variable(name: &str) -> Option<String> {
    variables()
        .find(|(candidate, _)| candidate == name)
        .map(|(_, value)| value)
}

#[cfg(test)]
mod tests;

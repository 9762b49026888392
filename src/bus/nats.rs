//! The connection to NATS, and the stream that holds this log's events.
//!
//! It knows what the stream must look like and whose it is; what is published into it and read
//! from it is the relay's and the consumers' affair.

use std::{collections::HashMap, path::PathBuf, time::Duration};

use async_nats::{
    Client, ConnectOptions, ServerAddr,
    jetstream::{
        Context, ErrorCode,
        context::{ContextBuilder, GetStreamErrorKind},
        stream::{Config, DiscardPolicy, LastRawMessageErrorKind, StorageType, Stream},
    },
};
use percent_encoding::percent_decode_str;
use uuid::Uuid;

use super::{Backoff, Fault, Refusal, trouble::Trouble};

/// What all subjects start with; the type of the event follows: `hf.events.message.sent`.
const SUBJECTS: &str = "hf.events.";
/// Where the stream's metadata names the log it belongs to.
const LOG: &str = "havefunnels-log";
/// How long NATS may take to answer before the question is asked again.
pub(super) const ANSWER_WAIT: Duration = Duration::from_secs(5);

/// Where NATS is and what the stream is like. `deploy/havefunnels.toml` says what each means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// URLs of the servers.
    pub servers: Vec<String>,
    /// Name of the stream.
    pub stream: String,
    /// Copies that NATS keeps.
    pub replicas: usize,
    /// A .creds file, or a file with an nkey's seed; empty for none.
    pub credentials: PathBuf,
    /// Certificates to trust instead of the system's; empty for the system's.
    pub ca: PathBuf,
    /// Refuse to speak without TLS.
    pub tls: bool,
    /// Bytes that the stream holds at most; 0 for no limit.
    pub bytes_max: i64,
    /// How old the stream's events get; zero for no limit.
    pub age_max: Duration,
    /// How long NATS looks for events published twice.
    pub duplicates: Duration,
    /// Events of the past that a new stream is given; 0 for all.
    pub history_events: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            servers: Vec::new(),
            stream: "havefunnels".to_owned(),
            replicas: 1,
            credentials: PathBuf::new(),
            ca: PathBuf::new(),
            tls: false,
            bytes_max: 0,
            age_max: Duration::ZERO,
            duplicates: Duration::from_secs(120),
            history_events: 1_000_000,
        }
    }
}

/// A connection that is made and made again in the background. Clones share it.
#[derive(Clone)]
pub struct Nats {
    pub(super) jetstream: Context,
    settings: Settings,
    trouble: Trouble,
}

impl Nats {
    /// Starts to connect, and does not wait until it is.
    ///
    /// # Errors
    /// [`Fault::Setting`] when a URL, the credentials or the certificates cannot be used.
    pub async fn connect(settings: Settings) -> Result<Self, Fault> {
        let trouble = Trouble::default();
        let (tried, told) = (trouble.clone(), trouble.clone());
        let mut options = ConnectOptions::new()
            .name("havefunnels")
            .retry_on_initial_connect()
            .max_reconnects(None)
            .reconnect_delay_callback(Backoff::delay)
            .connection_timeout(ANSWER_WAIT)
            .request_timeout(Some(ANSWER_WAIT))
            // Asked before each try, it has no choice of its own.
            .reconnect_to_server_callback(move |servers, _| {
                tried.note(&servers);
                async { None }
            })
            .event_callback(move |event| {
                told.heard(&event);
                async {}
            });
        if let Some((user, password)) = password(&settings.servers)? {
            options = options.user_and_password(user, password);
        }
        if !settings.credentials.as_os_str().is_empty() {
            options = authenticated(options, &settings.credentials)?;
        }
        if !settings.ca.as_os_str().is_empty() {
            let readable = std::fs::read(&settings.ca);
            readable.map_err(|error| Fault::setting("nats_ca", &error))?;
            options = options.add_root_certificates(settings.ca.clone());
        }
        options = options.require_tls(settings.tls);
        // Two implementations are linked; without a choice, the first handshake would panic. An
        // earlier choice is as good.
        let _ = tokio_rustls::rustls::crypto::ring::default_provider().install_default();
        let connected = options.connect(settings.servers.as_slice()).await;
        let client = connected.map_err(|error| Fault::setting("nats", &error))?;
        Ok(Self {
            jetstream: context(client),
            settings,
            trouble,
        })
    }

    /// A fault with the reason why NATS was not there, where that is known.
    pub(super) fn explained(&self, fault: Fault) -> Fault {
        self.trouble.explained(fault)
    }

    /// The stream's name.
    pub fn name(&self) -> &str {
        &self.settings.stream
    }

    /// Bytes that NATS takes as one message, headers included.
    pub(super) fn message_bytes_max(&self) -> usize {
        self.jetstream.client().server_info().max_payload
    }

    /// The stream of this log as it is now; `None` where there is no stream of that name.
    pub(super) async fn stream(&self, log: [u8; 16]) -> Result<Option<Stream>, Fault> {
        let stream = match self.jetstream.get_stream(self.name()).await {
            Ok(stream) => stream,
            Err(error) => match error.kind() {
                GetStreamErrorKind::JetStream(answer)
                    if answer.error_code() == ErrorCode::STREAM_NOT_FOUND =>
                {
                    return Ok(None);
                }
                _ => return Err(Fault::nats("was asked for the stream", error)),
            },
        };
        let found = stream.cached_info().config.metadata.get(LOG);
        let expected = Uuid::from_bytes(log).to_string();
        if found != Some(&expected) {
            return Err(Fault::Refused(Refusal::OtherLog {
                stream: self.name().to_owned(),
                found: found.map_or_else(|| "no log".to_owned(), |id| format!("log {id}")),
                expected,
            }));
        }
        Ok(Some(stream))
    }

    /// Makes the stream. Its first message will be the event after `head` less the history that a
    /// new stream is given.
    pub(super) async fn create(&self, log: [u8; 16], head: u64) -> Result<Stream, Fault> {
        let first = match self.settings.history_events {
            0 => 1,
            history => head.saturating_sub(history) + 1,
        };
        let config = Config {
            name: self.name().to_owned(),
            description: Some("Events of HaveFunnels; the log is the truth".to_owned()),
            subjects: vec![format!("{SUBJECTS}>")],
            storage: StorageType::File,
            metadata: HashMap::from([(LOG.to_owned(), Uuid::from_bytes(log).to_string())]),
            first_sequence: (first > 1).then_some(first),
            ..self.limited(Config::default())
        };
        let created = self.jetstream.create_stream(config).await;
        let stream = created.map_err(|error| Fault::nats("was asked to make the stream", error))?;
        tracing::info!(stream = self.name(), first, "the stream was made in NATS");
        Ok(stream)
    }

    /// Brings the stream's limits in line with the settings, where they have changed.
    pub(super) async fn adapt(&self, stream: &Stream) -> Result<(), Fault> {
        let config = &stream.cached_info().config;
        let wanted = self.limited(config.clone());
        if wanted != *config {
            let updated = self.jetstream.update_stream(wanted).await;
            updated.map_err(|error| Fault::nats("was asked to change the stream", error))?;
            tracing::info!(stream = self.name(), "the stream's limits were changed");
        }
        Ok(())
    }

    /// Removes messages, and overwrites where they stood.
    pub(super) async fn forget(&self, log: [u8; 16], sequences: &[u64]) -> Result<(), Fault> {
        let when = "was to forget an event";
        let Some(stream) = self.stream(log).await? else {
            return Ok(());
        };
        let state = &stream.cached_info().state;
        if sequences.iter().any(|wanted| *wanted > state.last_sequence) {
            return Err(Fault::nats(when, "the relay has not come as far yet"));
        }
        let held = |sequence: &&u64| **sequence >= state.first_sequence;
        for sequence in sequences.iter().filter(held) {
            let Err(error) = stream.delete_message(*sequence).await else {
                continue;
            };
            // Gone already is as good: no message is left.
            match stream.get_raw_message(*sequence).await {
                Err(gone) if gone.kind() == LastRawMessageErrorKind::NoMessageFound => {}
                _ => return Err(Fault::nats(when, error)),
            }
        }
        Ok(())
    }

    fn limited(&self, config: Config) -> Config {
        let settings = &self.settings;
        Config {
            num_replicas: settings.replicas,
            max_bytes: match settings.bytes_max {
                0 => -1,
                bytes => bytes,
            },
            max_age: settings.age_max,
            discard: DiscardPolicy::Old,
            // NATS wants it no longer than the events live.
            duplicate_window: match settings.age_max {
                Duration::ZERO => settings.duplicates,
                age => settings.duplicates.min(age),
            },
            ..config
        }
    }
}

/// Place and event id of the last message that the stream still holds.
pub(super) async fn last_message(stream: &Stream) -> Result<Option<(u64, String)>, Fault> {
    let all = format!("{SUBJECTS}>");
    match stream.get_last_raw_message_by_subject(&all).await {
        Ok(message) => {
            let id = message.headers.get(async_nats::header::NATS_MESSAGE_ID);
            let id = id.map(|id| id.as_str().to_owned()).unwrap_or_default();
            Ok(Some((message.sequence, id)))
        }
        Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => Ok(None),
        Err(error) => Err(Fault::nats("was asked for the last message", error)),
    }
}

/// The subject of events of this type.
pub(super) fn subject(event_type: &str) -> String {
    [SUBJECTS, event_type].concat()
}

fn context(client: Client) -> Context {
    ContextBuilder::new()
        .timeout(ANSWER_WAIT)
        .ack_timeout(ANSWER_WAIT)
        .backpressure_on_inflight(true)
        .build(client)
}

/// The name and password in the first URL that has them. The client leaves them there unread.
fn password(servers: &[String]) -> Result<Option<(String, String)>, Fault> {
    for server in servers {
        let address: ServerAddr = server
            .parse()
            .map_err(|error| Fault::setting("nats", &error))?;
        if let (Some(user), Some(password)) = (address.username(), address.password()) {
            let plain = |text| percent_decode_str(text).decode_utf8_lossy().into_owned();
            return Ok(Some((plain(user), plain(password))));
        }
    }
    Ok(None)
}

/// A .creds file holds a token and a seed; a file with a seed alone begins with it.
fn authenticated(options: ConnectOptions, file: &PathBuf) -> Result<ConnectOptions, Fault> {
    let unusable = |error: &std::io::Error| Fault::setting("nats_credentials", error);
    let text = std::fs::read_to_string(file).map_err(|error| unusable(&error))?;
    match text.trim() {
        seed if seed.starts_with("SU") => Ok(options.nkey(seed.to_owned())),
        credentials => options
            .credentials(credentials)
            .map_err(|error| unusable(&error)),
    }
}

//! The bus on a real log and a real NATS server.

#[path = "../../../tests/harness/nats.rs"]
#[allow(dead_code, reason = "what only the whole program's tests need")]
mod server;

mod publishing;
mod relaying;
mod subscribing;

use std::{path::PathBuf, sync::Arc, time::Duration};

use async_nats::jetstream::stream::Info;
use eventlog::{Log, Options};
use events::{ConversationId, Event, EventId, MessageId, UserId, message, user};
use tempfile::TempDir;
use tokio::{
    task::JoinSet,
    time::{sleep, timeout},
};

use super::{Bus, Nats, Relay, Settings, Standing, State};
use crate::{functions::Failure, journal::Journal, presence::Presence};

/// A token as users have them; it must be in no event that is handed out.
pub const TOKEN: &str = "a521773c5a566a251c3fb00e93162b20ff955b12";

fn nobody() -> Arc<Presence> {
    Arc::new(Presence::new(0, 0))
}

/// A log of the test's own.
pub struct Given {
    pub journal: Journal,
    folder: TempDir,
}

impl Given {
    /// An empty log.
    pub fn log() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let log = Log::open(folder.path(), Options::default()).unwrap();
        Self {
            journal: Journal::new(log, nobody()),
            folder,
        }
    }

    /// Another log that has the same past and the same id.
    pub fn copy(&self) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for entry in std::fs::read_dir(self.folder.path()).unwrap() {
            let entry = entry.unwrap();
            if entry.file_name() != "LOCK" {
                std::fs::copy(entry.path(), folder.path().join(entry.file_name())).unwrap();
            }
        }
        let log = Log::open(folder.path(), Options::default()).unwrap();
        Self {
            journal: Journal::new(log, nobody()),
            folder,
        }
    }

    /// Appends this many messages, in batches.
    pub async fn messages(&self, count: u64) {
        let deleted = |id| {
            let deleted = message::Deleted {
                message: MessageId(id),
            };
            (ConversationId(7).into(), Event::from(deleted))
        };
        let events: Vec<_> = (0..count).map(deleted).collect();
        for batch in events.chunks(1_000) {
            self.append(batch.to_vec()).await;
        }
    }

    /// Appends a message with a text of this many bytes.
    pub async fn text(&self, bytes: usize) {
        let updated = message::Updated {
            message: MessageId(1),
            text: Some("x".repeat(bytes)),
            attachments: None,
            payload: None,
        };
        self.append(vec![(ConversationId(7).into(), updated.into())])
            .await;
    }

    /// Appends a user with a token and a password.
    pub async fn user(&self) {
        let created = user::Created {
            user_type: user::UserType::User,
            first_name: "Zoë".into(),
            last_name: String::new(),
            email: None,
            profile_image: String::new(),
            password_hash: Some("$argon2id$secret".into()),
            token: TOKEN.into(),
            department: None,
            details: Vec::new(),
        };
        self.append(vec![(UserId(3).into(), created.into())]).await;
    }

    async fn append(&self, events: Vec<(events::Stream, Event)>) {
        let journal = self.journal.clone();
        let appended = self.journal.append(move |transaction| {
            let facts = journal.facts(UserId(2), String::new())?;
            Journal::record(transaction, &events, &facts, EventId([7; 16]))?;
            Ok::<_, Failure>(())
        });
        appended.await.unwrap();
    }

    pub fn head(&self) -> u64 {
        self.journal.reader().head()
    }
}

/// The program of the server that `make tools` installs.
fn program() -> PathBuf {
    #[expect(
        clippy::disallowed_methods,
        reason = "a setting of the tests, not of the service"
    )]
    let tools = std::env::var("HAVEFUNNELS_TEST_TOOLS");
    let tools = tools.expect("HAVEFUNNELS_TEST_TOOLS is set by `make test`");
    PathBuf::from(tools).join("bin/nats-server")
}

fn settings(server: &server::NatsServer) -> Settings {
    Settings {
        servers: vec![server.url()],
        ..Settings::default()
    }
}

/// The bus of a log through a server, with its relay running until it is dropped.
struct Relayed {
    bus: Bus,
    nats: Nats,
    relay: JoinSet<()>,
}

impl Relayed {
    async fn start(given: &Given, settings: Settings) -> Self {
        let nats = Nats::connect(settings).await.unwrap();
        let (bus, relay) = Bus::jetstream(nats.clone(), given.journal.reader().clone());
        let relay = JoinSet::from_iter([Relay::run(relay)]);
        Self { bus, nats, relay }
    }

    async fn stream(&self) -> Info {
        let stream = self.nats.jetstream.get_stream("havefunnels").await;
        stream.unwrap().cached_info().clone()
    }

    fn standing(&self) -> Standing {
        self.bus.relay().unwrap()
    }

    /// Waits until the relay has published everything.
    async fn caught_up(&self, given: &Given) {
        self.until(|standing| {
            standing.state == State::Relaying && standing.position == given.head()
        })
        .await;
    }

    /// Waits until the relay has stopped by itself, and returns why.
    async fn stopped(&mut self) -> String {
        let ended = timeout(Duration::from_secs(30), self.relay.join_next()).await;
        let ended = ended.unwrap_or_else(|_| panic!("it stands as {:?}", self.standing()));
        ended.unwrap().unwrap();
        match self.standing().state {
            State::Stopped(why) => why,
            other => panic!("it stands as {other:?}"),
        }
    }

    async fn until(&self, is_there: impl Fn(&Standing) -> bool) {
        for _ in 0..3_000 {
            if is_there(&self.standing()) {
                return;
            }
            sleep(Duration::from_millis(10)).await;
        }
        panic!("still {:?} after 30 s", self.standing());
    }
}

//! What the tests start from: events, logs, and an append thread that can be held.

use std::path::Path;
use std::sync::mpsc;

use eventlog::{Committed, Error, Log, NewEvent, Options, Record, Refused, Stream, Transaction};

/// A test's decision fails with a word, or because the log failed.
#[derive(Debug, PartialEq)]
pub enum Failure {
    Word(&'static str),
    Log(String),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Log(error.to_string())
    }
}

pub fn stream(id: u64) -> Stream {
    Stream { kind: 1, id }
}

pub fn event(id: u64, kind: u16, payload: &str) -> NewEvent {
    NewEvent {
        stream: stream(id),
        kind,
        schema: 1,
        time_ms: 1_700_000_000_000 + i64::from(kind),
        id: [kind.to_be_bytes()[1]; 16],
        correlation: [7; 16],
        causation: 0,
        actor: id,
        payload: payload.into(),
    }
}

pub fn open(dir: &Path) -> Log {
    Log::open(dir, Options::default()).unwrap()
}

/// Appends one event to stream `id`.
pub async fn add(log: &Log, id: u64, payload: &str) -> Result<Committed<u64>, Refused<Error>> {
    let event = event(id, 1, payload);
    log.append(move |transaction| transaction.record(event))
        .await
}

/// Appends one event per kind to stream 1, in one command.
pub async fn add_kinds(log: &Log, kinds: impl IntoIterator<Item = u16> + Send + 'static) {
    let decide = move |transaction: &mut Transaction<'_>| {
        for kind in kinds {
            transaction.record(event(1, kind, "{}"))?;
        }
        Ok::<_, Error>(())
    };
    log.append(decide).await.unwrap();
}

pub fn texts(records: &[Record]) -> Vec<&str> {
    let bytes = records.iter().map(|record| record.payload.bytes());
    bytes
        .map(|bytes| bytes.map_or("erased", |bytes| std::str::from_utf8(bytes).unwrap()))
        .collect()
}

/// Holds the append thread inside of a decision, so that what is submitted meanwhile becomes one
/// batch.
pub struct Held {
    release: mpsc::Sender<()>,
    task: tokio::task::JoinHandle<()>,
}

impl Held {
    pub async fn let_go(self) {
        drop(self.release);
        self.task.await.unwrap();
    }
}

pub async fn hold(log: &Log) -> Held {
    let (release, released) = mpsc::channel::<()>();
    let (holding, held) = tokio::sync::oneshot::channel();
    let log = log.clone();
    let task = tokio::spawn(async move {
        let decide = move |_: &mut Transaction<'_>| {
            holding.send(()).unwrap();
            released.recv().unwrap_err();
            Ok::<_, ()>(())
        };
        log.append(decide).await.unwrap();
    });
    held.await.unwrap();
    Held { release, task }
}

/// Waits until `commands` are in the queue behind a held append thread.
pub async fn queued(log: &Log, commands: usize) {
    while log.stats().queue_length < commands {
        tokio::task::yield_now().await;
    }
}

/// A copy of a directory without subdirectories.
pub fn copy(from: &Path) -> tempfile::TempDir {
    let to = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.path().join(entry.file_name())).unwrap();
    }
    to
}

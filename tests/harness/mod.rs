//! What every whole-program test stands on: the running program, its doors, and given data.
//!
//! It knows how to start, stop and ask, and what an answer's envelope looks like; what an answer
//! should hold is the tests' own affair.

mod answer;
#[expect(clippy::unwrap_used, reason = "shared with the unit tests")]
#[path = "../../src/adapters/certificates/files.rs"]
mod certificates;
mod chasquid;
pub mod cluster;
mod database;
mod dice;
mod disk;
mod doors;
mod encode;
mod given;
mod google;
mod mail;
mod mailbox;
mod nats;
mod peers;
mod process;
mod receiver;
mod releases;
mod served;
mod server;
mod setting;
pub mod slack;
mod tokens;
mod vendor;
mod verbs;
mod wordpress;

pub use answer::Answer;
pub use certificates::Files as Certificates;
pub use chasquid::Chasquid;
pub use cluster::NatsCluster;
pub use dice::Dice;
pub use disk::Disk;
pub use doors::{API, Body, merged};
pub use encode::{Client, form};
pub use google::{CLIENT_ID, CLIENT_SECRET, Google, REFRESH_TOKEN};
pub use mail::MailServer;
pub use mailbox::Mailbox;
pub use nats::NatsServer;
pub use peers::Peers;
pub use receiver::{Hook, Receiver, Reply};
pub use releases::Releases;
pub use server::{Engine, LOOPBACK, Server, Setup};
pub use setting::tool;
pub use vendor::Vendor;
pub use wordpress::{DebianWordPress, WordPress};

use std::future::Future;
use std::time::{Duration, Instant};

use serde_json::Value;

/// Makes of each named `async fn name(server: Server)` two tests, `name::sqlite` and `name::postgres`.
///
/// `on_both_engines!(start => name)` gives it what `start(engine).await` answers instead of a server;
/// with `std::future::ready` that is the engine itself.
macro_rules! on_both_engines {
    ($start:path => $($name:ident),+ $(,)?) => { $(
        mod $name {
            #[allow(unused_imports, reason = "where `start` may come from")]
            use super::*;
            use crate::harness::Engine;

            #[tokio::test]
            async fn sqlite() {
                super::$name($start(Engine::Sqlite).await).await;
            }

            #[tokio::test]
            async fn postgres() {
                super::$name($start(Engine::Postgres).await).await;
            }
        }
    )+ };
    ($($name:ident),+ $(,)?) => {
        on_both_engines!(crate::harness::Server::start => $($name),+);
    };
}
pub(crate) use on_both_engines;

/// Asks again until the answer is yes; fails after ten seconds. For what only time brings about.
pub async fn eventually<F: Future<Output = bool>>(what: &str, ask: impl FnMut() -> F) {
    eventually_within(Duration::from_secs(10), what, ask).await;
}

/// Asks again until the answer is yes; fails after `patience`.
pub async fn eventually_within<F: Future<Output = bool>>(
    patience: Duration,
    what: &str,
    mut ask: impl FnMut() -> F,
) {
    let deadline = Instant::now() + patience;
    while !ask().await {
        assert!(
            Instant::now() < deadline,
            "still not true after {patience:?}: {what}"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// The texts under `key` in a list of rows, in the rows' order.
pub fn column(rows: &Value, key: &str) -> Vec<String> {
    let rows = rows
        .as_array()
        .unwrap_or_else(|| panic!("not a list: {rows}"));
    let text = |row: &Value| row[key].as_str().map(ToOwned::to_owned);
    rows.iter()
        .map(|row| text(row).unwrap_or_else(|| panic!("no text {key} in {row}")))
        .collect()
}

/// The ids as answers write them in rows: decimal texts.
pub fn texts(ids: &[u64]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}

/// The same list in ascending order, for comparing what has no order of its own.
pub fn sorted(mut list: Vec<String>) -> Vec<String> {
    list.sort();
    list
}

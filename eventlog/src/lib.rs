//! An append-only event log on RocksDB with a decision state beside it.
//!
//! One thread decides and appends; whoever calls [`Log::append`] is answered when the events are on
//! disk, together with everyone else who waited for the same fsync. Positions are dense from 1 and
//! appear to readers only when they are durable, so nobody who follows the log can skip one.
//!
//! The crate handles bytes: it must not know what streams, kinds, state keys or payloads mean, and
//! nothing outside of it may touch the engine.
//!
//! ```no_run
//! # use eventlog::*;
//! # async fn example(event: NewEvent) -> Result<(), Box<dyn std::error::Error>> {
//! let log = Log::open("data/log".as_ref(), Options::default())?;
//! let committed = log
//!     .append(move |transaction| {
//!         if transaction.get(b"email:a@example.com")?.is_some() {
//!             return Ok(None); // taken
//!         }
//!         transaction.put(b"email:a@example.com", b"1".to_vec());
//!         transaction.record(event).map(Some)
//!     })
//!     .await
//!     .map_err(|refused: Refused<Error>| refused)?;
//! let events = log.reader().read(0, Limit::default())?;
//! assert_eq!(Some(events[0].header.position), committed.value);
//! # Ok(())
//! # }
//! ```
//!
//! | file | what it holds |
//! |---|---|
//! | `log`, `maintain` | [`Log`]: appending, erasing, expiring, closing |
//! | `command`, `writer`, `commit` | the append thread: queue, batches, the step that makes durable |
//! | `transaction`, `changes`, `base`, `cache`, `overlay` | what a decision sees, and what it leaves |
//! | `reader`, `follower`, `pages`, `verify`, `scratch` | reading, following, checking |
//! | `keys`, `record`, `segment`, `tail`, `idempotency` | the bytes on disk |
//! | `store`, `engine`, `cursor`, `format`, `witness`, `disk` | the engine, its directory and its disk |
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod base;
mod cache;
mod changes;
mod command;
mod commit;
mod cursor;
mod disk;
mod engine;
mod error;
mod event;
mod follower;
mod format;
mod idempotency;
mod keys;
mod log;
mod maintain;
mod options;
mod overlay;
mod pages;
mod reader;
mod record;
mod scratch;
mod segment;
mod state;
mod stats;
mod store;
mod tail;
mod transaction;
#[cfg(test)]
mod transaction_model;
mod verify;
mod witness;
mod writer;

pub use command::Committed;
pub use error::{Cause, Error, Refused};
pub use event::{Header, NewEvent, Payload, Record, Stream};
pub use idempotency::Remembered;
pub use log::Log;
pub use options::{Acknowledge, Limit, Options};
pub use pages::Page;
pub use reader::Reader;
pub use scratch::{Difference, Scratch, fold};
pub use segment::{Kinds, SEGMENT_EVENTS, Segment};
pub use state::{Memory, Pair, State, View};
pub use stats::{COMMIT_SECONDS, Stats};
pub use transaction::{COMMAND_BYTES_MAX, PAYLOAD_BYTES_MAX, Transaction};
pub use verify::Verified;

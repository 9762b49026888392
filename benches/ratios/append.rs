//! Ratio 1: durable appends of 64 callers through the append thread ÷ raw RocksDB, one thread,
//! synced write batches of the same bytes at the same mean batch.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use eventlog::{Log, NewEvent, Options, State, Stream};
use rocksdb::{DB, WriteBatch, WriteOptions};
use tokio::task::JoinSet;

use super::{
    Outcome, median,
    table::{Better, Table},
};

const CALLERS: u64 = 64;
const ROUNDS: usize = 3;
const TIME: Duration = Duration::from_secs(3);
/// A message event's payload and a message's state, as the product writes them.
const PAYLOAD_BYTES: usize = 220;
const STATE_BYTES: usize = 20;

/// Interleaves both arms.
pub async fn measure(table: &mut Table) -> Outcome {
    let (mut ours, mut raws, mut ratios, mut batches) = (vec![], vec![], vec![], vec![]);
    for _ in 0..ROUNDS {
        let folder = tempfile::tempdir()?;
        let (rate, batch, bytes) = log(&folder.path().join("log")).await?;
        let folder = tempfile::tempdir()?;
        let raw = raw(folder.path(), batch, bytes)?;
        ratios.push(rate / raw);
        ours.push(rate);
        raws.push(raw);
        batches.push(batch);
    }
    table.add(
        (
            "1",
            "durable append, 64 callers ÷ raw RocksDB, one thread, same batch",
        ),
        median(ratios),
        (0.5, 0.85, Better::Higher),
        format!(
            "{:.0} events/s ÷ {:.0}, mean batch {:.1}",
            median(ours),
            median(raws),
            median(batches)
        ),
    );
    Ok(())
}

/// Events a second, mean batch, and bytes an event.
async fn log(folder: &Path) -> Outcome<(f64, f64, usize)> {
    let log = Log::open(folder, Options::default())?;
    let start = Instant::now();
    let mut callers = JoinSet::new();
    for caller in 0..CALLERS {
        let log = log.clone();
        callers.spawn(async move {
            while start.elapsed() < TIME {
                let appended = log.append(move |transaction| {
                    let id = transaction.head() + 1;
                    transaction.put(
                        &[&[30], id.to_be_bytes().as_slice()].concat(),
                        vec![b'x'; STATE_BYTES],
                    );
                    transaction.record(event(caller))
                });
                appended.await.map_err(|refused| refused.to_string())?;
            }
            Outcome::Ok(())
        });
    }
    while let Some(caller) = callers.join_next().await {
        caller??;
    }
    let seconds = start.elapsed().as_secs_f64();
    let stats = log.stats();
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    let (events, batches) = (stats.events as f64, stats.batches as f64);
    log.close()?;
    // Key and value of: event, stream index, stream head, state; the meta row is once a batch.
    let bytes = (8 + 142 + PAYLOAD_BYTES) + (17 + 8) + (9 + 8) + (9 + STATE_BYTES);
    Ok((events / seconds, events / batches, bytes))
}

fn event(stream: u64) -> NewEvent {
    NewEvent {
        stream: Stream {
            kind: 2,
            id: stream,
        },
        kind: 40,
        schema: 1,
        time_ms: 1_700_000_000_000,
        id: [7; 16],
        correlation: [8; 16],
        causation: 0,
        actor: 2,
        payload: vec![b'p'; PAYLOAD_BYTES],
    }
}

/// Events a second of synced batches, one row of all the bytes for each event.
fn raw(folder: &Path, batch: f64, bytes: usize) -> Outcome<f64> {
    let db = DB::open_default(folder)?;
    let mut options = WriteOptions::default();
    options.set_sync(true);
    let value = vec![b'v'; bytes - 8];
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a batch is a small number"
    )]
    let rows = batch.round().max(1.0) as u64;
    let (start, mut written) = (Instant::now(), 0_u64);
    while start.elapsed() < TIME {
        let mut rows_of_batch = WriteBatch::default();
        for _ in 0..rows {
            written += 1;
            rows_of_batch.put(written.to_be_bytes(), &value);
        }
        db.write_opt(rows_of_batch, &options)?;
    }
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    Ok(written as f64 / start.elapsed().as_secs_f64())
}

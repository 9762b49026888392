//! Ratio 6: events decoded from the log a second ÷ rows of the same bytes from a raw RocksDB iterator.

use std::{path::Path, time::Instant};

use eventlog::{Limit, Log, NewEvent, Options, Payload, Stream};
use events::{Event, MessageId, UserId, message::Sent, user::UserType};
use rocksdb::{DB, IteratorMode, WriteBatch};

use super::{
    Outcome, median,
    table::{Better, Table},
};

const EVENTS: u64 = 300_000;
const ROUNDS: usize = 3;

/// Writes the same events twice and reads each in turn.
pub async fn measure(table: &mut Table) -> Outcome {
    let (ours, theirs) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let log = Log::open(&ours.path().join("log"), Options::default())?;
    fill_log(&log).await?;
    let raw = fill_raw(theirs.path())?;
    let (mut decoded, mut iterated, mut ratios) = (vec![], vec![], vec![]);
    for _ in 0..ROUNDS {
        let (one, other) = (replay(&log)?, iterate(&raw)?);
        ratios.push(one / other);
        decoded.push(one);
        iterated.push(other);
    }
    table.add(
        ("6", "decoded replay ÷ raw RocksDB iterator"),
        median(ratios),
        (0.35, 0.6, Better::Higher),
        format!("{:.0} events/s ÷ {:.0}", median(decoded), median(iterated)),
    );
    log.close()?;
    Ok(())
}

fn payload(number: u64) -> Vec<u8> {
    Event::from(Sent {
        message: MessageId(number),
        author: UserId(3 + number % 1_000),
        author_type: UserType::User,
        text: format!("Message {number}: I have a question about my order, could you have a look at it please?"),
        attachments: Vec::new(),
        payload: String::new(),
        asked_status: None,
        first_of_customer: number.is_multiple_of(20),
        recipient: None,
    })
    .encode()
}

async fn fill_log(log: &Log) -> Outcome {
    const BATCH: u64 = 1_000;
    for batch in 0..EVENTS / BATCH {
        let appended = log.append(move |transaction| {
            for number in batch * BATCH + 1..=(batch + 1) * BATCH {
                transaction.record(NewEvent {
                    stream: Stream {
                        kind: 2,
                        id: number % 1_000 + 1,
                    },
                    kind: 40,
                    schema: 1,
                    time_ms: 1_700_000_000_000,
                    id: [7; 16],
                    correlation: [8; 16],
                    causation: 0,
                    actor: 2,
                    payload: payload(number),
                })?;
            }
            Ok::<(), eventlog::Error>(())
        });
        appended.await.map_err(|refused| refused.to_string())?;
    }
    Ok(())
}

fn fill_raw(folder: &Path) -> Outcome<DB> {
    let db = DB::open_default(folder)?;
    let mut batch = WriteBatch::default();
    for number in 1..=EVENTS {
        batch.put(
            number.to_be_bytes(),
            [vec![7; 142], payload(number)].concat(),
        );
        if number % 1_000 == 0 {
            db.write(std::mem::take(&mut batch))?;
        }
    }
    db.flush()?;
    Ok(db)
}

/// Events a second, each decoded to its type.
fn replay(log: &Log) -> Outcome<f64> {
    let (reader, start, mut position) = (log.reader(), Instant::now(), 0);
    while position < EVENTS {
        for record in reader.read(
            position,
            Limit {
                events: 10_000,
                bytes: 8 << 20,
            },
        )? {
            let Payload::Intact(payload) = &record.payload else {
                return Err("erased".into());
            };
            std::hint::black_box(Event::decode(
                record.header.kind,
                record.header.schema,
                payload,
            )?);
            position = record.header.position;
        }
    }
    rate(start)
}

fn iterate(db: &DB) -> Outcome<f64> {
    let start = Instant::now();
    for row in db.iterator(IteratorMode::Start) {
        std::hint::black_box(row?);
    }
    rate(start)
}

#[expect(
    clippy::unnecessary_wraps,
    clippy::cast_precision_loss,
    reason = "a rate"
)]
fn rate(start: Instant) -> Outcome<f64> {
    Ok(EVENTS as f64 / start.elapsed().as_secs_f64())
}

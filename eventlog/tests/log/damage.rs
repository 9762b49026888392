//! Damage is told, never swallowed; a write that was cut off by a kill is no damage.

use std::fs;
use std::path::{Path, PathBuf};

use eventlog::{Error, Limit, Log, Options, Pair, Reader, Record, State, Transaction, View};
use rocksdb::DB;

use crate::given::{add_kinds, copy, event, open};

/// A log of `commands` small commands with some state, not closed, so that its newest events are in
/// the write-ahead log; and a copy of its files.
async fn abandoned(commands: u64) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    for n in 0..commands {
        let decide = move |transaction: &mut Transaction<'_>| {
            transaction.put(&n.to_be_bytes(), vec![1; 40]);
            transaction.record(event(n % 3, 1, &format!("payload {n}")))
        };
        log.append(decide).await.unwrap();
    }
    copy(dir.path())
}

fn files(dir: &Path, extension: &str) -> Vec<PathBuf> {
    let paths = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .filter(|path| path.metadata().unwrap().len() > 0)
        .collect();
    files.sort();
    files
}

fn events_in(dir: &Path) -> Result<u64, Error> {
    let log = Log::open(dir, Options::default())?;
    let verified = log.reader().verify(&mut |_, _| ())?;
    Ok(verified.events)
}

#[tokio::test]
async fn a_write_cut_off_by_a_kill_is_dropped_and_nothing_else() {
    let before = abandoned(20).await;
    let after = abandoned(21).await;
    let wal = |dir: &Path| files(dir, "log").pop().unwrap();
    let (short, long) = (
        fs::read(wal(before.path())).unwrap(),
        fs::read(wal(after.path())).unwrap(),
    );
    // The bytes of the 21st batch arrive one by one at a log that acknowledged 20.
    let partial = &long[short.len()..];
    for arrived in [0, 1, 6, 7, 8, partial.len() / 2, partial.len() - 1] {
        let torn = copy(before.path());
        let mut bytes = short.clone();
        bytes.extend(&partial[..arrived]);
        fs::write(wal(torn.path()), bytes).unwrap();
        assert_eq!(
            events_in(torn.path()).unwrap(),
            20,
            "{arrived} bytes arrived"
        );
    }
    // The same missing bytes are a loss once the batch was acknowledged.
    for missing in [1, partial.len()] {
        let cut = copy(after.path());
        fs::write(wal(cut.path()), &long[..long.len() - missing]).unwrap();
        let error = events_in(cut.path()).unwrap_err();
        assert!(
            matches!(error, Error::Damaged { position: 21, .. }),
            "{error:?}"
        );
        assert!(error.to_string().contains("were acknowledged"), "{error}");
    }
}

#[tokio::test]
async fn a_flipped_byte_in_the_write_ahead_log_is_noticed() {
    let dir = abandoned(12).await;
    let wal = files(dir.path(), "log").pop().unwrap();
    let bytes = fs::read(&wal).unwrap();
    // The last batch is where a broken length could pass for a cut-off write.
    let last_batch = bytes.len() - 400..bytes.len();
    for at in (0..bytes.len() - 400)
        .step_by(bytes.len() / 15)
        .chain(last_batch.step_by(9))
    {
        let damaged = copy(dir.path());
        let mut bytes = bytes.clone();
        bytes[at] ^= 0x10;
        fs::write(damaged.path().join(wal.file_name().unwrap()), bytes).unwrap();
        let opened = events_in(damaged.path());
        assert!(opened.is_err(), "byte {at} went unnoticed: {opened:?}");
    }
}

#[tokio::test]
async fn a_flipped_byte_in_a_table_is_noticed() {
    let dir = abandoned(300).await;
    let log = open(dir.path());
    let everything = contents(&log);
    log.close().unwrap(); // moves everything into tables
    let (mut flips, mut noticed) = (0, 0);
    for table in files(dir.path(), "sst") {
        let bytes = fs::read(&table).unwrap();
        for at in (0..bytes.len()).step_by(bytes.len() / 12) {
            let damaged = copy(dir.path());
            let mut bytes = bytes.clone();
            bytes[at] ^= 0x10;
            fs::write(damaged.path().join(table.file_name().unwrap()), bytes).unwrap();
            flips += 1;
            match events_in(damaged.path()) {
                Err(_) => noticed += 1,
                // A bloom filter that fails its checksum is not used: slower, but nothing is lost.
                Ok(_) => assert_eq!(
                    contents(&open(damaged.path())),
                    everything,
                    "{table:?} {at}"
                ),
            }
        }
    }
    assert!(
        flips >= 48 && noticed * 10 >= flips * 8,
        "{noticed} of {flips}"
    );
}

/// The events and the state.
fn contents(log: &Log) -> (Vec<Record>, Vec<Pair>) {
    let reader = log.reader();
    let events = reader.read(0, Limit::default()).unwrap();
    (events, reader.scan(b"", None, usize::MAX).unwrap())
}

/// A family, a key, and the value to put there; `None` deletes.
type Edit = (&'static str, Vec<u8>, Option<Vec<u8>>);

/// Changes a closed log behind its back; the engine's own checksums stay right.
fn tamper(dir: &Path, edits: impl FnOnce(&DB) -> Vec<Edit>) {
    let options = rocksdb::Options::default();
    let families = DB::list_cf(&options, dir).unwrap();
    let db = DB::open_cf(&options, dir, families).unwrap();
    for (family, key, value) in edits(&db) {
        let family = db.cf_handle(family).unwrap();
        match value {
            Some(value) => db.put_cf(family, key, value).unwrap(),
            None => db.delete_cf(family, key).unwrap(),
        }
    }
}

fn key(position: u64) -> Vec<u8> {
    position.to_be_bytes().to_vec()
}

/// The index key of a version of the stream that the events are in.
fn version(version: u64) -> Vec<u8> {
    [&[1][..], &key(1), &key(version)].concat()
}

fn get(db: &DB, family: &str, key: &[u8]) -> Vec<u8> {
    let family = db.cf_handle(family).unwrap();
    db.get_cf(family, key).unwrap().unwrap()
}

/// The event at `position` with the byte `at` changed and the checksum put right.
fn forged(db: &DB, position: u64, at: usize) -> Vec<u8> {
    let mut record = get(db, "events", &key(position));
    record[at] ^= 1;
    let covered = [&key(position), &record[..2], &record[6..]].concat();
    record[2..6].copy_from_slice(&crc32c::crc32c(&covered).to_be_bytes());
    record
}

#[tokio::test]
async fn every_contradiction_is_told_with_its_position() {
    let whole = tempfile::tempdir().unwrap();
    let log = open(whole.path());
    add_kinds(&log, std::iter::repeat_n(1, 5000)).await;
    log.close().unwrap();

    let told = |edits: &dyn Fn(&DB) -> Vec<Edit>| {
        let damaged = copy(whole.path());
        tamper(damaged.path(), edits);
        let alone = Reader::open(damaged.path()).unwrap();
        let verified = alone.verify(&mut |_, _| ()).unwrap_err();
        assert!(events_in(damaged.path()).is_err());
        verified.to_string()
    };
    let at = |position: u64, what: &str| {
        format!("the event log is damaged at position {position}: {what}")
    };
    let put = |family, key: Vec<u8>, value: Vec<u8>| vec![(family, key, Some(value))];

    let missing = told(&|_| vec![("events", key(2500), None)]);
    assert_eq!(missing, at(2500, "the event is missing"));
    let moved = told(&|db| put("events", key(2500), get(db, "events", &key(2501))));
    assert_eq!(moved, at(2500, "the record does not match its checksum"));
    let other_payload = told(&|db| put("events", key(100), forged(db, 100, 114)));
    assert_eq!(
        other_payload,
        at(100, "the payload does not match its hash")
    );
    let other_actor = told(&|db| put("events", key(100), forged(db, 100, 81)));
    assert_eq!(other_actor, at(4096, "the segment's summary is not right"));
    let other_actor = told(&|db| put("events", key(4999), forged(db, 4999, 81)));
    assert_eq!(other_actor, at(5000, "the hash chain is broken"));
    let extra = told(&|db| put("events", key(5001), get(db, "events", &key(5000))));
    assert_eq!(extra, at(5001, "there is an event beyond the head"));

    let other_summary = told(&|db| {
        let mut summary = get(db, "segments", &key(0));
        summary[20] ^= 1;
        put("segments", key(0), summary)
    });
    assert_eq!(
        other_summary,
        at(4096, "the segment's summary is not right")
    );
    let extra_summary = told(&|db| put("segments", key(1), get(db, "segments", &key(0))));
    assert_eq!(
        extra_summary,
        at(8192, "there is a summary beyond the head")
    );

    let no_entry = told(&|_| vec![("streams", version(7), None)]);
    assert!(
        no_entry.starts_with(&at(8, "version 8 of Stream")),
        "{no_entry}"
    );
    let no_last_entry = told(&|_| vec![("streams", version(5000), None)]);
    assert!(
        no_last_entry.contains("5000 events, but its index has 4999"),
        "{no_last_entry}"
    );
    let wrong_entry = told(&|_| put("streams", version(7), key(6)));
    assert!(
        wrong_entry.starts_with(&at(6, "version 7 of Stream")),
        "{wrong_entry}"
    );
    let extra_stream = told(&|_| {
        let stream = [&[2][..], &key(9)].concat();
        let entry = [&stream[..], &key(1)].concat();
        vec![
            ("streams", stream, Some(key(1))),
            ("streams", entry, Some(key(3))),
        ]
    });
    let leads_nowhere = "the stream index leads to events that are not there";
    assert_eq!(extra_stream, at(5000, leads_nowhere));
    let no_stream = told(&|_| {
        let entries = (1..=5000).map(|n| ("streams", version(n), None));
        let stream = ("streams", [&[1][..], &key(1)].concat(), None);
        entries.chain([stream]).collect()
    });
    assert_eq!(
        no_stream,
        at(1, "the stream index does not lead to the event")
    );
}

#[tokio::test]
async fn reading_names_the_broken_event_and_skips_segments_unread() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    add_kinds(&log, (1..=9000).map(|n| if n == 8500 { 9 } else { 1 })).await;
    log.close().unwrap();
    tamper(dir.path(), |_| vec![("events", key(4500), None)]);

    let log = open(dir.path());
    let reader = log.reader();
    let missing = reader.read(4400, Limit::default()).unwrap_err();
    assert!(matches!(missing, Error::Damaged { position: 4500, .. }));
    // The second segment holds no event of this kind, so it was not looked at.
    let page = reader.read_kinds(0, &[9].into_iter().collect(), Limit::default());
    assert_eq!(page.unwrap().records[0].header.position, 8500);
    let page = reader.read_kinds(
        0,
        &[1].into_iter().collect(),
        Limit {
            events: 9000,
            ..Limit::default()
        },
    );
    assert!(matches!(
        page.unwrap_err(),
        Error::Damaged { position: 4500, .. }
    ));
}

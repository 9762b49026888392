//! Opening: again, twice, too new, not a log, not finished.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use eventlog::{Error, Limit, Log, Options, Reader, State, Transaction, View};

use crate::given::{add, add_kinds, copy, event, open, stream, texts};

#[tokio::test]
async fn everything_goes_on_after_reopening() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    let log_id = log.reader().log_id();
    add_kinds(&log, std::iter::repeat_n(3, 4090)).await;
    let put = |transaction: &mut Transaction<'_>| {
        transaction.put(b"key", b"value".to_vec());
        transaction.record(event(2, 1, "a"))
    };
    log.append(put).await.unwrap();
    drop(log);
    for reopening in 0..8_u64 {
        let log = open(dir.path());
        let reader = log.reader();
        assert_eq!(reader.log_id(), log_id);
        assert_eq!(reader.head(), 4091 + reopening);
        let decide = |transaction: &mut Transaction<'_>| {
            assert_eq!(transaction.get(b"key")?.as_deref(), Some(&b"value"[..]));
            assert_eq!(transaction.version(stream(1))?, 4090);
            transaction.record(event(2, 1, "b"))
        };
        let committed = log.append(decide).await.unwrap();
        assert_eq!(committed.value, 4092 + reopening);
        let last = &reader.read(4091 + reopening, Limit::default()).unwrap()[0];
        assert_eq!(last.header.version, 2 + reopening);
        let verified = reader.verify(&mut |_, _| ()).unwrap();
        assert_eq!(verified.segments, u64::from(reopening >= 4));
        match reopening % 2 {
            0 => log.close().unwrap(),
            _ => drop(log),
        }
    }
}

#[tokio::test]
async fn a_second_opening_is_refused_by_whatever_name() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("log");
    let other_name = dir.path().join("other");
    std::os::unix::fs::symlink(&path, &other_name).unwrap();
    let log = open(&path);
    for path in [&path, &other_name] {
        let second = Log::open(path, Options::default()).err().unwrap();
        assert!(matches!(second, Error::InUse { .. }), "{second:?}");
        assert!(second.to_string().contains("already in use"));
    }
    add(&log, 1, "unharmed").await.unwrap();
    let reader = log.reader();
    log.close().unwrap();
    assert!(matches!(
        Log::open(&path, Options::default()),
        Err(Error::InUse { .. })
    ));
    drop(reader);
    assert_eq!(open(&other_name).reader().head(), 1);
}

fn contents(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(dir).unwrap().map(Result::unwrap);
    entries
        .map(|entry| {
            let name = entry.file_name().into_string().unwrap();
            (name, fs::read(entry.path()).unwrap())
        })
        .collect()
}

#[tokio::test]
async fn what_is_no_log_of_ours_is_left_alone() {
    let log_dir = tempfile::tempdir().unwrap();
    let log = open(log_dir.path());
    add(&log, 1, "kept").await.unwrap();
    log.close().unwrap();

    let newer = copy(log_dir.path());
    fs::write(newer.path().join("FORMAT"), "eventlog 2\n").unwrap();
    let headless = copy(log_dir.path());
    fs::remove_file(headless.path().join("FORMAT")).unwrap();
    let unreadable = copy(log_dir.path());
    fs::remove_file(unreadable.path().join("CURRENT")).unwrap();
    let foreign = tempfile::tempdir().unwrap();
    fs::write(foreign.path().join("photo.jpg"), "x").unwrap();

    for dir in [&newer, &headless, &unreadable, &foreign] {
        let before = contents(dir.path());
        let write = Log::open(dir.path(), Options::default()).err().unwrap();
        let read = Reader::open(dir.path()).err().unwrap();
        let told = |error: &Error| match error {
            Error::NewerFormat { .. } => "newer",
            Error::NotALog { .. } => "not a log",
            Error::Open { .. } => "open",
            other => panic!("{other:?}"),
        };
        assert_eq!(told(&write), told(&read));
        let mut after = contents(dir.path());
        // The engine may note the attempt in its diary and lock.
        after.retain(|name, _| before.contains_key(name) || !name.starts_with("LO"));
        let before_data: Vec<_> = before.iter().filter(|(name, _)| *name != "LOG").collect();
        let after_data: Vec<_> = after.iter().filter(|(name, _)| *name != "LOG").collect();
        assert_eq!(before_data, after_data, "after {write}");
    }
    let missing = log_dir.path().join("nothing");
    assert!(matches!(Reader::open(&missing), Err(Error::NotALog { .. })));
    assert!(!missing.exists());
}

#[tokio::test]
async fn an_interrupted_making_is_finished() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("FORMAT"), "eventlog 1 incomplete\n").unwrap();
    assert!(matches!(
        Reader::open(dir.path()),
        Err(Error::NotALog { .. })
    ));
    let log = open(dir.path());
    add(&log, 1, "first").await.unwrap();
    drop(log);
    let format = fs::read_to_string(dir.path().join("FORMAT")).unwrap();
    assert_eq!(format, "eventlog 1\n");

    // Interrupted at the last moment, with everything but the mark on disk.
    fs::write(dir.path().join("FORMAT"), "eventlog 1 incomplete\n").unwrap();
    let records = open(dir.path()).reader().read(0, Limit::default()).unwrap();
    assert_eq!(texts(&records), ["first"]);
}

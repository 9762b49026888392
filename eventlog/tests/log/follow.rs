//! A reader beside a running writer.

use eventlog::{Limit, Reader, State, Transaction, View};

use crate::given::{add, add_kinds, event, open, stream, texts};

#[tokio::test]
async fn a_reader_beside_the_writer_sees_what_came_when_it_catches_up() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    add(&log, 1, "one").await.unwrap();
    let beside = Reader::open(dir.path()).unwrap();
    assert_eq!(beside.log_id(), log.reader().log_id());
    assert_eq!(beside.head(), 1);

    let put = |transaction: &mut Transaction<'_>| {
        transaction.put(b"key", b"value".to_vec());
        transaction.remember(b"once", [0; 32], b"yes".to_vec(), 1);
        transaction.record(event(2, 1, "two"))
    };
    log.append(put).await.unwrap();
    assert_eq!(beside.head(), 1);
    assert_eq!(texts(&beside.read(0, Limit::default()).unwrap()), ["one"]);
    let waiting = beside.clone();
    let waiting = tokio::spawn(async move { waiting.wait_beyond(1).await });
    beside.catch_up().unwrap();
    assert_eq!(waiting.await.unwrap().unwrap(), 2);
    assert_eq!(
        texts(&beside.read(0, Limit::default()).unwrap()),
        ["one", "two"]
    );
    let of_stream = beside.read_stream(stream(2), 0, Limit::default()).unwrap();
    assert_eq!(texts(&of_stream), ["two"]);
    assert_eq!(beside.get(b"key").unwrap().as_deref(), Some(&b"value"[..]));
    assert_eq!(beside.recall(b"once").unwrap().unwrap().reply, b"yes");
    beside.verify(&mut |_, _| ()).unwrap();

    // The writer moves everything into other files and goes; the reader keeps up.
    add_kinds(&log, std::iter::repeat_n(1, 5000)).await;
    log.close().unwrap();
    let log = open(dir.path());
    add(&log, 1, "last").await.unwrap();
    beside.catch_up().unwrap();
    assert_eq!(beside.head(), 5003);
    let verified = beside.verify(&mut |_, _| ()).unwrap();
    assert_eq!((verified.events, verified.segments), (5003, 1));
    drop(log);
    let alone = Reader::open(dir.path()).unwrap();
    assert_eq!(alone.verify(&mut |_, _| ()).unwrap(), verified);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_that_catches_up_during_a_flush_sees_no_hole() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    let (flush, mut flushes) = tokio::sync::mpsc::channel::<()>(1);
    let writer = tokio::spawn(async move {
        while flushes.recv().await.is_some() {
            for _ in 0..5 {
                add_kinds(&log, std::iter::repeat_n(1, 20)).await;
            }
            log.flush().unwrap();
            add_kinds(&log, std::iter::repeat_n(1, 20)).await;
        }
        log.reader().head()
    });
    let path = dir.path().to_owned();
    let following = tokio::task::spawn_blocking(move || {
        for _ in 0..8 {
            flush.blocking_send(()).unwrap();
            let beside = Reader::open(&path).unwrap();
            for _ in 0..6 {
                flush.blocking_send(()).unwrap();
                beside.catch_up().unwrap();
                beside.verify(&mut |_, _| ()).unwrap();
            }
        }
    });
    following.await.unwrap();
    let head = writer.await.unwrap();
    assert_eq!(Reader::open(dir.path()).unwrap().head(), head);
}

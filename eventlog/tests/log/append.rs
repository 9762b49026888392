//! Appending: order, durability, refusals, limits.

use std::collections::BTreeSet;

use eventlog::{Error, Limit, Log, Options, Refused, State, Transaction, View};

use crate::given::{Failure, add, event, hold, open, queued, stream, texts};

#[tokio::test]
async fn events_are_read_back_as_they_were_recorded() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    assert_eq!(log.reader().head(), 0);
    let committed = log
        .append(|transaction| {
            assert_eq!(transaction.record(event(5, 2, "a"))?, 1);
            assert_eq!(transaction.record(event(6, 3, "b"))?, 2);
            assert_eq!(transaction.head(), 2);
            transaction.record(event(5, 4, "c"))
        })
        .await
        .map_err(|refused: Refused<Error>| refused)
        .unwrap();
    assert_eq!(
        (committed.value, committed.position, committed.wrote),
        (3, 3, true)
    );

    let reader = log.reader();
    let records = reader.read(0, Limit::default()).unwrap();
    assert_eq!(texts(&records), ["a", "b", "c"]);
    let last = &records[2].header;
    assert_eq!(
        (last.position, last.stream, last.version),
        (3, stream(5), 2)
    );
    let given = event(5, 4, "c");
    assert_eq!(
        (last.kind, last.schema, last.time_ms),
        (4, 1, given.time_ms)
    );
    assert_eq!((last.id, last.correlation), (given.id, given.correlation));
    assert_eq!((last.causation, last.actor), (0, 5));
    assert_eq!(last.payload_hash, *blake3::hash(b"c").as_bytes());

    let of_stream = reader.read_stream(stream(5), 0, Limit::default()).unwrap();
    assert_eq!(of_stream, [records[0].clone(), records[2].clone()]);
    let rest = reader.read_stream(stream(5), 1, Limit::default()).unwrap();
    assert_eq!(texts(&rest), ["c"]);
    assert!(
        reader
            .read_stream(stream(9), 0, Limit::default())
            .unwrap()
            .is_empty()
    );
    reader.verify(&mut |_, _| ()).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_callers_share_dense_positions_that_are_durable_when_told() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    let callers = (0..64).map(|caller| {
        let log = log.clone();
        tokio::spawn(async move {
            let mut positions = Vec::new();
            for n in 0..20 {
                let committed = add(&log, caller, &n.to_string()).await.unwrap();
                assert!(log.reader().head() >= committed.position);
                positions.push(committed.value);
            }
            positions
        })
    });
    let mut all = BTreeSet::new();
    for caller in callers.collect::<Vec<_>>() {
        let positions = caller.await.unwrap();
        assert!(positions.is_sorted());
        all.extend(positions);
    }
    assert!(all.into_iter().eq(1..=64 * 20));
    let stats = log.stats();
    assert_eq!((stats.appends, stats.events), (1280, 1280));
    assert!(
        stats.batches < 1280,
        "{} fsyncs for 1280 commands",
        stats.batches
    );
    let verified = log.reader().verify(&mut |_, _| ()).unwrap();
    assert_eq!((verified.events, verified.streams), (1280, 64));
}

#[tokio::test]
async fn what_fails_leaves_no_trace_and_harms_no_neighbour() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    let leave_traces = |transaction: &mut Transaction<'_>| {
        transaction.record(event(1, 1, "gone")).unwrap();
        transaction.put(b"key", b"gone".to_vec());
        transaction.remember(b"once", [1; 32], b"gone".to_vec(), 1);
    };
    let held = hold(&log).await;
    let refused = log.append::<(), _>(move |transaction| {
        leave_traces(transaction);
        Err(Failure::Word("no"))
    });
    let panicked = log.append::<(), Failure>(move |transaction| {
        leave_traces(transaction);
        panic!("at the {}", "disco")
    });
    let stateful = log.append::<_, Failure>(|transaction| {
        transaction.put(b"key", b"without event".to_vec());
        Ok(())
    });
    let too_large = log.append(|transaction| {
        let mut event = event(1, 1, "");
        event.payload = vec![0; eventlog::PAYLOAD_BYTES_MAX + 1];
        transaction.record(event)
    });
    let good = log.append(|transaction| {
        assert_eq!(transaction.get(b"key").unwrap(), None);
        assert_eq!(transaction.recall(b"once").unwrap(), None);
        transaction.record(event(1, 1, "kept"))
    });
    let (refused, panicked, stateful, too_large, good, ()) =
        tokio::join!(refused, panicked, stateful, too_large, good, async {
            queued(&log, 5).await;
            held.let_go().await;
        });
    assert!(matches!(
        refused,
        Err(Refused::Decision(Failure::Word("no")))
    ));
    assert!(matches!(panicked, Err(Refused::Log(Error::Panicked(text))) if text == "at the disco"));
    assert!(matches!(
        stateful,
        Err(Refused::Log(Error::StateWithoutEvent))
    ));
    assert!(matches!(
        too_large,
        Err(Refused::Decision(Error::TooLarge { .. }))
    ));
    let good = good.unwrap();
    assert_eq!((good.value, good.position), (1, 1));

    let reader = log.reader();
    assert_eq!(texts(&reader.read(0, Limit::default()).unwrap()), ["kept"]);
    assert_eq!(reader.get(b"key").unwrap(), None);
    assert_eq!(reader.recall(b"once").unwrap(), None);
    assert_eq!(log.stats().refusals, 4);
    reader.verify(&mut |_, _| ()).unwrap();
}

#[tokio::test]
async fn of_one_batch_only_the_first_gets_a_unique_key() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    add(&log, 1, "before").await.unwrap();
    let before = log.stats().batches;
    let held = hold(&log).await;
    let claims: Vec<_> = (0..10_u8)
        .map(|caller| {
            let log = log.clone();
            tokio::spawn(async move {
                let claim = move |transaction: &mut Transaction<'_>| {
                    if let Some(owner) = transaction.get(b"email")? {
                        let listed = transaction.scan(b"em", None, 9)?;
                        assert_eq!(listed, [(b"email".to_vec(), owner)]);
                        return Err(Failure::Word("taken"));
                    }
                    transaction.put(b"email", vec![caller]);
                    Ok(transaction.record(event(caller.into(), 1, "mine"))?)
                };
                log.append(claim).await
            })
        })
        .collect();
    queued(&log, 10).await;
    held.let_go().await;
    let mut won = 0;
    for claim in claims {
        match claim.await.unwrap() {
            Ok(committed) => {
                won += 1;
                assert_eq!(committed.position, 2);
            }
            Err(refused) => assert!(matches!(refused, Refused::Decision(Failure::Word("taken")))),
        }
    }
    assert_eq!(won, 1);
    assert_eq!(log.stats().batches, before + 1);
    assert_eq!(log.reader().head(), 2);
}

#[tokio::test]
async fn a_full_queue_and_a_full_disk_refuse_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let options = Options {
        queue: 2,
        ..Options::default()
    };
    let log = Log::open(dir.path(), options).unwrap();
    assert!(log.accepts_writes());
    let held = hold(&log).await;
    let waiting = [1, 2].map(|id| {
        let log = log.clone();
        tokio::spawn(async move { add(&log, id, "waited").await })
    });
    queued(&log, 2).await;
    let third = add(&log, 3, "too much").await;
    assert!(matches!(third, Err(Refused::Log(Error::Overloaded))));
    held.let_go().await;
    for waiting in waiting {
        waiting.await.unwrap().unwrap();
    }
    assert_eq!(log.reader().head(), 2);
    log.close().unwrap();

    let options = Options {
        reserve_bytes: u64::MAX,
        ..Options::default()
    };
    let log = Log::open(dir.path(), options).unwrap();
    assert!(!log.accepts_writes());
    let refused = add(&log, 1, "no room").await;
    assert!(matches!(refused, Err(Refused::Log(Error::DiskFull { .. }))));
    assert_eq!(log.reader().head(), 2);
}

#[tokio::test]
async fn following_ends_when_the_log_closes() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    let reader = log.reader();
    let follower = tokio::spawn(async move {
        let mut seen = 0;
        loop {
            match reader.wait_beyond(seen).await {
                Ok(head) => {
                    let records = reader.read(seen, Limit::default()).unwrap();
                    assert_eq!(records[0].header.position, seen + 1);
                    seen += records.len() as u64;
                    assert!(seen >= head);
                }
                Err(end) => return (seen, end),
            }
        }
    });
    for n in 0..20_u64 {
        add(&log, n, "news").await.unwrap();
    }
    let clone = log.clone();
    let reader = log.reader();
    log.close().unwrap();
    let (seen, end) = follower.await.unwrap();
    assert_eq!(seen, 20);
    assert!(matches!(end, Error::Closed));
    assert!(matches!(
        add(&clone, 1, "late").await,
        Err(Refused::Log(Error::Closed))
    ));
    assert_eq!(reader.read(19, Limit::default()).unwrap().len(), 1);
    assert!(!clone.accepts_writes());
    clone.close().unwrap();
}

//! Idempotency keys: remembered with the events, found again, forgotten in time.

use eventlog::{Committed, Error, Log, Refused, Transaction};

use crate::given::{event, hold, open, queued};

/// Sends once: the second time the first position is given again.
fn send(transaction: &mut Transaction<'_>, key: &str, time_ms: i64) -> Result<u64, Error> {
    if let Some(before) = transaction.recall(key.as_bytes())? {
        assert_eq!(before.fingerprint, [7; 32]);
        assert_eq!(before.reply, b"sent");
        return Ok(before.position);
    }
    transaction.record(event(1, 1, "sent"))?;
    transaction.remember(key.as_bytes(), [7; 32], b"sent".to_vec(), time_ms);
    transaction.record(event(1, 2, "and counted"))
}

async fn sent(log: &Log, key: &'static str, time_ms: i64) -> Committed<u64> {
    let decide = move |transaction: &mut Transaction<'_>| send(transaction, key, time_ms);
    log.append(decide).await.unwrap()
}

#[tokio::test]
async fn a_repeated_key_gets_the_first_answer_in_the_batch_and_after_reopening() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    let held = hold(&log).await;
    let (first, second, ()) = tokio::join!(sent(&log, "a", 10), sent(&log, "a", 11), async {
        queued(&log, 2).await;
        held.let_go().await;
    });
    assert_eq!((first.value, first.position, first.wrote), (2, 2, true));
    assert_eq!((second.value, second.position, second.wrote), (2, 2, false));
    drop(log);

    let log = open(dir.path());
    let third = sent(&log, "a", 12).await;
    assert_eq!((third.value, third.wrote), (2, false));
    let remembered = log.reader().recall(b"a").unwrap().unwrap();
    assert_eq!((remembered.position, remembered.time_ms), (2, 10));
    assert_eq!(
        log.reader()
            .verify(&mut |_, _| ())
            .unwrap()
            .idempotency_keys,
        1
    );
}

#[tokio::test]
async fn old_keys_are_forgotten_and_renewed_ones_are_kept() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    let remember = |keys: std::ops::Range<u32>, time_ms: i64| {
        let log = log.clone();
        async move {
            let decide = move |transaction: &mut Transaction<'_>| {
                for key in keys {
                    transaction.remember(&key.to_be_bytes(), [0; 32], vec![], time_ms);
                }
                Ok::<_, Error>(())
            };
            let committed = log.append(decide).await;
            committed
                .map_err(|refused: Refused<Error>| refused)
                .unwrap()
        }
    };
    assert!(remember(0..3000, -5).await.wrote);
    remember(3000..3100, 5).await;
    remember(2990..3000, 9).await; // renewed
    let reader = log.reader();
    let known = |key: u32| reader.recall(&key.to_be_bytes()).unwrap().is_some();
    assert_eq!(log.expire_idempotency(-5).await.unwrap(), 0);
    assert_eq!(log.expire_idempotency(5).await.unwrap(), 2990);
    assert!(!known(0) && !known(2989) && known(2990) && known(3000));
    assert_eq!(log.expire_idempotency(9).await.unwrap(), 100);
    assert!(known(2990) && known(2999) && !known(3000));
    assert_eq!(log.expire_idempotency(i64::MAX).await.unwrap(), 10);
    assert_eq!(
        log.reader()
            .verify(&mut |_, _| ())
            .unwrap()
            .idempotency_keys,
        0
    );
}

//! Reading: limits, kinds, segments, erased payloads, folds.

use eventlog::{Error, Kinds, Limit, Memory, Record, SEGMENT_EVENTS, Scratch, State, View, fold};

use crate::given::{add, add_kinds, event, open, texts};

const ALL: Limit = Limit {
    events: usize::MAX,
    bytes: usize::MAX,
};

#[tokio::test]
async fn limits_are_kept_and_reading_goes_on_where_it_stopped() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    for n in 0..5 {
        add(&log, 1, &n.to_string().repeat(100)).await.unwrap();
    }
    let reader = log.reader();
    let read = |after, events, bytes| reader.read(after, Limit { events, bytes }).unwrap().len();
    assert_eq!(read(0, 3, usize::MAX), 3);
    assert_eq!(read(3, 3, usize::MAX), 2);
    assert_eq!(read(0, 9, 250), 2);
    assert_eq!(read(0, 9, 1), 1);
    assert_eq!(read(5, 9, 9), 0);
    assert_eq!(read(u64::MAX, 9, 9), 0);
}

#[tokio::test]
async fn one_event_is_read_by_its_position_or_by_its_place_in_a_stream() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    for stream in [1, 2, 1] {
        add(&log, stream, "said").await.unwrap();
    }
    let reader = log.reader();
    let place = |record: Record| (record.header.position, record.header.version);
    let at = |position| reader.event(position).unwrap().map(place);
    assert_eq!([at(1), at(3)], [Some((1, 1)), Some((3, 2))]);
    assert_eq!([at(0), at(4), at(u64::MAX)], [None; 3]);
    let of = |id, version| {
        let stream = event(id, 1, "").stream;
        reader.event_of(stream, version).unwrap().map(place)
    };
    assert_eq!([of(1, 2), of(2, 1)], [Some((3, 2)), Some((2, 1))]);
    assert_eq!([of(1, 3), of(1, 0), of(3, 1)], [None; 3]);
}

#[tokio::test]
async fn kinds_are_found_and_segments_are_summed_up() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    // Kind 9 at the ends of the first segment and in the third; the second has none.
    let kind_at = |position: u64| match position {
        1 | 4096 | 9000 | 9001 => 9,
        _ => 1 + u16::try_from(position % 3).unwrap(),
    };
    add_kinds(&log, (1..=9500).map(kind_at)).await;
    let reader = log.reader();
    let nine: Kinds = [9].into_iter().collect();
    let positions = |after, events| {
        let limit = Limit { events, ..ALL };
        let page = reader.read_kinds(after, &nine, limit).unwrap();
        let positions = page.records.iter().map(|record| record.header.position);
        (positions.collect::<Vec<_>>(), page.through)
    };
    assert_eq!(positions(0, 9), (vec![1, 4096, 9000, 9001], 9500));
    assert_eq!(positions(0, 2), (vec![1, 4096], 4096));
    assert_eq!(positions(4096, 1), (vec![9000], 9000));
    assert_eq!(positions(5000, 9), (vec![9000, 9001], 9500));
    assert_eq!(positions(9500, 9), (vec![], 9500));

    let segments = reader.segments(0, 9).unwrap();
    assert_eq!(segments.len(), 2);
    assert_eq!(
        (segments[1].first, segments[1].last),
        (4097, 2 * SEGMENT_EVENTS)
    );
    assert_eq!(segments[0].kinds, [1, 2, 3, 9].into_iter().collect());
    assert!(!segments[1].kinds.contains(9));
    assert_eq!(reader.segment(5000).unwrap().as_ref(), Some(&segments[1]));
    assert_eq!(reader.segment(9000).unwrap(), None);
    assert_eq!(reader.segments(1, 9).unwrap(), segments[1..]);

    let all = reader.read(0, ALL).unwrap();
    assert!(all.iter().map(|record| record.header.position).eq(1..=9500));
    assert!(
        all.iter()
            .all(|record| record.header.kind == kind_at(record.header.position))
    );
    reader.verify(&mut |_, _| ()).unwrap();
}

#[tokio::test]
async fn erased_payloads_are_gone_and_the_chain_still_holds() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    for n in 0..4 {
        add(&log, 1, &format!("secret {n}")).await.unwrap();
    }
    let before = log.reader().verify(&mut |_, _| ()).unwrap();
    let headers = |records: Vec<Record>| records.into_iter().map(|record| record.header);
    let told: Vec<_> = headers(log.reader().read(0, ALL).unwrap()).collect();

    assert!(matches!(
        log.erase(vec![1, 5]).await,
        Err(Error::NoSuchPosition(5))
    ));
    assert!(matches!(
        log.erase(vec![0]).await,
        Err(Error::NoSuchPosition(0))
    ));
    assert_eq!(log.erase(vec![3, 2, 3]).await.unwrap(), 2);
    assert_eq!(log.erase(vec![2]).await.unwrap(), 0);
    add(&log, 1, "later").await.unwrap();
    log.erase(vec![5]).await.unwrap();
    log.close().unwrap();

    let log = open(dir.path());
    let records = log.reader().read(0, ALL).unwrap();
    assert_eq!(
        texts(&records),
        ["secret 0", "erased", "erased", "secret 3", "erased"]
    );
    assert_eq!(headers(records).take(4).collect::<Vec<_>>(), told);
    let verified = log.reader().verify(&mut |_, _| ()).unwrap();
    assert_eq!((verified.events, verified.erased), (5, 3));
    assert_eq!(before.events, 4);
    add(&log, 1, "and on").await.unwrap();
}

/// Counts the events of each stream, and keeps the last payload.
fn evolve<S: State>(state: &mut S, record: &Record) -> Result<(), Error> {
    let key = [b"count", &record.header.stream.id.to_be_bytes()[..]].concat();
    let count = state.get(&key)?.map_or(0, |count| count[0]);
    state.put(&key, vec![count + 1]);
    if let Some([(earlier, _)]) = state.scan(b"last", None, 1)?.first_chunk() {
        state.delete(earlier);
    }
    let last = [b"last", record.payload.bytes().unwrap_or_default()].concat();
    state.put(&last, vec![]);
    Ok(())
}

#[tokio::test]
async fn folding_the_events_gives_the_state() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    for n in 0..30_u64 {
        let decide = move |transaction: &mut eventlog::Transaction<'_>| {
            let event = event(n % 4, 1, &n.to_string());
            let position = transaction.record(event.clone())?;
            let header = eventlog::Header {
                position,
                stream: event.stream,
                version: transaction.version(event.stream)?,
                kind: event.kind,
                schema: event.schema,
                time_ms: event.time_ms,
                id: event.id,
                correlation: event.correlation,
                causation: event.causation,
                actor: event.actor,
                payload_hash: [0; 32],
            };
            let payload = eventlog::Payload::Intact(event.payload);
            evolve(transaction, &Record { header, payload })
        };
        log.append(decide).await.unwrap();
    }
    let reader = log.reader();
    let mut memory = Memory::default();
    let head = fold(&reader, &mut memory, evolve, &mut |_, _| ()).unwrap();
    assert_eq!(head, 30);
    let stored = reader.scan(b"", None, 99).unwrap();
    assert_eq!(stored.len(), 5);
    assert!(
        memory
            .iter()
            .eq(stored.iter().map(|(key, value)| (&key[..], &value[..])))
    );

    let mut scratch = Scratch::new(dir.path()).unwrap();
    fold(&reader, &mut scratch, evolve, &mut |_, _| ()).unwrap();
    assert_eq!(scratch.compare(&reader).unwrap(), None);
    let (key, value) = &stored[2];
    scratch.put(b"zoo", vec![]);
    scratch.delete(key);
    let difference = scratch.compare(&reader).unwrap().unwrap();
    assert_eq!(&difference.key, key);
    assert_eq!(
        (difference.stored.as_ref(), difference.folded),
        (Some(value), None)
    );
    scratch.put(key, value.clone());
    let difference = scratch.compare(&reader).unwrap().unwrap();
    assert_eq!(
        (&difference.key[..], difference.stored),
        (&b"zoo"[..], None)
    );
    assert_eq!(difference.folded, Some(vec![]));
}

//! Checks the overlays against a plain map, on random commands in random batches.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use rocksdb::WriteOptions;

use crate::base::Base;
use crate::changes::Changes;
use crate::event::{NewEvent, Stream};
use crate::scratch::Scratch;
use crate::state::{Memory, State, View};
use crate::store::Store;
use crate::transaction::Transaction;

#[derive(Debug, Clone)]
enum Step {
    Put(Vec<u8>, u8),
    Delete(Vec<u8>),
    Record(u64),
    /// The command ends: accepted or refused.
    End(bool),
    /// The batch is written.
    Write,
}

/// Few and related keys, so that steps meet.
fn key() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(prop::sample::select(vec![0, 1, 0xff]), 0..4)
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (key(), any::<u8>()).prop_map(|(key, value)| Step::Put(key, value)),
        3 => key().prop_map(Step::Delete),
        2 => (0..3_u64).prop_map(Step::Record),
        2 => any::<bool>().prop_map(Step::End),
        1 => Just(Step::Write),
    ]
}

fn event(stream: u64) -> NewEvent {
    NewEvent {
        stream: Stream {
            kind: 1,
            id: stream,
        },
        kind: 1,
        schema: 1,
        time_ms: 0,
        id: [0; 16],
        correlation: [0; 16],
        causation: 0,
        actor: 0,
        payload: vec![],
    }
}

/// What the log should hold: the state, the streams' versions and the head.
#[derive(Debug, Clone, Default)]
struct Model {
    state: Memory,
    versions: BTreeMap<u64, u64>,
    head: u64,
}

fn agree(state: &impl State, model: &Memory, key: &[u8], after: &[u8], limit: usize) {
    assert_eq!(state.get(key).unwrap(), model.get(key).unwrap());
    for after in [None, Some(after)] {
        let scanned = state.scan(key, after, limit).unwrap();
        assert_eq!(scanned, model.scan(key, after, limit).unwrap());
    }
}

fn check(steps: &[(Step, Vec<u8>, Vec<u8>, usize)]) {
    let dir = tempfile::tempdir().unwrap();
    let store = Arc::new(Store::open(&dir.path().join("log")).unwrap());
    let mut tail = store.tail().unwrap();
    let mut base = Base::new(store.clone(), 0);
    let mut scratch = Scratch::new(dir.path()).unwrap();
    let mut committed = Model::default();
    let mut steps = steps.iter().peekable();
    let mut batch = Changes::default();
    while steps.peek().is_some() {
        let mut transaction = Transaction::new(&base, &batch);
        let mut model = committed.clone();
        let mut accepted = false;
        let mut written = false;
        for (step, key, after, limit) in steps.by_ref() {
            match step {
                Step::Put(key, value) => {
                    transaction.put(key, vec![*value]);
                    model.state.put(key, vec![*value]);
                }
                Step::Delete(key) => {
                    transaction.delete(key);
                    model.state.delete(key);
                }
                Step::Record(stream) => {
                    model.head += 1;
                    *model.versions.entry(*stream).or_default() += 1;
                    assert_eq!(transaction.record(event(*stream)).unwrap(), model.head);
                }
                Step::End(end) => {
                    accepted = *end;
                    break;
                }
                Step::Write => {
                    written = true;
                    break;
                }
            }
            assert_eq!(transaction.head(), model.head);
            for stream in 0..3 {
                let version = transaction.version(event(stream).stream).unwrap();
                assert_eq!(version, model.versions.get(&stream).copied().unwrap_or(0));
            }
            agree(&transaction, &model.state, key, after, *limit);
        }
        if accepted && let Ok(changes) = transaction.accept() {
            for (key, value) in &changes.state {
                match value {
                    Some(value) => scratch.put(key, value.clone()),
                    None => scratch.delete(key),
                }
            }
            batch.absorb(changes);
            committed = model;
        }
        if written {
            let changes = std::mem::take(&mut batch);
            let write = changes.write_batch(&store, &mut tail);
            store.db.write_opt(write, &WriteOptions::default()).unwrap();
            base.advance(changes);
        }
        agree(
            &Transaction::new(&base, &batch),
            &committed.state,
            b"",
            b"",
            99,
        );
        agree(&scratch, &committed.state, &[1], &[1, 0], 9);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn overlays_behave_like_one_map(
        steps in prop::collection::vec((step(), key(), key(), 0..6_usize), 1..120)
    ) {
        check(&steps);
    }
}

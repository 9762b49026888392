//! One golden file for each type and version, written once, reviewed, and kept for ever.

mod erasure;
mod notifications;
mod samples;
mod slack;
mod token;

use std::{collections::BTreeSet, fs, path::PathBuf};

use crate::{Event, TYPES};

#[test]
fn every_type_reads_and_writes_its_golden_file() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut missing = Vec::new();
    for event in all() {
        let kind = event.event_type();
        let path = folder.join(format!("{}.v{}.json", kind.name, kind.version));
        let written: serde_json::Value = serde_json::from_slice(&event.encode()).expect("JSON");
        if !path.exists() {
            fs::write(
                &path,
                serde_json::to_string_pretty(&written).expect("JSON") + "\n",
            )
            .expect("writable");
            missing.push(path);
            continue;
        }
        let golden = fs::read(&path).expect("readable");
        let read =
            Event::decode(kind.number, kind.version, &golden).expect("the golden file decodes");
        assert_eq!(read, event, "{} read from its golden file", kind.name);
        let golden: serde_json::Value = serde_json::from_slice(&golden).expect("JSON");
        assert_eq!(written, golden, "{} as written today", kind.name);
    }
    assert!(
        missing.is_empty(),
        "written for the first time, review and commit: {missing:?}"
    );
}

#[test]
fn every_type_has_a_sample_and_its_own_number_and_name() {
    let sampled: BTreeSet<u16> = all().map(|event| event.event_type().number).collect();
    let numbers: BTreeSet<u16> = TYPES.iter().map(|kind| kind.number).collect();
    let names: BTreeSet<&str> = TYPES.iter().map(|kind| kind.name).collect();
    assert_eq!(sampled, numbers);
    assert_eq!((numbers.len(), names.len()), (TYPES.len(), TYPES.len()));
}

#[test]
fn what_a_newer_release_wrote_is_refused_by_name() {
    assert!(
        Event::decode(1, 9, b"{}")
            .unwrap_err()
            .to_string()
            .contains("version 9 of user.created")
    );
    assert!(
        Event::decode(65000, 1, b"{}")
            .unwrap_err()
            .to_string()
            .contains("event type 65000")
    );
    assert!(
        Event::decode(8, 1, b"[]")
            .unwrap_err()
            .to_string()
            .contains("user.logged-in")
    );
}

/// A sample of each type, a file a family where there are many.
fn all() -> impl Iterator<Item = Event> {
    samples::samples()
        .into_iter()
        .chain(notifications::samples())
        .chain(slack::samples())
        .chain(erasure::samples())
        .chain(token::samples())
}

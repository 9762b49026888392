//! The house's walls: what a folder must not know, it does not name.

use std::path::{Path, PathBuf};

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Files below `src` that name `word`, but for those in `home`.
fn strangers(word: &str, home: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut all = Vec::new();
    sources(&root, &mut all);
    assert!(all.len() > 50, "the sources are found");
    all.retain(|path| !path.starts_with(root.join(home)));
    all.retain(|path| {
        std::fs::read_to_string(path)
            .expect("readable")
            .contains(word)
    });
    all
}

#[test]
fn only_the_log_touches_rocksdb_and_only_the_read_side_sql() {
    assert_eq!(strangers("rocksdb::", "nowhere"), [] as [PathBuf; 0]);
    assert_eq!(strangers("sqlx::", "nowhere"), [] as [PathBuf; 0]);
}

#[test]
fn only_the_doors_know_axum() {
    let found = strangers("axum::", "http");
    // `serve` hands the router to axum's server, and that is all it knows.
    assert!(
        found.iter().all(|path| path.ends_with("src/serve.rs")),
        "{found:?}"
    );
}

#[test]
fn only_the_adapters_speak_to_the_outside() {
    for word in ["reqwest::", "lettre::", "async_imap::", "mail_parser::"] {
        assert_eq!(strangers(word, "adapters"), [] as [PathBuf; 0], "{word}");
    }
}

#[test]
fn only_the_bus_knows_nats() {
    assert_eq!(strangers("async_nats::", "bus"), [] as [PathBuf; 0]);
}

#[test]
fn no_file_is_longer_than_a_person_reads() {
    let mut all = Vec::new();
    for folder in ["src", "events/src", "eventlog/src", "projections/src"] {
        sources(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join(folder),
            &mut all,
        );
    }
    let lines = |path: &PathBuf| {
        std::fs::read_to_string(path)
            .expect("readable")
            .lines()
            .count()
    };
    all.retain(|path| lines(path) > 300);
    assert_eq!(all, [] as [PathBuf; 0]);
}

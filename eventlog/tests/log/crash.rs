//! A killed process loses nothing that it acknowledged; the negative control shows that the test
//! would notice.

use std::env;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use eventlog::{Acknowledge, Log, Options};

use crate::given::{add, open};

const DIR: &str = "EVENTLOG_CRASH_DIR";
const CONTROL: &str = "EVENTLOG_CRASH_CONTROL";

/// Not a test by itself: the process that gets killed. Writes until then, and tells each
/// acknowledged position.
#[test]
fn victim() {
    let Some(dir) = env::var_os(DIR) else { return };
    let acknowledge = match env::var_os(CONTROL) {
        Some(_) => Acknowledge::BeforeWrite,
        None => Acknowledge::AfterSync,
    };
    let options = Options {
        acknowledge,
        ..Options::default()
    };
    let log = Log::open(Path::new(&dir), options).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let writers: Vec<_> = (0..8)
            .map(|id| {
                let log = log.clone();
                tokio::spawn(async move {
                    for _ in 0..u64::MAX {
                        let committed = add(&log, id, &"x".repeat(200)).await.unwrap();
                        println!("acknowledged {}", committed.position);
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.await.unwrap();
        }
    });
}

/// Kills a victim after `lines` acknowledgements; returns the last position it acknowledged.
fn kill_one(dir: &Path, control: bool, lines: usize) -> u64 {
    let mut command = Command::new(env::current_exe().unwrap());
    command
        .args(["--exact", "crash::victim", "--nocapture"])
        .env(DIR, dir);
    if control {
        command.env(CONTROL, "1");
    }
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let mut last = 0;
    let mut seen = 0;
    for line in output.lines() {
        let line = line.unwrap();
        // Libtest's own words may stand before the first one.
        let Some((_, position)) = line.rsplit_once("acknowledged ") else {
            continue;
        };
        last = last.max(position.parse().unwrap());
        seen += 1;
        if seen == lines {
            child.kill().unwrap(); // SIGKILL; what it had printed is read to the end
        }
    }
    child.wait().unwrap();
    assert!(seen >= lines, "the victim died by itself");
    last
}

#[test]
fn a_killed_process_loses_nothing_it_acknowledged() {
    let dir = tempfile::tempdir().unwrap();
    for lines in [1, 40, 200, 1000] {
        let acknowledged = kill_one(dir.path(), false, lines);
        let log = open(dir.path());
        let head = log.reader().head();
        assert!(
            head >= acknowledged,
            "acknowledged {acknowledged}, found {head}"
        );
        assert_eq!(log.reader().verify(&mut |_, _| ()).unwrap().events, head);
    }
}

#[test]
fn the_negative_control_loses_acknowledged_writes() {
    let lost = (0..5).any(|_| {
        let dir = tempfile::tempdir().unwrap();
        let acknowledged = kill_one(dir.path(), true, 20);
        open(dir.path()).reader().head() < acknowledged
    });
    assert!(lost, "a log that answers before it writes went unnoticed");
}

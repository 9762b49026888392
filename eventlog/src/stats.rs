//! Counters for operators. Cheap: the append thread adds once a batch.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// Upper bounds in seconds of the buckets of [`Stats::commit_buckets`]; one more has no bound.
pub const COMMIT_SECONDS: [f64; 11] = [
    0.000_5, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0,
];

/// The log's counters since it was opened.
#[derive(Debug, Clone, PartialEq)]
pub struct Stats {
    /// Commands accepted, with or without events.
    pub appends: u64,
    /// Commands refused: by their decision, a panic, a limit or a full disk.
    pub refusals: u64,
    /// Batches written, each with one fsync.
    pub batches: u64,
    /// Events written.
    pub events: u64,
    /// Time spent in writing and syncing batches, in seconds.
    pub commit_seconds_total: f64,
    /// Batches by the time their writing took: how many needed at most the bound of the same
    /// index in [`COMMIT_SECONDS`] but more than the one before; the last is everything slower.
    pub commit_buckets: [u64; COMMIT_SECONDS.len() + 1],
    /// Commands waiting now.
    pub queue_length: usize,
    /// Commands that may wait.
    pub queue_capacity: usize,
    /// Whether a failed write has stopped the log.
    pub stopped: bool,
}

/// The counters as the append thread keeps them.
#[derive(Default)]
pub(crate) struct Counters {
    pub(crate) appends: AtomicU64,
    pub(crate) refusals: AtomicU64,
    pub(crate) events: AtomicU64,
    commit_nanos: AtomicU64,
    commits: [AtomicU64; COMMIT_SECONDS.len() + 1],
}

impl Counters {
    pub(crate) fn committed(&self, took: Duration) {
        let seconds = took.as_secs_f64();
        let bucket = COMMIT_SECONDS.partition_point(|bound| *bound < seconds);
        self.commits[bucket].fetch_add(1, Relaxed);
        let nanos = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        self.commit_nanos.fetch_add(nanos, Relaxed);
    }

    pub(crate) fn stats(&self, queue: (usize, usize), stopped: bool) -> Stats {
        let commit_buckets = self.commits.each_ref().map(|count| count.load(Relaxed));
        Stats {
            appends: self.appends.load(Relaxed),
            refusals: self.refusals.load(Relaxed),
            batches: commit_buckets.iter().sum(),
            events: self.events.load(Relaxed),
            commit_seconds_total: Duration::from_nanos(self.commit_nanos.load(Relaxed))
                .as_secs_f64(),
            commit_buckets,
            queue_length: queue.0,
            queue_capacity: queue.1,
            stopped,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commits_fall_into_their_buckets() {
        let counters = Counters::default();
        for millis in [0, 1, 3, 2000] {
            counters.committed(Duration::from_millis(millis));
        }
        let stats = counters.stats((1, 2), false);
        assert_eq!(stats.batches, 4);
        assert_eq!(stats.commit_buckets, [1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1]);
        assert!((stats.commit_seconds_total - 2.004).abs() < 1e-9);
    }
}

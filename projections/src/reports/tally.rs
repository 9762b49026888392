//! What a batch adds to the reports' sums, and takes away.

use std::collections::BTreeMap;

use events::UserId;
use events::report::Name;

use super::rows::BUCKETS;
use crate::Fault;
use crate::database::{Shape, Tx, run, without_nul};

/// A quarter of an hour, in milliseconds: every offset that a timezone has today is a multiple.
pub const QUARTER_MS: i64 = 900_000;
/// The widths of buckets, in quarters of an hour: one, a day, 32 days. A day of any timezone is
/// made of the narrow ones, years of the wide ones.
pub(super) const WIDTHS: [i64; 3] = [1, 96, 32 * 96];
/// Characters kept of what a sum is of.
const ITEM_CHARS_MAX: usize = 100;

/// The quarter of an hour that a time is in, counted from the epoch.
pub(super) fn quarter(time_ms: i64) -> i64 {
    time_ms.div_euclid(QUARTER_MS)
}

/// Something to be counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) report: Name,
    /// The quarter of an hour in which it counts.
    pub(super) quarter: i64,
    /// Of what: an agent's id, a country; empty where a report has but one sum.
    pub(super) item: String,
    /// How many.
    pub(super) entries: i64,
    /// Milliseconds, or how many of them were good.
    pub(super) total: i64,
}

impl Entry {
    /// One more of a report with but one sum.
    pub(super) fn one(report: Name, quarter: i64) -> Self {
        Self {
            report,
            quarter,
            item: String::new(),
            entries: 1,
            total: 0,
        }
    }

    /// As it is, of this.
    pub(super) fn of(self, item: &str) -> Self {
        let item = without_nul(item.trim());
        Self {
            item: item.chars().take(ITEM_CHARS_MAX).collect(),
            ..self
        }
    }

    /// As it is, of this agent.
    pub(super) fn of_agent(self, agent: UserId) -> Self {
        Self {
            item: agent.to_string(),
            ..self
        }
    }

    /// As it is, with these sums.
    pub(super) fn with(self, entries: i64, total: i64) -> Self {
        Self {
            entries,
            total,
            ..self
        }
    }
}

/// What is added to the sums: by report, width, bucket and item.
#[derive(Debug, Default)]
pub(super) struct Tally(BTreeMap<(u8, i64, i64, String), (i64, i64)>);

impl Tally {
    /// Counts something.
    pub(super) fn add(&mut self, entry: Entry) {
        let key = (entry.report.number(), 1, entry.quarter, entry.item);
        self.bring(key, entry.entries, entry.total);
    }

    /// Counts something no more.
    pub(super) fn take(&mut self, entry: Entry) {
        let (entries, total) = (-entry.entries, -entry.total);
        self.add(entry.with(entries, total));
    }

    fn bring(&mut self, key: (u8, i64, i64, String), entries: i64, total: i64) {
        let sum = self.0.entry(key).or_default();
        sum.0 += entries;
        sum.1 += total;
    }

    /// Adds it all to the table. A bucket of nothing is no bucket: where something was taken away
    /// nothing must tell that it had been there.
    pub(super) async fn write(mut self, tx: &mut Tx) -> Result<(), Fault> {
        let quarters: Vec<_> = self
            .0
            .iter()
            .map(|(key, sum)| (key.clone(), *sum))
            .collect();
        for ((report, _, bucket, item), (entries, total)) in quarters {
            for width in &WIDTHS[1..] {
                let key = (report, *width, bucket.div_euclid(*width), item.clone());
                self.bring(key, entries, total);
            }
        }
        self.0.retain(|_, sum| *sum != (0, 0));
        let rows: Vec<_> = self
            .0
            .iter()
            .map(|((report, width, bucket, item), (entries, total))| {
                (report, width, bucket, item, entries, total)
            })
            .collect();
        BUCKETS.add(tx, &["entries", "total"], &rows).await?;
        let lessened: Vec<_> = rows
            .into_iter()
            .filter(|row| *row.4 < 0 || *row.5 < 0)
            .map(|row| (row.0, row.1, row.2, row.3))
            .collect();
        let key = Shape(&BUCKETS.columns.0[..BUCKETS.key_columns]);
        let sql = format!(
            "DELETE FROM report_buckets WHERE entries = 0 AND total = 0
             AND ({names}) IN (SELECT {names} FROM ({rows}) AS lessened)",
            names = key.names(),
            rows = key.rows(tx.dialect())
        );
        run(tx, &sql, &lessened).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quarters_before_the_epoch_count_on() {
        assert_eq!(
            [-900_001, -1, 0, 899_999, 900_000].map(quarter),
            [-2, -1, 0, 0, 1]
        );
    }

    #[test]
    fn what_is_taken_was_never_there() {
        let mut tally = Tally::default();
        let entry = Entry::one(Name::Countries, 7).of(" a\0b ");
        assert_eq!(entry.item, "a\u{fffd}b");
        tally.add(entry.clone());
        tally.take(entry);
        assert!(tally.0.values().all(|sum| *sum == (0, 0)));
    }
}

//! Questions about reports: sums over periods, and sums by what they are of.

use events::report::Name;
use serde::Deserialize;

use super::tally::DAY;
use crate::database::{Kind, Shape, args};
use crate::{Fault, ReadModels};

/// What was counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Sum {
    /// How many.
    pub entries: i64,
    /// Of times, the milliseconds of all of them; of ratings, how many were good.
    pub total: i64,
}

/// A stretch of buckets of one width, of the period with this number.
type Stretch = (usize, i64, i64, i64);

const STRETCHES: Shape = Shape(&[
    ("period", Kind::Int),
    ("width", Kind::Int),
    ("first", Kind::Int),
    ("until", Kind::Int),
]);

impl ReadModels {
    /// What a report counted in each of these periods, whatever it is of. Periods are quarters of
    /// an hour since the epoch ([`QUARTER_MS`](crate::QUARTER_MS)): the first, and the one after
    /// the last.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn report_over(
        &self,
        report: Name,
        periods: &[(i64, i64)],
    ) -> Result<Vec<Sum>, Fault> {
        let db = self.db();
        let stretches = serde_json::to_string(&stretches(periods)).map_err(Fault::Row)?;
        // One look into the key for each stretch, whatever a planner thinks of the table.
        let sum = |column: &str| {
            format!(
                "(SELECT CAST(COALESCE(SUM({column}), 0) AS BIGINT) FROM report_buckets
                  WHERE report = $2 AND report_buckets.width = stretches.width
                  AND bucket >= stretches.first AND bucket < stretches.until)"
            )
        };
        let columns = ["period".to_owned(), sum("entries"), sum("total")];
        let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
        let from = format!("FROM ({}) AS stretches", STRETCHES.rows(db.dialect()));
        let rows: Vec<(usize, i64, i64)> = db
            .read(
                &columns,
                &from,
                args![stretches, i64::from(report.number())],
            )
            .await?;
        let mut sums = vec![Sum::default(); periods.len()];
        for (period, entries, total) in rows {
            if let Some(sum) = sums.get_mut(period) {
                sum.entries += entries;
                sum.total += total;
            }
        }
        Ok(sums)
    }

    /// What a report counted in a period, by what it is of: the most first, at most `limit`.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn report_by_item(
        &self,
        report: Name,
        period: (i64, i64),
        limit: u32,
    ) -> Result<Vec<(String, Sum)>, Fault> {
        let db = self.db();
        let stretches = serde_json::to_string(&stretches(&[period])).map_err(Fault::Row)?;
        let from = format!(
            "FROM ({}) AS stretches JOIN report_buckets ON report = $2
             AND report_buckets.width = stretches.width
             AND bucket >= stretches.first AND bucket < stretches.until
             GROUP BY item ORDER BY SUM(entries) DESC, item LIMIT {limit}",
            STRETCHES.rows(db.dialect())
        );
        let columns = [
            "item",
            "CAST(SUM(entries) AS BIGINT)",
            "CAST(SUM(total) AS BIGINT)",
        ];
        let rows: Vec<(String, i64, i64)> = db
            .read(
                &columns,
                &from,
                args![stretches, i64::from(report.number())],
            )
            .await?;
        Ok(rows
            .into_iter()
            .map(|(item, entries, total)| (item, Sum { entries, total }))
            .collect())
    }
}

/// The buckets that periods are made of: whole days where they are whole, quarters at their ends.
fn stretches(periods: &[(i64, i64)]) -> Vec<Stretch> {
    let mut stretches = Vec::with_capacity(periods.len() * 3);
    for (number, (first, until)) in periods.iter().copied().enumerate() {
        let days = (-(-first).div_euclid(DAY), until.div_euclid(DAY));
        let parts = if days.0 < days.1 {
            [
                (1, first, days.0 * DAY),
                (DAY, days.0, days.1),
                (1, days.1 * DAY, until),
            ]
        } else {
            [(1, first, until), (1, 0, 0), (1, 0, 0)]
        };
        let parts = parts.into_iter().filter(|(_, first, until)| first < until);
        stretches.extend(parts.map(|(width, first, until)| (number, width, first, until)));
    }
    stretches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_days_and_their_ends() {
        assert_eq!(stretches(&[(0, 96)]), [(0, 96, 0, 1)]);
        assert_eq!(
            stretches(&[(4, 292), (-100, 3)]),
            [
                (0, 1, 4, 96),
                (0, 96, 1, 3),
                (0, 1, 288, 292),
                (1, 1, -100, -96),
                (1, 96, -1, 0),
                (1, 1, 0, 3)
            ]
        );
        assert_eq!(stretches(&[(4, 100), (7, 7)]), [(0, 1, 4, 100)]);
    }
}

//! Questions about reports: sums over periods, and sums by what they are of.

use events::report::Name;
use serde::Deserialize;

use super::tally::WIDTHS;
use crate::database::{Arg, Kind, Shape, args};
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
        // A few ranges of the key, one after the other: no planner reads the whole table for that.
        let mut args = args![i64::from(report.number())];
        let mut parts = Vec::new();
        for (_, width, first, until) in stretches(&[period]) {
            let next = args.len() + 1;
            parts.push(format!(
                "SELECT item, entries, total FROM report_buckets WHERE report = $1
                 AND width = ${next} AND bucket >= ${} AND bucket < ${}",
                next + 1,
                next + 2
            ));
            args.extend([width, first, until].map(Arg::from));
        }
        if parts.is_empty() {
            return Ok(Vec::new());
        }
        let from = format!(
            "FROM ({}) AS parts GROUP BY item ORDER BY SUM(entries) DESC, item LIMIT {limit}",
            parts.join(" UNION ALL ")
        );
        let columns = [
            "item",
            "CAST(SUM(entries) AS BIGINT)",
            "CAST(SUM(total) AS BIGINT)",
        ];
        let rows: Vec<(String, i64, i64)> = self.db().read(&columns, &from, args).await?;
        Ok(rows
            .into_iter()
            .map(|(item, entries, total)| (item, Sum { entries, total }))
            .collect())
    }
}

/// The buckets that periods are made of: the widest where they fit, narrower ones at the ends.
fn stretches(periods: &[(i64, i64)]) -> Vec<Stretch> {
    let mut stretches = Vec::new();
    for (number, (first, until)) in periods.iter().copied().enumerate() {
        cut(&WIDTHS, first, until, &mut |width, first, until| {
            stretches.push((number, width, first, until));
        });
    }
    stretches
}

fn cut(widths: &[i64], first: i64, until: i64, piece: &mut impl FnMut(i64, i64, i64)) {
    let Some((width, narrower)) = widths.split_last() else {
        return;
    };
    let (from, to) = (-(-first).div_euclid(*width), until.div_euclid(*width));
    if from < to {
        cut(narrower, first, from * width, piece);
        piece(*width, from, to);
        cut(narrower, to * width, until, piece);
    } else {
        cut(narrower, first, until, piece);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_widest_buckets_and_the_ends() {
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
        assert_eq!(
            stretches(&[(3_071, 6_241)]),
            [
                (0, 1, 3_071, 3_072),
                (0, 3_072, 1, 2),
                (0, 96, 64, 65),
                (0, 1, 6_240, 6_241)
            ]
        );
    }
}

//! `reports`

use std::collections::{BTreeMap, HashMap};

use events::{UserId, report::Name};
use projections::{Sum, UsersFilter};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value};

use super::{
    name::ReportName,
    period::{Day, Period, Zone},
    sheets::{Measure, Shape, sheet},
};
use crate::{
    clock,
    functions::{Context, Failure, Query},
    wire::OrFalse,
};

/// Rows of a report by agent, article or name at most: those with the most.
const ITEMS_MAX: u32 = 1_000;

/// Returns a report over a period.
///
/// `data` has a row for each day (`dd/mm/yyyy`) of the period, or for each month (`mm/yyyy`) of
/// one of more than 62 days, with 0 where there is nothing; the reports `agents-…`, `articles-ratings`,
/// `articles-views-single`, `countries`, `languages`, `browsers` and `os` have a row for each agent,
/// article or name instead, the one with the most first, at most 1,000. A row is a list of numbers:
/// a count (`label_type` 1), an average in seconds (2), or the good and the bad ratings (3).
/// `chart_type` is `line`, `bar` or `pie`, and `table-inverse` says that a table shows the last row
/// first.
///
/// Without `date_end` the period ends today, without `date_start` it is 30 days long; both days are
/// part of it. It is ten years long at most. Days are those of `timezone`, else UTC. What was
/// deleted is in no report, but for visitors, who are counted when they come, and for what readers
/// did with articles: one that is gone is called by its ID.
///
/// `GET /v1/reports/{name}.svg` draws the same report, with the same arguments in its query.
/// # Example
/// `{"name": "conversations", "date_start": "01/03/2021", "date_end": "2021-05-31", "timezone": "Europe/London"}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Reports {
    /// The report.
    name: ReportName,
    /// The first day, `dd/mm/yyyy` or `yyyy-mm-dd`.
    #[serde(default)]
    date_start: OrFalse<Day>,
    /// The last day.
    #[serde(default)]
    date_end: OrFalse<Day>,
    /// Whose days they are: an IANA name such as `Europe/London`.
    #[serde(default)]
    timezone: OrFalse<Zone>,
}

/// A report.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// Its title.
    pub title: String,
    /// What it shows.
    pub description: String,
    /// Its rows, in order.
    pub data: Rows,
    /// The heads of a table's columns.
    pub table: Vec<String>,
    /// Whether a table shows the last row first.
    #[serde(rename = "table-inverse")]
    pub table_inverse: bool,
    /// What the numbers are: 1 counts, 2 seconds, 3 good and bad ratings.
    pub label_type: u8,
    /// `line`, `bar` or `pie`.
    pub chart_type: String,
}

/// Rows of a report in their order: a JSON object of lists.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct Rows(pub Vec<(String, Vec<u64>)>);

impl Serialize for Rows {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, numbers)| (key, numbers)))
    }
}

impl TryFrom<Map<String, Value>> for Rows {
    type Error = serde_json::Error;

    fn try_from(map: Map<String, Value>) -> Result<Self, Self::Error> {
        let row = |(key, numbers)| Ok((key, serde_json::from_value(numbers)?));
        map.into_iter().map(row).collect::<Result<_, _>>().map(Self)
    }
}

impl JsonSchema for Rows {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Rows".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        BTreeMap::<String, Vec<u64>>::json_schema(generator)
    }
}

impl Query for Reports {
    const NAME: &'static str = "reports";
    type Reply = Report;

    async fn answer(self, context: &Context) -> Result<Report, Failure> {
        let report = self.name.0;
        let period = Period::of(
            self.date_start.0,
            self.date_end.0,
            self.timezone.0,
            clock::now_ms(),
        )?;
        let sheet = sheet(report);
        let measure = sheet.shape.measure();
        let rows = match sheet.shape {
            Shape::OverTime(_) => over_time(context, report, &period).await?,
            Shape::ByAgent(_) => by_agent(context, report, &period).await?,
            Shape::ByArticle(_) => by_article(context, report, &period).await?,
            Shape::ByName => by_item(context, report, &period).await?,
        };
        let rows = rows.into_iter();
        Ok(Report {
            title: sheet.title.to_owned(),
            description: sheet.description.to_owned(),
            data: Rows(
                rows.map(|(key, sum)| (key, numbers(measure, sum)))
                    .collect(),
            ),
            table: sheet.table.iter().map(|&head| head.to_owned()).collect(),
            table_inverse: matches!(sheet.shape, Shape::OverTime(_)),
            label_type: measure.label_type(),
            chart_type: sheet.shape.chart_type().to_owned(),
        })
    }
}

type Sums = Vec<(String, Sum)>;

async fn over_time(context: &Context, report: Name, period: &Period) -> Result<Sums, Failure> {
    let (keys, quarters): (Vec<_>, Vec<_>) = period.parts().into_iter().unzip();
    let sums = context.service.reads.report_over(report, &quarters).await?;
    Ok(keys.into_iter().zip(sums).collect())
}

async fn by_item(context: &Context, report: Name, period: &Period) -> Result<Sums, Failure> {
    let reads = &context.service.reads;
    let mut sums = reads
        .report_by_item(report, period.whole(), ITEMS_MAX)
        .await?;
    for (item, _) in sums.iter_mut().filter(|(item, _)| item.is_empty()) {
        "Unknown".clone_into(item);
    }
    Ok(sums)
}

/// By the agents' names as they are now; of two with the same name the second has its number too.
async fn by_agent(context: &Context, report: Name, period: &Period) -> Result<Sums, Failure> {
    let sums = by_item(context, report, period).await?;
    let ids = sums.iter().filter_map(|(item, _)| item.parse().ok());
    let filter = UsersFilter {
        ids: Some(ids.map(UserId).collect()),
        ..UsersFilter::default()
    };
    let users = context.service.reads.users(&filter).await?;
    let names: HashMap<String, String> = users
        .into_iter()
        .map(|user| {
            let name = format!("{} {}", user.first_name, user.last_name);
            (user.id.to_string(), name.trim().to_owned())
        })
        .collect();
    let mut taken = std::collections::HashSet::new();
    let named = sums.into_iter().map(|(item, sum)| {
        let numbered = || format!("#{item}");
        let mut name = match names.get(&item).filter(|name| !name.is_empty()) {
            Some(name) => name.clone(),
            None if item.bytes().all(|byte| byte.is_ascii_digit()) => numbered(),
            None => item.clone(),
        };
        if !taken.insert(name.clone()) {
            name = format!("{name} ({})", numbered());
        }
        (name, sum)
    });
    Ok(named.collect())
}

/// By the articles' titles as they are now; of two with the same title the second has its ID too.
async fn by_article(context: &Context, report: Name, period: &Period) -> Result<Sums, Failure> {
    let sums = by_item(context, report, period).await?;
    let ids: Vec<String> = sums.iter().map(|(item, _)| item.clone()).collect();
    let titles = context.service.reads.article_titles(&ids).await?;
    let titles: HashMap<String, String> = titles.into_iter().collect();
    let mut taken = std::collections::HashSet::new();
    let named = sums.into_iter().map(|(id, sum)| {
        let title = titles.get(&id).map(|title| title.trim());
        let mut name = title
            .filter(|title| !title.is_empty())
            .unwrap_or(&id)
            .to_owned();
        if !taken.insert(name.clone()) {
            name = format!("{name} (#{id})");
        }
        (name, sum)
    });
    Ok(named.collect())
}

/// A row's numbers.
fn numbers(measure: Measure, sum: Sum) -> Vec<u64> {
    let count = |number: i64| u64::try_from(number).unwrap_or(0);
    match measure {
        Measure::Count => vec![count(sum.entries)],
        Measure::Average if sum.entries > 0 => {
            let seconds = 1_000 * sum.entries;
            vec![count((sum.total + seconds / 2) / seconds)]
        }
        Measure::Average => vec![0],
        Measure::Ratings => vec![count(sum.total), count(sum.entries - sum.total)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_counts_rounded_seconds_or_ratings() {
        let sum = |entries, total| Sum { entries, total };
        assert_eq!(numbers(Measure::Count, sum(3, 9)), [3]);
        assert_eq!(numbers(Measure::Average, sum(3, 4_499)), [1]);
        assert_eq!(numbers(Measure::Average, sum(3, 4_500)), [2]);
        assert_eq!(numbers(Measure::Average, sum(0, 0)), [0]);
        assert_eq!(numbers(Measure::Ratings, sum(5, 2)), [2, 3]);
    }

    #[test]
    fn rows_keep_their_order() {
        let rows = Rows(vec![
            ("b".to_owned(), vec![1]),
            ("a".to_owned(), vec![2, 3]),
        ]);
        let text = serde_json::to_string(&rows).unwrap();
        assert_eq!(text, r#"{"b":[1],"a":[2,3]}"#);
        assert_eq!(serde_json::from_str::<Rows>(&text).unwrap(), rows);
        assert_eq!(serde_json::to_string(&Rows::default()).unwrap(), "{}");
    }
}

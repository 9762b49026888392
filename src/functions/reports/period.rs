//! The period of a report: days of a timezone, cut into days or months.

use chrono::{DateTime, Datelike, Days, Duration, Months, NaiveDate, NaiveTime, TimeZone};
use chrono_tz::Tz;
use projections::QUARTER_MS;
use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::Value;

use crate::{
    functions::Refusal,
    wire::{Argument, Unreadable, Word, argument},
};

/// Days of a period when its start is not given.
pub const DAYS_BY_DEFAULT: u64 = 30;
/// The longest period that is shown day by day.
const DAILY_DAYS_MAX: i64 = 62;
/// The longest period: ten years.
const DAYS_MAX: i64 = 3_653;
/// Quarters of an hour in a day and one more: by then a day that a timezone left out is over.
const QUARTERS_TRIED: i32 = 97;

/// A day: `dd/mm/yyyy` or `yyyy-mm-dd`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day(pub NaiveDate);

impl Argument for Day {
    type Value = NaiveDate;

    fn read(value: Value) -> Result<NaiveDate, Unreadable> {
        let text = Word::<40>::read(value)?;
        day(&text).ok_or_else(|| Unreadable(format!("{text:?} is not dd/mm/yyyy or yyyy-mm-dd")))
    }

    fn new(value: NaiveDate) -> Self {
        Self(value)
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": r"^(\d\d/\d\d/\d{4}|\d{4}-\d\d-\d\d)$" })
    }
}
argument!([] Day);

/// Strict in form and calendar, which chrono's own parser is not in form.
fn day(text: &str) -> Option<NaiveDate> {
    let (separator, widths) = if text.contains('/') {
        ('/', [2, 2, 4])
    } else {
        ('-', [4, 2, 2])
    };
    let mut parts = text.split(separator);
    let mut numbers = [0; 3];
    for (number, width) in numbers.iter_mut().zip(widths) {
        let part = parts.next()?;
        let digits = part.len() == width && part.bytes().all(|byte| byte.is_ascii_digit());
        *number = digits.then(|| part.parse::<u32>().ok())??;
    }
    if parts.next().is_some() {
        return None;
    }
    let [day, month, year] = match separator {
        '/' => numbers,
        _ => [numbers[2], numbers[1], numbers[0]],
    };
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
}

/// A timezone by its IANA name, such as `Europe/London`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zone(pub Tz);

impl Argument for Zone {
    type Value = Tz;

    fn read(value: Value) -> Result<Tz, Unreadable> {
        let name = Word::<64>::read(value)?;
        name.parse()
            .map_err(|_| Unreadable(format!("{name:?} is not a timezone such as Europe/London")))
    }

    fn new(value: Tz) -> Self {
        Self(value)
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "description": "An IANA name, such as Europe/London." })
    }
}
argument!([] Zone);

/// A stretch of time, in quarters of an hour since the epoch: the first, and the one after the last.
pub type Quarters = (i64, i64);

/// A period of whole days in a timezone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    first: NaiveDate,
    last: NaiveDate,
    zone: Tz,
}

impl Period {
    /// The period asked for. It ends today when no end is given, and is 30 days long when no start
    /// is.
    ///
    /// # Errors
    /// `invalid-argument` when it ends before it starts, or is longer than ten years.
    pub fn of(
        start: Option<NaiveDate>,
        end: Option<NaiveDate>,
        zone: Option<Tz>,
        now_ms: i64,
    ) -> Result<Self, Refusal> {
        let zone = zone.unwrap_or(Tz::UTC);
        let now = DateTime::from_timestamp_millis(now_ms).unwrap_or_default();
        let last = end.unwrap_or_else(|| now.with_timezone(&zone).date_naive());
        let by_default = last.checked_sub_days(Days::new(DAYS_BY_DEFAULT - 1));
        let first = start.or(by_default).unwrap_or(last);
        let refused = |why: &str| Err(Refusal::InvalidArgument(why.to_owned()));
        match (last - first).num_days() + 1 {
            ..=0 => refused("date_start: it is after date_end."),
            1..=DAYS_MAX => Ok(Self { first, last, zone }),
            _ => refused("date_start: a report covers ten years at most."),
        }
    }

    /// All of it.
    #[must_use]
    pub fn whole(&self) -> Quarters {
        (self.midnight(self.first), self.midnight(next(self.last)))
    }

    /// Its days, `dd/mm/yyyy`, or its months, `mm/yyyy`, when it is longer than 62 days.
    #[must_use]
    pub fn parts(&self) -> Vec<(String, Quarters)> {
        let daily = (self.last - self.first).num_days() < DAILY_DAYS_MAX;
        let mut parts = Vec::new();
        let mut start = self.first;
        while start <= self.last {
            let (key, end) = if daily {
                (start.format("%d/%m/%Y"), next(start))
            } else {
                (
                    start.format("%m/%Y"),
                    next_month(start).min(next(self.last)),
                )
            };
            let quarters = (self.midnight(start), self.midnight(end));
            parts.push((key.to_string(), quarters));
            start = end;
        }
        parts
    }

    /// The quarter of an hour with which a day begins: not always midnight's, where clocks are put
    /// forward then; the next day's, where a timezone left the day out.
    fn midnight(&self, date: NaiveDate) -> i64 {
        let midnight = date.and_time(NaiveTime::MIN);
        let begins = (0..QUARTERS_TRIED)
            .map(|quarters| midnight + Duration::minutes(15) * quarters)
            .find_map(|time| self.zone.from_local_datetime(&time).earliest());
        let ms = begins.map_or_else(
            || midnight.and_utc().timestamp_millis(),
            |time| time.timestamp_millis(),
        );
        ms.div_euclid(QUARTER_MS)
    }
}

fn next(date: NaiveDate) -> NaiveDate {
    date.checked_add_days(Days::new(1))
        .expect("four digits of a year are far from the calendar's end")
}

fn next_month(date: NaiveDate) -> NaiveDate {
    date.with_day(1)
        .and_then(|first| first.checked_add_months(Months::new(1)))
        .expect("every month has a first day, and there is a month after it")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn period(start: &str, end: &str, zone: &str) -> Period {
        Period::of(day(start), day(end), zone.parse().ok(), 0).expect("a period")
    }

    fn hours(period: &Period) -> Vec<i64> {
        let parts = period.parts();
        let quarters = parts.iter().map(|(_, (first, until))| until - first);
        quarters.map(|quarters| quarters / 4).collect()
    }

    fn keys(period: &Period) -> Vec<String> {
        period.parts().into_iter().map(|(key, _)| key).collect()
    }

    #[test]
    fn days_are_strict_in_form_and_calendar() {
        let date = NaiveDate::from_ymd_opt(2024, 2, 29);
        assert_eq!(Day::read(json!(" 29/02/2024 ")).ok(), date);
        assert_eq!(Day::read(json!("2024-02-29")).ok(), date);
        for wrong in [
            "29/02/2023",
            "2024-2-29",
            "02/29/2024",
            "29-02-2024",
            "2024/02/29",
            "29/02/24",
            "2024-02-29 00:00:00",
            "+024-02-29",
            "29/02/2024/",
            "yesterday",
            "0",
            "٢٩/02/2024",
        ] {
            assert!(Day::read(json!(wrong)).is_err(), "{wrong}");
        }
    }

    #[test]
    fn zones_are_known_names() {
        assert_eq!(Zone::read(json!("Asia/Kathmandu")), Ok(Tz::Asia__Kathmandu));
        for wrong in ["Mars/Olympus", "+02:00", "europe"] {
            let said = Zone::read(json!(wrong)).unwrap_err().to_string();
            assert!(said.contains("Europe/London"), "{said}");
        }
    }

    #[test]
    fn thirty_days_up_to_today_there() {
        // 2020-05-12 14:28:57 UTC is the 13th already on Kiritimati (UTC+14).
        let now_ms = 1_589_293_737_000;
        let utc = Period::of(None, None, None, now_ms).expect("a period");
        assert_eq!(
            (utc.first, utc.last),
            (day("13/04/2020").unwrap(), day("12/05/2020").unwrap())
        );
        let there = Period::of(None, None, Some(Tz::Pacific__Kiritimati), now_ms);
        assert_eq!(there.expect("a period").last, day("13/05/2020").unwrap());
        let since = Period::of(day("01/05/2020"), None, None, now_ms).expect("a period");
        assert_eq!(keys(&since).len(), 12);
        let until = Period::of(None, day("31/12/2019"), None, now_ms).expect("a period");
        assert_eq!(keys(&until)[0], "02/12/2019");
    }

    #[test]
    fn days_up_to_62_then_months() {
        let days = period("2021-03-01", "2021-05-01", "UTC");
        assert_eq!(
            (keys(&days).len(), keys(&days)[0].as_str()),
            (62, "01/03/2021")
        );
        let months = period("15/03/2021", "16/05/2021", "UTC");
        assert_eq!(keys(&months), ["03/2021", "04/2021", "05/2021"]);
        assert_eq!(hours(&months), [17 * 24, 30 * 24, 16 * 24]);
        assert_eq!(months.whole().0, months.parts()[0].1.0);
        assert_eq!(months.whole().1, months.parts()[2].1.1);
    }

    #[test]
    fn days_are_as_long_as_they_are() {
        let spring = period("27/03/2021", "29/03/2021", "Europe/London");
        assert_eq!(hours(&spring), [24, 23, 24]);
        let autumn = period("30/10/2021", "01/11/2021", "Europe/London");
        assert_eq!(hours(&autumn), [24, 25, 24]);
        // Clocks were put forward at midnight: the day begins at one o'clock.
        let brazil = period("03/11/2018", "05/11/2018", "America/Sao_Paulo");
        assert_eq!(hours(&brazil), [24, 23, 24]);
        // Samoa left out the 30th of December 2011.
        let samoa = period("29/12/2011", "31/12/2011", "Pacific/Apia");
        assert_eq!(hours(&samoa), [24, 0, 24]);
        let nepal = period("01/01/2021", "01/01/2021", "Asia/Kathmandu");
        let utc = period("01/01/2021", "01/01/2021", "UTC");
        assert_eq!(utc.whole().0 - nepal.whole().0, 5 * 4 + 3);
    }

    #[test]
    fn periods_have_a_beginning_an_end_and_a_limit() {
        let refused = |start, end| Period::of(day(start), day(end), None, 0).is_err();
        assert!(refused("02/01/2021", "01/01/2021"));
        assert!(refused("01/01/2010", "02/01/2020"));
        assert!(!refused("01/01/2010", "01/01/2020"));
        assert_eq!(keys(&period("0001-01-01", "0001-01-02", "UTC")).len(), 2);
        assert_eq!(
            keys(&period("9999-12-31", "9999-12-31", "Asia/Tokyo")).len(),
            1
        );
    }
}

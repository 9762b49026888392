//! When an automation may run: the condition `datetime`, and how `repeat` brings it back. All UTC.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveDateTime};

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// How often a time comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// `every-day`
    Day,
    /// `every-week`
    Week,
    /// `every-month`
    Month,
    /// `every-year`
    Year,
}

impl Repeat {
    /// The one with this name.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "every-day" => Some(Self::Day),
            "every-week" => Some(Self::Week),
            "every-month" => Some(Self::Month),
            "every-year" => Some(Self::Year),
            _ => None,
        }
    }
}

/// A stretch of time: from its start up to its end, which is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    start_ms: i64,
    end_ms: i64,
}

impl Window {
    /// What `is-exactly` and `is-between` say: a date is its whole day, a time its whole minute.
    pub fn read(operator: &str, text: &str) -> Result<Self, String> {
        match operator {
            "is-exactly" => moment(text),
            "is-between" => {
                let (from, to) = text.split_once('-').ok_or_else(|| {
                    format!("{text:?} is not two dates: 10/04/2021 - 13/04/2021 for instance")
                })?;
                let (from, to) = (moment(from)?, moment(to)?);
                if to.end_ms <= from.start_ms {
                    return Err(format!("{text:?} ends before it begins"));
                }
                Ok(Self {
                    start_ms: from.start_ms,
                    end_ms: to.end_ms,
                })
            }
            other => Err(format!("{other:?} is neither is-between nor is-exactly")),
        }
    }

    /// The time at which the period that is now began: the window itself, or one of those that
    /// follow it at the same distance. `None` outside of them.
    pub fn begun_ms(&self, repeat: Option<Repeat>, now_ms: i64) -> Option<i64> {
        if now_ms < self.start_ms {
            return None;
        }
        let start_ms = match repeat {
            None => self.start_ms,
            Some(repeat) => self.last_start_ms(repeat, now_ms)?,
        };
        (now_ms < start_ms + (self.end_ms - self.start_ms)).then_some(start_ms)
    }

    /// The start of the last repetition that has begun.
    fn last_start_ms(&self, repeat: Repeat, now_ms: i64) -> Option<i64> {
        let (first, now) = (naive(self.start_ms)?, naive(now_ms)?);
        let days = u64::try_from((now_ms - self.start_ms) / DAY_MS).ok()?;
        let months = (now.year() - first.year()) * 12 + now.month0().cast_signed()
            - first.month0().cast_signed();
        let months = u32::try_from(months).ok()?;
        let start = match repeat {
            Repeat::Day => first.checked_add_days(Days::new(days))?,
            Repeat::Week => first.checked_add_days(Days::new(days - days % 7))?,
            Repeat::Month => last_begun(first, now, months, 1)?,
            Repeat::Year => last_begun(first, now, months - months % 12, 12)?,
        };
        Some(start.and_utc().timestamp_millis())
    }
}

/// `first` and so many months, or a step less where that has not begun yet.
fn last_begun(
    first: NaiveDateTime,
    now: NaiveDateTime,
    months: u32,
    step: u32,
) -> Option<NaiveDateTime> {
    let start = first.checked_add_months(Months::new(months))?;
    if start <= now {
        return Some(start);
    }
    first.checked_add_months(Months::new(months.checked_sub(step)?))
}

/// The key of a period: the date on which it began.
pub fn key(begun_ms: i64) -> String {
    naive(begun_ms).map_or_else(String::new, |time| time.format("%Y-%m-%d").to_string())
}

fn naive(time_ms: i64) -> Option<NaiveDateTime> {
    Some(DateTime::from_timestamp_millis(time_ms)?.naive_utc())
}

/// `13/04/2021` or `13/04/2021 18:30`
fn moment(text: &str) -> Result<Window, String> {
    let text = text.trim();
    let minute = NaiveDateTime::parse_from_str(text, "%d/%m/%Y %H:%M")
        .map(|time| (time, MINUTE_MS))
        .ok();
    let day = || {
        let date = NaiveDate::parse_from_str(text, "%d/%m/%Y").ok()?;
        Some((date.and_hms_opt(0, 0, 0)?, DAY_MS))
    };
    let (start, length_ms) = minute
        .or_else(day)
        .filter(|(start, _)| (1970..=9999).contains(&start.year()))
        .ok_or_else(|| format!("{text:?} is not a date: dd/mm/yyyy, with hh:mm if need be"))?;
    let start_ms = start.and_utc().timestamp_millis();
    Ok(Window {
        start_ms,
        end_ms: start_ms + length_ms,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> i64 {
        moment(text).unwrap().start_ms
    }

    fn begun(operator: &str, text: &str, repeat: &str, now: &str) -> Option<String> {
        let window = Window::read(operator, text).unwrap();
        window.begun_ms(Repeat::named(repeat), at(now)).map(key)
    }

    #[test]
    fn dates_are_whole_days_and_times_whole_minutes() {
        let between = |now| begun("is-between", "10/04/2021 - 13/04/2021", "", now).is_some();
        assert!(!between("09/04/2021 23:59") && between("10/04/2021 00:00"));
        assert!(between("13/04/2021 23:59") && !between("14/04/2021 00:00"));
        let exactly = |text, now| begun("is-exactly", text, "", now).is_some();
        assert!(exactly("13/04/2021", "13/04/2021 23:59"));
        assert!(!exactly("13/04/2021", "14/04/2021"));
        assert!(exactly("13/04/2021 18:30", "13/04/2021 18:30"));
        assert!(!exactly("13/04/2021 18:30", "13/04/2021 18:31"));
        let hours = "10/04/2021 09:00 - 10/04/2021 17:00";
        assert!(begun("is-between", hours, "", "10/04/2021 17:00").is_some());
        assert!(begun("is-between", hours, "", "10/04/2021 17:01").is_none());
    }

    #[test]
    fn repetitions_begin_anew_and_never_before_the_first() {
        let days = |repeat, now| begun("is-between", "30/01/2021 - 31/01/2021", repeat, now);
        let key = |text: &str| Some(text.to_owned());
        assert_eq!(days("every-year", "29/01/2021"), None);
        assert_eq!(days("every-year", "31/01/2021"), key("2021-01-30"));
        assert_eq!(days("every-year", "01/02/2021"), None);
        assert_eq!(days("every-year", "30/01/2024"), key("2024-01-30"));
        assert_eq!(days("every-year", "29/01/2024"), None);
        assert_eq!(days("every-month", "31/03/2021"), key("2021-03-30"));
        assert_eq!(
            days("every-month", "28/02/2021"),
            key("2021-02-28"),
            "a short month"
        );
        assert_eq!(days("every-month", "29/03/2021"), None);
        assert_eq!(days("every-week", "07/02/2021"), key("2021-02-06"));
        assert_eq!(days("every-week", "08/02/2021"), None);
        let office = "10/04/2021 09:00 - 10/04/2021 17:00";
        let day = |now| begun("is-between", office, "every-day", now);
        assert_eq!(day("12/05/2021 09:00"), key("2021-05-12"));
        assert_eq!(day("12/05/2021 08:59"), None);
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for (operator, text) in [
            ("is-between", "10/04/2021"),
            ("is-between", "13/04/2021 - 10/04/2021"),
            ("is-exactly", "2021-04-13"),
            ("is-exactly", "31/02/2021"),
            ("is-exactly", "13/04/21"),
            ("is-exactly", ""),
            ("after", "13/04/2021"),
        ] {
            assert!(Window::read(operator, text).is_err(), "{operator} {text}");
        }
    }
}

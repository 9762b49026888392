//! The cursor of the polling functions: after which ID, or after which time.

use chrono::NaiveDate;
use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::Value;

use super::{Argument, Unreadable, argument, not, number};

/// What the argument `datetime` says: nothing but digits is an ID, anything else a date with or without time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// After this ID; 0 is before all.
    Id(u64),
    /// After this time, in milliseconds since the Unix epoch. A date alone is its midnight, UTC.
    Time(i64),
}

impl Argument for Since {
    type Value = Self;

    fn read(value: Value) -> Result<Self, Unreadable> {
        let since = match &value {
            Value::Number(number) => number.as_u64().and_then(id),
            Value::String(text) => {
                let text = text.trim_ascii();
                number::digits(text)
                    .and_then(id)
                    .or_else(|| time_ms(text).map(Self::Time))
            }
            _ => None,
        };
        since.ok_or_else(|| not(&value, "an ID, YYYY-MM-DD or YYYY-MM-DD HH:MM:SS"))
    }

    fn new(value: Self) -> Self {
        value
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "anyOf": [
                { "type": "integer", "format": "int64", "minimum": 0 },
                { "type": "string", "pattern": r"^\d+$|^\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d)?$" },
            ],
            "description": "An ID, or a date with or without time, UTC.",
        })
    }
}
argument!([] Since);

fn id(id: u64) -> Option<Since> {
    i64::try_from(id).ok().map(|_| Since::Id(id))
}

/// Milliseconds since the Unix epoch; strict in form and calendar, which chrono's own parser is not in form.
fn time_ms(text: &str) -> Option<i64> {
    let (date, time) = match text.len() {
        10 => (text, "00:00:00"),
        19 => text.split_once(' ')?,
        _ => return None,
    };
    let [year, month, day] = fields(date, '-', [4, 2, 2])?;
    let [hour, minute, second] = fields(time, ':', [2, 2, 2])?;
    let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
    let time = date.and_hms_opt(hour, minute, second)?;
    Some(time.and_utc().timestamp_millis())
}

fn fields(text: &str, separator: char, widths: [usize; 3]) -> Option<[u32; 3]> {
    let mut parts = text.split(separator);
    let mut numbers = [0; 3];
    for (number, width) in numbers.iter_mut().zip(widths) {
        let part = parts.next().filter(|part| part.len() == width)?;
        *number = u32::try_from(number::digits(part)?).ok()?;
    }
    if parts.next().is_none() {
        Some(numbers)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn digits_are_ids() {
        assert_eq!(Since::read(json!("2044")), Ok(Since::Id(2044)));
        assert_eq!(Since::read(json!(" 0 ")), Ok(Since::Id(0)));
        assert_eq!(Since::read(json!(20_200_504)), Ok(Since::Id(20_200_504)));
    }

    #[test]
    fn dates_are_times_in_utc() {
        assert_eq!(
            Since::read(json!("1970-01-02")),
            Ok(Since::Time(86_400_000))
        );
        assert_eq!(
            Since::read(json!("2020-05-04 10:06:30")),
            Ok(Since::Time(1_588_586_790_000))
        );
        assert_eq!(
            Since::read(json!(" 2024-02-29 23:59:59 ")),
            Ok(Since::Time(1_709_251_199_000))
        );
    }

    #[test]
    fn form_and_calendar_are_strict() {
        let texts = [
            "",
            "now",
            "2020-5-4",
            "2020-05-04T10:06:30",
            "2020-05-04 10:06",
            "2020-05-04 10:06:60",
            "2020-05-04 24:00:00",
            "2023-02-29",
            "2020-13-01",
            "2020-00-10",
            "0000-00-00 00:00:00",
            "2020-05-0410:06:30",
            "2020-05-04  10:06:30",
            "+020-05-04",
            "2020-05-04 10:06:3O",
            "-1",
            "1.5",
            "2020/05/04",
            "20-05-2020",
            "99999999999999999999",
            "2020-05-04-1",
            "١٩٧٠-01-02",
            "aé-bé-çé",
        ];
        for text in texts {
            assert!(Since::read(json!(text)).is_err(), "{text}");
        }
        assert!(
            Since::read(json!(1.5)).is_err()
                && Since::read(json!(-1)).is_err()
                && Since::read(json!(null)).is_err()
        );
        let error = Since::read(json!("yesterday")).unwrap_err().to_string();
        assert_eq!(
            error,
            "\"yesterday\" is not an ID, YYYY-MM-DD or YYYY-MM-DD HH:MM:SS"
        );
    }
}

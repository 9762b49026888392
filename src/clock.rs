//! The one home of the wall clock, and of how the API writes times.

use std::sync::OnceLock;

use chrono::{DateTime, Utc};

use crate::config;

/// For tests: whole seconds by which the clock is moved, so that what takes days can be seen at once.
const SHIFT: &str = "HAVEFUNNELS_TEST_CLOCK_SHIFT_SECONDS";

/// Milliseconds since the Unix epoch, UTC.
#[must_use]
#[allow(clippy::disallowed_methods, reason = "the one home of the wall clock")]
pub fn now_ms() -> i64 {
    Utc::now().timestamp_millis() + shift_ms()
}

/// By how much a test has moved the clock; nothing otherwise.
fn shift_ms() -> i64 {
    static SHIFT_MS: OnceLock<i64> = OnceLock::new();
    *SHIFT_MS.get_or_init(|| {
        let seconds: i64 = config::variable(SHIFT).map_or(0, |text| text.parse().unwrap_or(0));
        if seconds != 0 {
            tracing::warn!(
                seconds,
                "{SHIFT} is set: the clock is moved, as only tests want it"
            );
        }
        seconds.saturating_mul(1_000)
    })
}

/// `YYYY-MM-DD HH:MM:SS` in UTC, as every answer writes times.
#[must_use]
pub fn wire_time(time_ms: i64) -> String {
    let time = DateTime::<Utc>::from_timestamp_millis(time_ms).unwrap_or_default();
    time.format("%Y-%m-%d %H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::wire_time;

    #[test]
    fn times_are_utc_to_the_second() {
        assert_eq!(wire_time(1_589_293_739_999), "2020-05-12 14:28:59");
        assert_eq!(wire_time(0), "1970-01-01 00:00:00");
    }
}

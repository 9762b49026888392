//! Reports: what was counted over a period, as numbers and as a chart.

pub mod chart;
mod name;
mod period;
#[expect(
    clippy::module_inception,
    reason = "the group has the name of one of its functions, and so has that function's file"
)]
pub mod reports;
mod reports_update;
mod sheets;

use events::report::{Name, Recorded};

use super::{Decision, Failure, Function};

/// The functions of this group.
pub const FUNCTIONS: &[Function] = &[
    Function::query::<reports::Reports>(),
    Function::command::<reports_update::ReportsUpdate>(),
];

/// Records that a report counts so many more.
///
/// # Errors
/// When the decision state cannot be read.
pub fn count(decision: &mut Decision<'_>, report: Name, how_many: usize) -> Result<(), Failure> {
    decision.record(report, more(report, how_many))
}

/// What records that.
#[must_use]
pub fn more(report: Name, how_many: usize) -> Recorded {
    Recorded {
        name: report,
        value: Some(how_many.to_string()),
        external_id: None,
        extra: None,
    }
}

//! What keeps the workspace tidy: cleaning, and the jobs of the hour.

mod clean_data;
pub mod cleaning;
mod cron_jobs;

use super::Function;

/// The functions of this group.
pub const FUNCTIONS: &[Function] = &[
    Function::command::<cron_jobs::CronJobs>(),
    Function::command::<clean_data::CleanData>(),
];

//! Automations: messages, emails, popups and the like that go out when their conditions hold.
//!
//! | file | what it holds |
//! |---|---|
//! | `given` | how automations are written on the wire |
//! | `conditions`, `period` | whether they may run for a user, now: pure |
//! | `run` | running them, once a user or once a period |
//! | `shown` | how they are answered |

mod automations_get;
mod automations_run;
mod automations_run_all;
mod automations_save;
mod automations_validate;
pub mod conditions;
mod given;
mod period;
pub mod run;
mod shown;
pub mod state;

use super::Function;

/// The functions of this group.
pub const FUNCTIONS: &[Function] = &[
    Function::query::<automations_get::AutomationsGet>(),
    Function::command::<automations_save::AutomationsSave>(),
    Function::query::<automations_validate::AutomationsValidate>(),
    Function::command::<automations_run_all::AutomationsRunAll>(),
    Function::command::<automations_run::AutomationsRun>(),
];

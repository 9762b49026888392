//! The read model of users: who there is, what is known of them, and when they were last seen.

mod changes;
mod contacts;
mod patch;
mod queries;
mod rows;
mod steps;

pub(crate) use changes::{ACTIVITY, Changes, RAISE_ACTIVITY};
pub use contacts::{Contact, DetailValue, Scope, UserCounts};
pub use queries::{Direction, Since, Sorting, UserColumn, UsersFilter};
pub use rows::{DetailRow, UserRow};
pub(crate) use rows::{TABLES, USERS};

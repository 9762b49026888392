//! Settings: what the workspace's admins choose while the service runs.

mod document;
mod export_settings;
mod get_departments;
mod get_setting;
mod get_settings;
mod import_settings;
pub mod kept;
pub mod registry;
mod registry_operation;
mod save_settings;
mod saved_replies;
pub mod saving;
mod secrets;
pub mod state;
mod value;

use super::Function;

/// The functions of this group.
pub const FUNCTIONS: &[Function] = &[
    Function::command::<save_settings::SaveSettings>(),
    Function::query::<get_settings::GetSettings>(),
    Function::query::<get_setting::GetSetting>(),
    Function::query::<get_departments::GetDepartments>(),
    Function::query::<saved_replies::SavedReplies>(),
    Function::command::<export_settings::ExportSettings>(),
    Function::command::<import_settings::ImportSettings>(),
];

/// The operations of this group, by their addresses below `/v1/`.
pub const OPERATIONS: &[Function] = &[Function::query::<registry_operation::Registry>()];

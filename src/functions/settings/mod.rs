//! Settings: what the workspace's admins choose while the service runs.

mod get_setting;
mod get_settings;
pub mod kept;
pub mod registry;
mod save_settings;
pub mod state;
mod value;

use super::Function;

/// The functions of this group.
pub const FUNCTIONS: &[Function] = &[
    Function::command::<save_settings::SaveSettings>(),
    Function::query::<get_settings::GetSettings>(),
    Function::query::<get_setting::GetSetting>(),
];

//! Versions of the service and of its apps, new releases, and the apps' keys.

mod app_activation;
mod app_get_key;
pub mod apps;
mod get_versions;
pub mod index;
mod number;
mod staging;
mod update;
mod updates_available;

use schemars::JsonSchema;
use serde::Serialize;

use super::Function;

/// The functions of this group.
pub const FUNCTIONS: &[Function] = &[
    Function::query::<get_versions::GetVersions>(),
    Function::query::<updates_available::UpdatesAvailable>(),
    Function::command::<update::Update>(),
    Function::command::<app_activation::AppActivation>(),
    Function::query::<app_get_key::AppGetKey>(),
];

/// The word that these functions answer when it is done.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub enum Success {
    /// It is done.
    #[serde(rename = "success")]
    Success,
}

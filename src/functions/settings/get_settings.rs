//! `get-settings`

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::{secrets::masked, state::Settings};
use crate::functions::{Context, Failure, Query};

/// All settings: value and type by ID.
///
/// Those that the service itself acts on are always there, with their defaults until somebody saves
/// them. Secrets (type `password`) are shown as `********` where there is one and are empty where
/// there is none. The answer can be given to save-settings as it is.
/// # Example
/// `{}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetSettings {}

impl Query for GetSettings {
    const NAME: &'static str = "get-settings";
    type Reply = BTreeMap<String, (Value, String)>;

    async fn answer(self, context: &Context) -> Result<Self::Reply, Failure> {
        let mut settings = Settings::read(context.service.journal.reader())?.everything();
        for (value, kind) in settings.values_mut() {
            *value = masked(value, kind);
        }
        Ok(settings)
    }
}

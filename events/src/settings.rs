//! What happens to the workspace's settings.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Settings were saved; only those whose value changed are there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Saved {
    /// Value and type by ID, as the API writes them: `{"rtl": [true, "checkbox"]}`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub set: BTreeMap<String, (Value, String)>,
    /// Settings that are stored apart, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub external: BTreeMap<String, Value>,
    /// Translations of the settings stored apart, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub external_translations: BTreeMap<String, Value>,
}

//! `POST /v1/settings/registry`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{get_setting::AnyValue, registry};
use crate::functions::{Context, Failure, Query};

/// Every setting that the service itself acts on: what admin interfaces are built from.
/// # Example
/// `{}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Registry {}

/// A setting that the service acts on.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Registered {
    /// Its ID in get-settings and save-settings.
    id: &'static str,
    /// Its type there.
    r#type: &'static str,
    /// Its value while nobody has saved one.
    default: AnyValue,
    /// What it does and where, and what it takes.
    help: &'static str,
}

impl Query for Registry {
    const NAME: &'static str = "settings/registry";
    type Reply = Vec<Registered>;

    async fn answer(self, _: &Context) -> Result<Vec<Registered>, Failure> {
        let registered = registry::registry().map(|setting| Registered {
            id: setting.id,
            r#type: setting.kind.name(),
            default: AnyValue::from(setting.default()),
            help: setting.help,
        });
        Ok(registered.collect())
    }
}

//! `get-versions`

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{apps::APPS, number::OWN};
use crate::functions::{Context, Failure, Query};

/// The versions of the service (`sb`) and of its apps, by name.
///
/// The apps `dialogflow`, `slack` and `openai` are parts of the service, whether they are switched on or
/// not, so they have its version.
/// # Example
/// `{}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetVersions {}

impl Query for GetVersions {
    const NAME: &'static str = "get-versions";
    type Reply = BTreeMap<&'static str, &'static str>;

    async fn answer(self, _: &Context) -> Result<Self::Reply, Failure> {
        let apps = APPS.iter().map(|app| app.name);
        Ok(["sb"]
            .into_iter()
            .chain(apps)
            .map(|name| (name, OWN))
            .collect())
    }
}

//! `app-get-key`

use events::token::Scope;
use schemars::JsonSchema;
use serde::Deserialize;

use super::apps;
use crate::{
    functions::{Context, Failure, Query, answer::OrFalse},
    wire::Word,
};

/// The license key that an app was activated with; false for one without a key, and for an unknown app.
/// # Example
/// `{"app_name": "slack"}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct AppGetKey {
    /// The app: dialogflow, slack or openai.
    app_name: Word<64>,
}

impl Query for AppGetKey {
    const NAME: &'static str = "app-get-key";
    const SCOPE: Scope = Scope::Admin;
    type Reply = OrFalse<String>;

    async fn answer(self, context: &Context) -> Result<Self::Reply, Failure> {
        let settings = context.service.settings()?;
        let app = apps::named(&self.app_name.0);
        let key = app.and_then(|app| app.key_in(&settings).map(str::to_owned));
        Ok(key.into())
    }
}

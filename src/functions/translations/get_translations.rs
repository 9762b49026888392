//! `get-translations`

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{language::Language, state::languages};
use crate::functions::{Context, Failure, Fault, Query};

/// Returns the translations of all languages, by code: those that were saved, and those that come with
/// the service.
///
/// Each is as get-translation answers it. The answer can be given to save-translations as it is.
/// # Example
/// `{}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetTranslations {}

impl Query for GetTranslations {
    const NAME: &'static str = "get-translations";
    type Reply = BTreeMap<String, Language>;

    async fn answer(self, context: &Context) -> Result<Self::Reply, Failure> {
        let reader = context.service.journal.reader().clone();
        let read = tokio::task::spawn_blocking(move || languages(&reader));
        read.await
            .map_err(|_| Fault::Task("reading translations"))?
    }
}

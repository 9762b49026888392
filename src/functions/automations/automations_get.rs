//! `automations-get`

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    shown::{Kinds, SomeKinds, some},
    state::saved,
};
use crate::functions::{Context, Failure, Query};

/// All automations by kind, and their translations by language and kind.
///
/// Each kind is there, with an empty list where there are none; without translations their part is
/// `{}`. Both parts can be given to automations-save as they are.
/// # Example
/// `{}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct AutomationsGet {}

impl Query for AutomationsGet {
    const NAME: &'static str = "automations-get";
    type Reply = (Kinds, BTreeMap<String, SomeKinds>);

    async fn answer(self, context: &Context) -> Result<Self::Reply, Failure> {
        let saved = saved(context.service.journal.reader())?;
        let translations = saved.translations.into_iter();
        let translations = translations.map(|(language, kinds)| (language, some(kinds)));
        Ok((saved.automations.into(), translations.collect()))
    }
}

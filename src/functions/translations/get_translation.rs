//! `get-translation`

use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    language::{Language, code},
    state::language,
};
use crate::{
    functions::{Context, Failure, Fault, Query, answer::OrFalse},
    wire::Text,
};

/// Returns the translations of a language: its name, the texts of the front and those of the admin
/// area, by the English text.
///
/// An area is answered as it was saved by save-translations, or, as long as nobody has saved it, as it
/// comes with the service. A language without translations is answered with false. Regions may be
/// given as `pt-br` or `pt_BR`.
/// # Example
/// `{"language_code": "es"}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetTranslation {
    /// The two-letter code of the language.
    language_code: Text<32>,
}

impl Query for GetTranslation {
    const NAME: &'static str = "get-translation";
    type Reply = OrFalse<Language>;

    async fn answer(self, context: &Context) -> Result<OrFalse<Language>, Failure> {
        let Some(code) = code(&self.language_code.0) else {
            return Ok(OrFalse::False);
        };
        let reader = context.service.journal.reader().clone();
        let read = tokio::task::spawn_blocking(move || language(&reader, &code));
        let language = read
            .await
            .map_err(|_| Fault::Task("reading translations"))??;
        Ok(language.into())
    }
}

//! `google-translate`

use events::token::Scope;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::vendors::{google, google_said};
use crate::{
    adapters::google_translate::{CHARS_MAX, Translation, translate},
    functions::{Context, Failure, Query, Refusal},
    wire::{List, Text, Word},
};

/// The most texts of a call.
const TEXTS_MAX: usize = 1_000;
/// The most characters of all texts of a call.
const ALL_CHARS_MAX: usize = 100_000;

/// Translates several texts by Google Translate.
///
/// Answers the translations in the order of the texts, and then what the document calls Google's token,
/// which is always empty here: the service asks with a key of its own, and keeps it to itself. Texts are
/// plain, not HTML. A blank text comes back as it is, with no language. Without texts it is
/// `missing-argument`; a `language_code` that cannot be one (`es`, `pt-BR`) or a text of more than 15,000
/// characters is `invalid-argument`, and more than 1,000 texts or 100,000 characters are `too-large`.
/// Nothing of it is stored. Without the setting `google-key` it is `unavailable`, and `google-error` with
/// Google's own words when that refuses or does not answer; then there is no half of an answer.
/// # Example
/// `{"strings": ["Hello world", "How are you?"], "language_code": "it"}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct GoogleTranslate {
    /// The texts.
    #[schemars(required, extend("minItems" = 1))]
    strings: List<Text<CHARS_MAX>>,
    /// The language to translate into, as two letters, with a region if need be.
    language_code: Word<20>,
}

/// A text in the other language.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Translated {
    /// The text.
    #[serde(rename = "translatedText")]
    text: String,
    /// The language it was in; empty where Google does not say.
    #[serde(rename = "detectedSourceLanguage")]
    from: String,
}

impl Query for GoogleTranslate {
    const NAME: &'static str = "google-translate";
    const SCOPE: Scope = Scope::Write;
    type Reply = (Vec<Translated>, String);

    async fn answer(self, context: &Context) -> Result<Self::Reply, Failure> {
        let texts = self.strings.0;
        within_limits(&texts)?;
        let to = language(&self.language_code.0)?;
        let service = &context.service;
        let settings = service.settings()?;
        let project = google(&service.config, &settings)?;
        let translated = translate(&service.outgoing, &project, &texts, &to).await;
        let rows = translated.map_err(google_said)?.into_iter();
        let row = |Translation { text, from }| Translated { text, from };
        Ok((rows.map(row).collect(), String::new()))
    }
}

fn within_limits(texts: &[String]) -> Result<(), Refusal> {
    if texts.is_empty() {
        return Err(Refusal::MissingArgument("strings is missing".to_owned()));
    }
    let chars: usize = texts.iter().map(|text| text.chars().count()).sum();
    if texts.len() > TEXTS_MAX || chars > ALL_CHARS_MAX {
        return Err(Refusal::TooLarge(format!(
            "strings: {TEXTS_MAX} texts and {ALL_CHARS_MAX} characters are allowed at once."
        )));
    }
    Ok(())
}

/// A code such as `es` or `pt-BR`, also where it is written `pt_BR`.
fn language(code: &str) -> Result<String, Refusal> {
    let code = code.replace('_', "-");
    let mut parts = code.split('-');
    let is_language = parts.next().is_some_and(|language| {
        (2..=3).contains(&language.len()) && language.bytes().all(|byte| byte.is_ascii_alphabetic())
    });
    let is_region = |part: &str| {
        (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    if is_language && parts.all(is_region) {
        return Ok(code);
    }
    Err(Refusal::InvalidArgument(format!(
        "language_code: {code:?} is not the code of a language, such as es"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_codes() {
        for (given, code) in [
            ("es", "es"),
            ("pt_BR", "pt-BR"),
            ("zh-TW", "zh-TW"),
            ("haw", "haw"),
        ] {
            assert_eq!(language(given).as_deref(), Ok(code));
        }
        for given in ["", "e", "spanish", "es-", "-es", "e1", "es&key=1", "日本"] {
            assert!(language(given).is_err(), "{given}");
        }
    }

    #[test]
    fn texts_have_limits() {
        let refusal = |texts: &[String]| within_limits(texts).err().map(|why| why.code());
        assert_eq!(refusal(&[]), Some("missing-argument"));
        assert_eq!(refusal(&vec![String::new(); 1_000]), None);
        assert_eq!(refusal(&vec![String::new(); 1_001]), Some("too-large"));
        let long = "é".repeat(10_000);
        assert_eq!(refusal(&vec![long.clone(); 10]), None);
        assert_eq!(refusal(&vec![long; 11]), Some("too-large"));
    }
}

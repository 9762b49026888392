//! `get-user-language`

use events::UserId;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    functions::{Context, Failure, Query, answer::OrFalse},
    wire::Key,
};

/// The details that say it, in the order in which they are asked.
const SLUGS: [&str; 2] = ["language", "browser_language"];

/// Returns the language that a user uses, as two letters.
///
/// It is the user's detail `language`, else `browser_language`, of which a region is left off
/// (`es-MX` is `es`). The answer is false for English, for a user without these details and for
/// an unknown user.
/// # Example
/// `{"user_id": 3}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetUserLanguage {
    /// The user.
    user_id: Key<UserId>,
}

impl Query for GetUserLanguage {
    const NAME: &'static str = "get-user-language";
    type Reply = OrFalse<String>;

    async fn answer(self, context: &Context) -> Result<Self::Reply, Failure> {
        let slugs = SLUGS.map(str::to_owned);
        let reads = &context.service.reads;
        let details = reads.details(&[self.user_id.0], Some(&slugs)).await?;
        let of = |slug: &str| details.iter().find(|detail| detail.slug == slug);
        let language = language(|slug| of(slug).map(|detail| detail.value.as_str()));
        Ok(language.filter(|code| code != "en").into())
    }
}

/// The language that a user's details say, as two letters.
pub fn language<'a>(value_of: impl Fn(&str) -> Option<&'a str>) -> Option<String> {
    SLUGS.into_iter().filter_map(value_of).find_map(code)
}

/// The two letters at the start of `es`, `es-MX` or `ES_mx`.
pub fn code(language: &str) -> Option<String> {
    let code = language.trim().split(['-', '_']).next()?;
    let is_code = code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_alphabetic());
    is_code.then(|| code.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn regions_are_left_off() {
        for language in ["es", "es-MX", "ES_mx", " es "] {
            assert_eq!(code(language).as_deref(), Some("es"), "{language:?}");
        }
        for language in ["", "-", "e", "spanish", "日本"] {
            assert_eq!(code(language), None, "{language:?}");
        }
    }
}

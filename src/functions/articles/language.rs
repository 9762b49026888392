//! Which language is answered where another was asked for.

use schemars::JsonSchema;
use serde::Deserialize;

use super::given::LANGUAGE_CHARS_MAX;
use crate::wire::{OrFalse, Word, WordOr};

/// The word for all languages.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum All {
    /// All of them.
    All,
}

/// A language code, `all`, or false for the default language.
pub type Asked = OrFalse<WordOr<All, Word<LANGUAGE_CHARS_MAX>>>;

/// The language among these that serves who asked for `wanted`: that one, else the one it is a
/// variety of (`es` for `es-MX`), else the default one, which has no name. Letter case, and whether
/// `-` or `_` stands between, makes no difference.
pub fn chosen<'a>(wanted: &str, languages: impl Iterator<Item = &'a str> + Clone) -> &'a str {
    let plain = |code: &str| code.to_ascii_lowercase().replace('_', "-");
    let wanted = plain(wanted);
    let base = wanted.split('-').next().unwrap_or_default();
    let find = |code: &str| languages.clone().find(|language| plain(language) == code);
    find(&wanted).or_else(|| find(base)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_language_or_the_default_one() {
        let languages = ["de", "es", "pt_BR"];
        for (wanted, expected) in [
            ("es", "es"),
            ("ES", "es"),
            ("es-MX", "es"),
            ("pt-br", "pt_BR"),
            ("pt", ""),
            ("xx", ""),
            ("", ""),
        ] {
            assert_eq!(chosen(wanted, languages.into_iter()), expected, "{wanted}");
        }
    }
}

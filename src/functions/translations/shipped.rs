//! The translations that come with the service: of its own emails and automatic messages.

use std::{collections::BTreeMap, sync::OnceLock};

use super::language::Language;

macro_rules! shipped {
    ($($code:literal),* $(,)?) => {
        &[$(($code, include_str!(concat!("shipped/", $code, ".json")))),*]
    };
}

/// A file a language, as get-translation answers it.
const FILES: &[(&str, &str)] = shipped![
    "ar", "da", "de", "es", "fr", "it", "ja", "nl", "pl", "pt", "ru", "tr", "zh",
];

/// All of them, by code.
pub fn shipped() -> &'static BTreeMap<&'static str, Language> {
    static SHIPPED: OnceLock<BTreeMap<&'static str, Language>> = OnceLock::new();
    SHIPPED.get_or_init(|| {
        let read = |text| serde_json::from_str(text).expect("the files are tested to be languages");
        FILES
            .iter()
            .map(|(code, text)| (*code, read(text)))
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::functions::translations::language::Texts;

    /// The fields in braces of a text.
    fn fields(text: &str) -> BTreeSet<&str> {
        let after = text.split('{').skip(1);
        after
            .filter_map(|rest| Some(rest.split_once('}')?.0))
            .collect()
    }

    #[test]
    fn every_language_has_every_text_with_its_fields() {
        assert!(shipped().len() >= 10);
        let keys = |texts: &Texts| texts.keys().cloned().collect::<Vec<_>>();
        let first = &shipped()["de"];
        for (code, language) in shipped() {
            assert!(!language.name.is_empty(), "{code}");
            assert_eq!(keys(&language.front), keys(&first.front), "{code}");
            assert_eq!(keys(&language.admin), keys(&first.admin), "{code}");
            for (text, translation) in language.front.iter().chain(&language.admin) {
                assert!(!translation.trim().is_empty(), "{code}: {text}");
                assert_eq!(fields(text), fields(translation), "{code}: {text}");
            }
        }
    }
}

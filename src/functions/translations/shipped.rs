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
    use std::{cell::RefCell, collections::BTreeSet};

    use super::*;
    use crate::functions::{
        notifications::{announce::WAITS, letter::ASSIGNED, template},
        settings::registry::{DIALOGFLOW_TAKEOVER_MESSAGE, EMAIL_SUBJECT, EMAIL_TEMPLATE},
        translations::language::Texts,
    };

    /// Texts that clients show, for which the service ships translations as well.
    const CLIENTS: [&str; 5] = [
        "Activities",
        "All",
        "All articles",
        "All fields are required.",
        "Attachments",
    ];

    /// What the service says by itself: the texts of its templates, the bot's and the notices'.
    fn said() -> BTreeSet<String> {
        let parts = RefCell::new(Vec::new());
        let note = |text: &str| {
            parts.borrow_mut().push(text.to_owned());
            Ok(text.to_owned())
        };
        template::translated(EMAIL_TEMPLATE.default_text, note).expect("nothing fails");
        let parts = parts.into_inner().into_iter();
        let is_field =
            |text: &String| text.starts_with('{') && text.find('}') == Some(text.len() - 1);
        // The first is the template as a whole.
        let mut said: BTreeSet<String> = parts.skip(1).filter(|text| !is_field(text)).collect();
        let own = [
            EMAIL_SUBJECT.default_text,
            DIALOGFLOW_TAKEOVER_MESSAGE.default_text,
            WAITS,
        ];
        said.extend(own.into_iter().chain(ASSIGNED).map(str::to_owned));
        said
    }

    #[test]
    fn what_the_service_says_is_shipped_and_nothing_else() {
        let shipped: BTreeSet<String> = shipped()["de"].front.keys().cloned().collect();
        let clients = CLIENTS.map(str::to_owned);
        let expected: BTreeSet<String> = said().into_iter().chain(clients).collect();
        assert_eq!(shipped, expected);
    }

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

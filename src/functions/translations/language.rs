//! A language as answers and backups write it.

use std::collections::BTreeMap;

use events::translation::Area;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Translations by the English text.
pub type Texts = BTreeMap<String, String>;

/// The translations of a language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Language {
    /// The language's name in English.
    pub name: String,
    /// What users see, by the English text; an empty translation is none.
    pub front: Texts,
    /// What agents and admins see, by the English text; an empty translation is none.
    pub admin: Texts,
}

impl Language {
    /// The texts of an area.
    pub fn area(&self, area: Area) -> &Texts {
        match area {
            Area::Front => &self.front,
            Area::Admin => &self.admin,
        }
    }

    /// The texts of an area.
    pub fn area_mut(&mut self, area: Area) -> &mut Texts {
        match area {
            Area::Front => &mut self.front,
            Area::Admin => &mut self.admin,
        }
    }
}

/// A language's code as it is kept: `fr`, `pt-br`. `None` for what is no code.
pub fn code(given: &str) -> Option<String> {
    let code = given.trim().to_ascii_lowercase().replace('_', "-");
    let (language, region) = match code.split_once('-') {
        Some((language, region)) => (language, Some(region)),
        None => (&code[..], None),
    };
    let letters = |text: &str, lengths: std::ops::RangeInclusive<usize>| {
        lengths.contains(&text.len()) && text.bytes().all(|letter| letter.is_ascii_lowercase())
    };
    let fine = letters(language, 2..=3) && region.is_none_or(|region| letters(region, 2..=8));
    fine.then_some(code)
}

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn codes() {
        for (given, kept) in [
            ("fr", "fr"),
            (" FR ", "fr"),
            ("pt_BR", "pt-br"),
            ("zh-tw", "zh-tw"),
            ("fil", "fil"),
        ] {
            assert_eq!(code(given).as_deref(), Some(kept));
        }
        for wrong in [
            "", "f", "fran", "fr-", "-fr", "fr-b", "../x", "f1", "fr-br-x", "é",
        ] {
            assert_eq!(code(wrong), None, "{wrong:?}");
        }
    }
}

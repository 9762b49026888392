//! The translations as saved, read by decisions, queries and whatever speaks to people.
//!
//! They have no SQL read model: they are read by language or by text, and decisions that write
//! messages need them as of now. A row a text, so that finding one does not read the others.

use std::collections::BTreeMap;

use eventlog::{State, View};
use events::{
    Event, Stream, StreamKind, UserId,
    translation::{Area, Saved},
};
use serde::{Deserialize, Serialize};

use super::{
    language::{Language, Texts, code},
    shipped::shipped,
};
use crate::functions::{
    Failure,
    decision::{Table, parsed, read, write},
    users::{get_user_language, state::details},
};

/// The stream of the workspace's translations.
pub const STREAM: Stream = Stream {
    kind: StreamKind::Translations,
    id: 1,
};

/// What is known of a language that was saved.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// Its name.
    pub name: String,
    /// Whether its front was saved: then nothing that comes with the service is shown there.
    pub front: bool,
    /// Whether its admin area was saved.
    pub admin: bool,
}

impl Known {
    /// Whether an area was saved.
    #[must_use]
    pub fn has(&self, area: Area) -> bool {
        match area {
            Area::Front => self.front,
            Area::Admin => self.admin,
        }
    }
}

/// The text in a language: as it was saved, else as it comes with the service, else the text itself.
/// An empty translation is none. A language with a region (`pt-br`) without a translation of its own
/// falls back to the language (`pt`).
///
/// # Errors
/// When the table cannot be read.
pub fn translated(state: &dyn View, language: &str, text: &str) -> Result<String, Failure> {
    let Some(full) = code(language) else {
        return Ok(text.to_owned());
    };
    let base = full.split('-').next().unwrap_or_default();
    let tries = [&full[..], base];
    for code in &tries[..=usize::from(base != full)] {
        for area in Area::ALL {
            if let Some(saved) = saved(state, code, area, text)?.filter(|saved| !saved.is_empty()) {
                return Ok(saved);
            }
        }
        let shipped = shipped().get(code).and_then(|language| {
            let mut areas = Area::ALL.into_iter();
            areas.find_map(|area| language.area(area).get(text))
        });
        if let Some(translation) = shipped {
            return Ok(translation.clone());
        }
    }
    Ok(text.to_owned())
}

/// The text in a user's language: that of the user's details, see get-user-language.
///
/// # Errors
/// When the table cannot be read.
pub fn translated_for(state: &dyn View, user: UserId, text: &str) -> Result<String, Failure> {
    let details = details(state, user)?;
    let value = |slug: &str| {
        let detail = details.iter().find(|detail| detail.slug == slug);
        detail.map(|detail| detail.value.as_str())
    };
    match get_user_language::language(value) {
        Some(language) => translated(state, &language, text),
        None => Ok(text.to_owned()),
    }
}

/// The translation of one text, if it was saved.
fn saved(state: &dyn View, code: &str, area: Area, text: &str) -> Result<Option<String>, Failure> {
    let row = state.get(&key(code, area, text))?;
    Ok(row.map(|row| String::from_utf8_lossy(&row).into_owned()))
}

/// What is known of a language, if it was saved.
///
/// # Errors
/// When the table cannot be read.
pub fn known(state: &dyn View, code: &str) -> Result<Option<Known>, Failure> {
    read(state, &Table::Language.key(&[code.as_bytes()]))
}

/// The languages that were saved, by code.
///
/// # Errors
/// When the table cannot be read.
pub fn all_known(state: &dyn View) -> Result<BTreeMap<String, Known>, Failure> {
    let mut languages = BTreeMap::new();
    each(state, &Table::Language.key(&[]), |code, key, row| {
        languages.insert(code, parsed(key, row)?);
        Ok(())
    })?;
    Ok(languages)
}

/// The texts of an area as saved.
///
/// # Errors
/// When the table cannot be read.
pub fn texts(state: &dyn View, code: &str, area: Area) -> Result<Texts, Failure> {
    let mut texts = Texts::new();
    each(state, &key(code, area, ""), |text, _, row| {
        texts.insert(text, String::from_utf8_lossy(row).into_owned());
        Ok(())
    })?;
    Ok(texts)
}

/// A language, where there is one: each area as it was saved, else as it comes with the service.
///
/// # Errors
/// When the table cannot be read.
pub fn language(state: &dyn View, code: &str) -> Result<Option<Language>, Failure> {
    let (known, shipped) = (known(state, code)?, shipped().get(code));
    let mut language = match (&known, shipped) {
        (None, None) => return Ok(None),
        (_, shipped) => shipped.cloned().unwrap_or_default(),
    };
    if let Some(known) = known {
        for area in Area::ALL.into_iter().filter(|area| known.has(*area)) {
            *language.area_mut(area) = texts(state, code, area)?;
        }
        language.name = known.name;
    }
    Ok(Some(language))
}

/// All languages, by code: those that were saved and those that come with the service.
///
/// # Errors
/// When the table cannot be read.
pub fn languages(state: &dyn View) -> Result<BTreeMap<String, Language>, Failure> {
    let mut codes: Vec<String> = all_known(state)?.into_keys().collect();
    codes.extend(shipped().keys().map(|code| (*code).to_owned()));
    let mut languages = BTreeMap::new();
    for code in codes {
        if let Some(language) = language(state, &code)? {
            languages.insert(code, language);
        }
    }
    Ok(languages)
}

/// Every row below a prefix: what its key says after it, the key, and the value.
fn each(
    state: &dyn View,
    prefix: &[u8],
    mut take: impl FnMut(String, &[u8], &[u8]) -> Result<(), Failure>,
) -> Result<(), Failure> {
    const PAGE: usize = 1_000;
    let mut after: Option<Vec<u8>> = None;
    loop {
        let page = state.scan(prefix, after.as_deref(), PAGE)?;
        for (key, row) in &page {
            let rest = String::from_utf8_lossy(&key[prefix.len()..]).into_owned();
            take(rest, key, row)?;
        }
        match page.into_iter().nth(PAGE - 1) {
            Some((key, _)) => after = Some(key),
            None => return Ok(()),
        }
    }
}

/// A code has no NUL in it, so none is the beginning of another.
fn key(code: &str, area: Area, text: &str) -> Vec<u8> {
    Table::Translation.key(&[code.as_bytes(), &[0, area as u8], text.as_bytes()])
}

/// The translations after `event`.
///
/// # Errors
/// When the table cannot be read.
pub fn evolve(state: &mut dyn State, event: &Event) -> Result<(), Failure> {
    let Event::TranslationsSaved(Saved {
        language,
        name,
        area,
        texts,
        removed,
    }) = event
    else {
        return Ok(());
    };
    let before = known(state, language)?.unwrap_or_default();
    let after = Known {
        name: name.clone().unwrap_or_else(|| before.name.clone()),
        front: before.front || *area == Some(Area::Front),
        admin: before.admin || *area == Some(Area::Admin),
    };
    if after != before || name.is_some() {
        write(state, &Table::Language.key(&[language.as_bytes()]), &after);
    }
    if let Some(area) = *area {
        for (text, translation) in texts {
            state.put(&key(language, area, text), translation.clone().into_bytes());
        }
        for text in removed {
            state.delete(&key(language, area, text));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use eventlog::Memory;

    use super::*;

    fn save(state: &mut Memory, language: &str, area: Area, texts: &[(&str, &str)]) {
        let texts = texts
            .iter()
            .map(|(text, to)| ((*text).to_owned(), (*to).to_owned()));
        let saved = Saved {
            language: language.to_owned(),
            name: Some("Name".to_owned()),
            area: Some(area),
            texts: texts.collect(),
            removed: Vec::new(),
        };
        evolve(state, &saved.into()).unwrap();
    }

    #[test]
    fn saved_then_shipped_then_the_text_itself() {
        let mut state = Memory::default();
        let say =
            |state: &Memory, language: &str, text: &str| translated(state, language, text).unwrap();
        assert_eq!(say(&state, "de", "Attachments"), "Anhänge");
        assert_eq!(say(&state, "DE_at", "Attachments"), "Anhänge");
        assert_eq!(say(&state, "de", "Activate"), "Aktivieren");
        for (language, text) in [
            ("xx", "Attachments"),
            ("", "Attachments"),
            ("../", "All"),
            ("de", "New"),
        ] {
            assert_eq!(say(&state, language, text), text);
        }
        save(
            &mut state,
            "de",
            Area::Front,
            &[("Attachments", "Dateien"), ("New", "Neu"), ("All", "")],
        );
        save(&mut state, "de-at", Area::Admin, &[("New", "Neich")]);
        assert_eq!(say(&state, "de", "Attachments"), "Dateien");
        assert_eq!(say(&state, "de", "All"), "Alle", "an empty one is none");
        assert_eq!(say(&state, "de-AT", "New"), "Neich");
        assert_eq!(say(&state, "de-AT", "Attachments"), "Dateien");
        assert_eq!(say(&state, "d", "New"), "New");
    }

    #[test]
    fn an_area_that_was_saved_is_shown_as_it_was_saved() {
        let mut state = Memory::default();
        assert_eq!(language(&state, "xx").unwrap(), None);
        assert_eq!(
            language(&state, "de").unwrap().as_ref(),
            shipped().get("de")
        );
        save(&mut state, "de", Area::Front, &[("New", "Neu")]);
        let german = language(&state, "de").unwrap().unwrap();
        assert_eq!((german.name.as_str(), german.front.len()), ("Name", 1));
        assert_eq!(german.admin, shipped()["de"].admin);
        let all = languages(&state).unwrap();
        assert_eq!(all.len(), shipped().len());
        assert_eq!(all["de"], german);
    }
}

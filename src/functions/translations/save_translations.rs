//! `save-translations`

mod given;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use events::token::Scope;
use events::{
    file::{Created, Purpose},
    translation::{Area, Saved},
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    language::{Language, Texts},
    shipped::shipped,
    state::{STREAM, all_known, known, languages, texts},
};
use crate::{
    clock,
    functions::{Command, Context, Decision, Failure, Fault, Refusal, files},
    uploads::Uploads,
    wire::JsonText,
};
use given::Given;

/// The most languages of a workspace.
const LANGUAGES_MAX: usize = 200;
/// Bytes of texts in one event, so that it passes through everything that events pass through.
const EVENT_BYTES: usize = 256 << 10;

/// Saves translations, and writes all of before to a file first.
///
/// `translations` is the object of get-translations, or a part of it: by language code the `name`, the
/// texts of the `front` and those of the `admin` area. An area that is given takes the place of the
/// language's former one; languages and areas that are not given stay as they are, since empty ones
/// vanish from forms. Texts may have any characters, dots and quotation marks among them; in a form
/// they may be written in brackets or as JSON text. Texts with square brackets arrive whole as JSON
/// alone.
///
/// A language's code has two or three letters, with a region or without (`pt-br`); an unknown member
/// beside `name`, `front` and `admin`, or a translation that is no text, is refused as
/// `invalid-argument`. 100,000 texts are allowed at once, 1,000 characters for a text, 10,000 for its
/// translation and 200 languages in all (`too-large` otherwise). The file with the translations of
/// before lies under `/uploads/`, as `translations-<date>-<something that cannot be guessed>.json`, for
/// `translations_keep_hours`; it can be given to this function as it is.
/// # Example
/// `{"translations": {"es": {"name": "Spanish", "front": {"All fields are required.": "Todos los campos son obligatorios."}, "admin": {}}}}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct SaveTranslations {
    /// The translations by language.
    #[schemars(with = "BTreeMap<String, Language>")]
    translations: JsonText<Map<String, Value>>,
    #[serde(skip)]
    read: Option<Vec<Given>>,
    #[serde(skip)]
    backup: Option<Backup>,
}

/// A file that is there already.
#[derive(Debug)]
struct Backup {
    path: String,
    bytes: u64,
}

impl Command for SaveTranslations {
    const NAME: &'static str = "save-translations";
    const SCOPE: Scope = Scope::Admin;
    type Reply = bool;

    async fn prepare(&mut self, context: &Context) -> Result<(), Failure> {
        self.read = Some(given::read(std::mem::take(&mut self.translations.0))?);
        let service = context.service.clone();
        let write = move || -> Result<Backup, Failure> {
            let all = languages(service.journal.reader())?;
            let text = serde_json::to_vec_pretty(&all).expect("texts have no failing serializer");
            let today = clock::wire_time(clock::now_ms());
            let today = today.split(' ').next().unwrap_or_default();
            let path = format!("translations-{today}-{}.json", Uploads::unguessable());
            let done = service.uploads.write(&path, &text);
            done.map_err(|source| Fault::File(path.clone(), source))?;
            let bytes = text.len() as u64;
            Ok(Backup { path, bytes })
        };
        let written = tokio::task::spawn_blocking(write).await;
        self.backup = Some(written.map_err(|_| Fault::Task("writing a backup"))??);
        Ok(())
    }

    fn decide(self, decision: &mut Decision<'_>) -> Result<bool, Failure> {
        let given = match self.read {
            Some(read) => read,
            None => given::read(self.translations.0)?,
        };
        let mut codes = all_known(decision.state())?;
        for language in &given {
            codes.entry(language.code.clone()).or_default();
        }
        if codes.len() > LANGUAGES_MAX {
            let why = format!("There are {LANGUAGES_MAX} languages at most.");
            return Err(Refusal::TooLarge(why).into());
        }
        if let Some(Backup { path, bytes }) = self.backup {
            let created = Created {
                purpose: Purpose::Translations,
                path,
                bytes,
                conversation: None,
                user: None,
            };
            files::record(decision, created)?;
        }
        for language in given {
            save(decision, language)?;
        }
        Ok(true)
    }
}

/// Records what changes in a language.
fn save(decision: &mut Decision<'_>, given: Given) -> Result<(), Failure> {
    let code = given.code;
    let before = known(decision.state(), &code)?;
    let shipped_name = || {
        shipped()
            .get(&code[..])
            .map(|language| language.name.clone())
    };
    let name = match (given.name, &before) {
        (Some(name), Some(before)) if name == before.name => None,
        (Some(name), _) => Some(name),
        (None, Some(_)) => None,
        (None, None) => Some(shipped_name().unwrap_or_else(|| code.clone())),
    };
    if let Some(name) = name {
        decision.record(
            STREAM,
            Saved {
                name: Some(name),
                ..Saved::of(&code)
            },
        )?;
    }
    for (area, new) in [(Area::Front, given.front), (Area::Admin, given.admin)] {
        if let Some(new) = new {
            let is_new = !before.as_ref().is_some_and(|before| before.has(area));
            save_area(decision, &code, area, new, is_new)?;
        }
    }
    Ok(())
}

/// Records what changes in an area, in as many events as it needs; one at least where the area was
/// never saved.
fn save_area(
    decision: &mut Decision<'_>,
    code: &str,
    area: Area,
    mut new: Texts,
    is_new: bool,
) -> Result<(), Failure> {
    let before = texts(decision.state(), code, area)?;
    let removed: Vec<String> = before
        .keys()
        .filter(|text| !new.contains_key(*text))
        .cloned()
        .collect();
    new.retain(|text, translation| before.get(text) != Some(translation));
    let mut event = Saved {
        area: Some(area),
        ..Saved::of(code)
    };
    let mut bytes = 0;
    let mut is_first = is_new;
    let changes = new
        .into_iter()
        .map(|(text, translation)| (text, Some(translation)))
        .chain(removed.into_iter().map(|text| (text, None)));
    for (text, translation) in changes {
        let size = text.len() + translation.as_ref().map_or(0, String::len);
        if bytes + size > EVENT_BYTES && bytes > 0 {
            let next = Saved {
                area: Some(area),
                ..Saved::of(code)
            };
            decision.record(STREAM, std::mem::replace(&mut event, next))?;
            (bytes, is_first) = (0, false);
        }
        bytes += size;
        match translation {
            Some(translation) => {
                event.texts.insert(text, translation);
            }
            None => event.removed.push(text),
        }
    }
    if bytes > 0 || is_first {
        decision.record(STREAM, event)?;
    }
    Ok(())
}

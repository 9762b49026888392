//! How articles and categories are written on the wire.

use std::collections::BTreeMap;

use events::article::{Category, Saved};
use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value};

use super::shown;
use crate::wire::{Argument, JsonText, List, Nest, Text, Unreadable, Word, argument};

/// Characters of an article's or a category's ID.
pub const ID_CHARS_MAX: usize = 50;
/// Characters of a language code.
pub const LANGUAGE_CHARS_MAX: usize = 20;
/// Characters of a content: a long book chapter with its markup, or a small picture within it.
pub const CONTENT_CHARS_MAX: usize = 1 << 20;
const TITLE_CHARS_MAX: usize = 1_000;
const LINK_CHARS_MAX: usize = 4_096;
/// Categories that one article is in.
const CATEGORIES_MAX: usize = 100;
/// Bytes, as JSON, of what else an article or a category has.
const MORE_BYTES_MAX: usize = 1 << 20;

type Object = JsonText<Map<String, Value>>;

/// A list of articles, as get-articles answers them with `full`. New ones need no ID yet.
#[derive(Clone, Debug)]
pub struct Articles(pub Vec<Saved>);

impl Nest for Articles {
    const KEY: &'static str = "articles";
}

impl Argument for Articles {
    type Value = Self;

    fn read(value: Value) -> Result<Self, Unreadable> {
        listed(value, article).map(Self)
    }

    fn new(value: Self) -> Self {
        value
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        let article = generator.subschema_for::<shown::Article>();
        json_schema!({ "type": "array", "items": article })
    }
}
argument!([] Articles);

/// Translations of articles by language.
#[derive(Clone, Debug)]
pub struct Translations(pub BTreeMap<String, Vec<Saved>>);

impl Nest for Translations {
    const KEY: &'static str = "translations";
}

impl Argument for Translations {
    type Value = Self;

    fn read(value: Value) -> Result<Self, Unreadable> {
        let mut translations = BTreeMap::new();
        for (language, list) in Object::read(value)? {
            if !is_language(&language) {
                return Err(Unreadable(format!("{language:?} is not a language")));
            }
            let within = |Unreadable(why)| Unreadable(format!("{language}: {why}"));
            let list = List::<JsonText<Value>>::read(list).map_err(within)?;
            let mut list = listed(list.into(), article).map_err(within)?;
            for text in &mut list {
                text.language.clone_from(&language);
            }
            translations.insert(language, list);
        }
        Ok(Self(translations))
    }

    fn new(value: Self) -> Self {
        value
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        let articles = Articles::schema(generator);
        json_schema!({ "type": "object", "additionalProperties": articles })
    }
}
argument!([] Translations);

/// A list of categories. New ones need no ID yet.
#[derive(Clone, Debug)]
pub struct Categories(pub Vec<Category>);

impl Nest for Categories {
    const KEY: &'static str = "categories";
}

impl Argument for Categories {
    type Value = Self;

    fn read(value: Value) -> Result<Self, Unreadable> {
        listed(value, category).map(Self)
    }

    fn new(value: Self) -> Self {
        value
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        let category = generator.subschema_for::<shown::Category>();
        json_schema!({ "type": "array", "items": category })
    }
}
argument!([] Categories);

/// Reads the items of a list. What a client may write for "nothing" is no empty list here, where that
/// would delete everything.
fn listed<T>(
    value: Value,
    read: fn(Map<String, Value>) -> Result<T, Unreadable>,
) -> Result<Vec<T>, Unreadable> {
    if !(value.is_array() || value.is_object()) {
        return Err(Unreadable("this is no list; none is written []".to_owned()));
    }
    let items = List::<JsonText<Value>>::read(value)?;
    let numbered = items.into_iter().enumerate().map(|(number, item)| {
        let at = |Unreadable(why)| Unreadable(format!("number {number}: {why}"));
        Object::read(item).and_then(read).map_err(at)
    });
    numbered.collect()
}

fn article(mut members: Map<String, Value>) -> Result<Saved, Unreadable> {
    let id = id(&mut members, &["-1", "0", "false"])?;
    let title = text::<TITLE_CHARS_MAX>(&mut members, "title")?;
    let content = text::<CONTENT_CHARS_MAX>(&mut members, "content")?;
    let link = text::<LINK_CHARS_MAX>(&mut members, "link")?;
    if title.trim().is_empty() && content.trim().is_empty() {
        return Err(Unreadable("there is no title and no content".to_owned()));
    }
    let categories = members.shift_remove("categories").unwrap_or_default();
    let categories = List::<Word<ID_CHARS_MAX>>::read(categories)
        .map_err(|Unreadable(why)| Unreadable(format!("categories: {why}")))?;
    if categories.len() > CATEGORIES_MAX {
        let why = format!("categories: there are more than {CATEGORIES_MAX}");
        return Err(Unreadable(why));
    }
    Ok(Saved {
        number: 0,
        id,
        language: String::new(),
        title,
        content,
        link,
        categories,
        more: more(members)?,
    })
}

fn category(mut members: Map<String, Value>) -> Result<Category, Unreadable> {
    let id = id(&mut members, &["-1", "0", "1", "false", "true"])?;
    let title = text::<TITLE_CHARS_MAX>(&mut members, "title")?;
    if title.trim().is_empty() {
        return Err(Unreadable("title: the text is empty".to_owned()));
    }
    let more = more(members)?;
    Ok(Category { id, title, more })
}

/// A text; empty where there is none, however that is written.
fn text<const MAX: usize>(
    members: &mut Map<String, Value>,
    name: &str,
) -> Result<String, Unreadable> {
    match members.shift_remove(name) {
        None | Some(Value::Null | Value::Bool(false)) => Ok(String::new()),
        Some(value) => {
            Text::<MAX>::read(value).map_err(|Unreadable(why)| Unreadable(format!("{name}: {why}")))
        }
    }
}

/// The ID; empty where there is none yet. By one of the words of get-articles nobody could ask for it.
fn id(members: &mut Map<String, Value>, words: &[&str]) -> Result<String, Unreadable> {
    let id = text::<ID_CHARS_MAX>(members, "id")?.trim().to_owned();
    if words.contains(&id.to_ascii_lowercase().as_str()) {
        return Err(Unreadable(format!(
            "{id:?} is a word of get-articles, and no id"
        )));
    }
    if !id.bytes().all(is_plain) {
        let why = format!("{id:?} is not an id: letters, digits, - and _");
        return Err(Unreadable(why));
    }
    Ok(id)
}

fn more(members: Map<String, Value>) -> Result<Map<String, Value>, Unreadable> {
    let bytes = serde_json::to_vec(&members).map_or(usize::MAX, |text| text.len());
    if bytes > MORE_BYTES_MAX {
        let why = format!("what is not known here has {bytes} bytes; {MORE_BYTES_MAX} are allowed");
        return Err(Unreadable(why));
    }
    Ok(members)
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_".contains(&byte)
}

/// Whether a text can name a language; `all` and `false` are words of get-articles.
fn is_language(text: &str) -> bool {
    let is_word = ["all", "false", "true"].contains(&text.to_ascii_lowercase().as_str());
    !is_word
        && (1..=LANGUAGE_CHARS_MAX).contains(&text.len())
        && text.bytes().all(is_plain)
        && text.starts_with(|first: char| first.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests;

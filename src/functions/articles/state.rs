//! What decisions know of the knowledge base: which texts there are, and the categories. What the
//! texts say is known by its hash, which tells whether a save changes it.

use std::collections::BTreeMap;

use eventlog::{State, View};
use events::{
    Event, Stream, StreamKind,
    article::{Category, Saved},
};
use serde::{Deserialize, Serialize};

use crate::functions::{
    Failure,
    decision::{Numbered, Table, note_id, parsed, read, write},
};

/// The stream of the workspace's knowledge base.
pub const STREAM: Stream = Stream {
    kind: StreamKind::Articles,
    id: 1,
};

/// A text, as decisions know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// Its number.
    pub number: u64,
    /// The hash of what it says.
    pub hash: String,
}

/// An article's ID and a language.
pub type IdAndLanguage = (String, String);

/// All texts.
///
/// # Errors
/// When the table cannot be read.
pub fn texts(state: &dyn View) -> Result<BTreeMap<IdAndLanguage, Known>, Failure> {
    const PAGE: usize = 1_000;
    let prefix = Table::Article.key(&[]);
    let mut texts = BTreeMap::new();
    let mut after: Option<Vec<u8>> = None;
    loop {
        let page = state.scan(&prefix, after.as_deref(), PAGE)?;
        let is_last = page.len() < PAGE;
        for (key, row) in page {
            texts.insert(id_and_language(&key), parsed(&key, &row)?);
            after = Some(key);
        }
        if is_last {
            return Ok(texts);
        }
    }
}

/// Whether there is an article with this ID, in whatever language.
///
/// # Errors
/// When the table cannot be read.
pub fn exists(state: &dyn View, id: &str) -> Result<bool, Failure> {
    let prefix = Table::Article.key(&[id.as_bytes(), &[0]]);
    Ok(!state.scan(&prefix, None, 1)?.is_empty())
}

/// The numbers of the texts of a language, in their order.
///
/// # Errors
/// When the table cannot be read.
pub fn order(state: &dyn View, language: &str) -> Result<Vec<u64>, Failure> {
    Ok(read(state, &order_key(language))?.unwrap_or_default())
}

/// All categories, in their order.
///
/// # Errors
/// When the table cannot be read.
pub fn categories(state: &dyn View) -> Result<Vec<Category>, Failure> {
    Ok(read(state, &Table::ArticleCategories.row(STREAM.id))?.unwrap_or_default())
}

/// The hash of what a text says. It is part of the state, so how it is made never changes.
pub fn hash(saved: &Saved) -> String {
    let mut hasher = blake3::Hasher::new();
    let mut add = |part: &str| {
        hasher.update(&(part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    };
    for part in [&saved.title, &saved.content, &saved.link] {
        add(part);
    }
    add(&serde_json::Value::from(saved.more.clone()).to_string());
    for id in &saved.categories {
        add(id);
    }
    hasher.finalize().to_hex()[..32].to_owned()
}

fn key(id: &str, language: &str) -> Vec<u8> {
    Table::Article.key(&[id.as_bytes(), &[0], language.as_bytes()])
}

fn order_key(language: &str) -> Vec<u8> {
    Table::ArticleOrder.key(&[language.as_bytes()])
}

fn id_and_language(key: &[u8]) -> IdAndLanguage {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut parts = key[1..].splitn(2, |byte| *byte == 0);
    let mut next = || parts.next().map(text).unwrap_or_default();
    (next(), next())
}

/// The state of the knowledge base after `event`.
///
/// # Errors
/// When the table cannot be read.
pub fn evolve(state: &mut dyn State, event: &Event) -> Result<(), Failure> {
    match event {
        Event::ArticleSaved(saved) => {
            let known = Known {
                number: saved.number,
                hash: hash(saved),
            };
            write(state, &key(&saved.id, &saved.language), &known);
            note_id(state, Numbered::Article, saved.number)?;
        }
        Event::ArticleRemoved(removed) => state.delete(&key(&removed.id, &removed.language)),
        Event::ArticlesOrdered(ordered) if ordered.numbers.is_empty() => {
            state.delete(&order_key(&ordered.language));
        }
        Event::ArticlesOrdered(ordered) => {
            write(state, &order_key(&ordered.language), &ordered.numbers);
        }
        Event::ArticleCategoriesSaved(saved) => {
            let row = Table::ArticleCategories.row(STREAM.id);
            write(state, &row, &saved.categories);
        }
        _ => {}
    }
    Ok(())
}

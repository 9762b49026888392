//! The tables of the knowledge base and their rows.

use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::database::{Kind, Shape, Table};

/// An article in one language.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct ArticleRow {
    /// The text's number.
    pub number: u64,
    /// The article's ID.
    pub id: String,
    /// The language; empty for the default one.
    pub language: String,
    /// Its title.
    pub title: String,
    /// What it says, or how that begins.
    pub content: String,
    /// Where to read on.
    pub link: String,
    /// The IDs of its categories.
    #[serde(deserialize_with = "json_text")]
    pub categories: Vec<String>,
    /// What else it was saved with.
    #[serde(deserialize_with = "json_text")]
    pub more: Map<String, Value>,
}

/// What a column with a JSON text holds.
fn json_text<'de, T: DeserializeOwned, D: Deserializer<'de>>(column: D) -> Result<T, D::Error> {
    let text = String::deserialize(column)?;
    serde_json::from_str(&text).map_err(D::Error::custom)
}

/// The table `articles`.
pub(super) const ARTICLES: Table = Table::new(
    "articles",
    Shape(&[
        ("number", Kind::Int),
        ("id", Kind::Text),
        ("language", Kind::Text),
        ("title", Kind::Text),
        ("excerpt", Kind::Text),
        ("link", Kind::Text),
        ("categories", Kind::Text),
        ("more", Kind::Text),
    ]),
);

/// The table `article_contents`.
pub(super) const CONTENTS: Table = Table::new(
    "article_contents",
    Shape(&[("number", Kind::Int), ("content", Kind::Text)]),
);

/// The table `article_places`: where the texts of a language stand, from 0.
pub(super) const PLACES: Table = Table {
    name: "article_places",
    columns: Shape(&[
        ("language", Kind::Text),
        ("place", Kind::Int),
        ("number", Kind::Int),
    ]),
    key_columns: 2,
    volatile: None,
};

/// The table `article_ratings`.
pub(super) const RATINGS: Table = Table::new(
    "article_ratings",
    Shape(&[
        ("id", Kind::Int),
        ("article", Kind::Text),
        ("positive", Kind::Int),
    ]),
);

/// The table `article_search`: texts in pieces.
pub(super) const SEARCH: Table = Table::new(
    "article_search",
    Shape(&[
        ("id", Kind::Int),
        ("number", Kind::Int),
        ("language", Kind::Text),
        ("text", Kind::Text),
    ]),
);

/// All tables of the projection.
pub(crate) const TABLES: &[&Table] = &[&ARTICLES, &CONTENTS, &PLACES, &RATINGS, &SEARCH];

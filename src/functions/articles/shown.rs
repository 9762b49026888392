//! How articles and categories are answered.

use events::article;
use projections::ArticleRow;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

/// An article in one language.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Article {
    /// Made by the service where a new one has none.
    id: String,
    /// Its title.
    title: String,
    /// What it says, or how that begins.
    content: String,
    /// Where to read on.
    link: String,
    /// The IDs of its categories.
    categories: Vec<String>,
    /// The language of a translation, where languages stand side by side.
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    /// What else it was saved with.
    #[serde(flatten)]
    more: Map<String, Value>,
}

impl From<ArticleRow> for Article {
    fn from(row: ArticleRow) -> Self {
        Self {
            id: row.id,
            title: row.title,
            content: row.content,
            link: row.link,
            categories: row.categories,
            language: None,
            more: row.more,
        }
    }
}

impl Article {
    /// As it is, saying which translation it is.
    pub fn with_language(mut row: ArticleRow) -> Self {
        let language = std::mem::take(&mut row.language);
        let mut article = Self::from(row);
        if !language.is_empty() {
            article.more.shift_remove("language");
            article.language = Some(language);
        }
        article
    }
}

/// A category of articles.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Category {
    /// Made by the service where a new one has none.
    id: String,
    /// Its title.
    title: String,
    /// What else it was saved with.
    #[serde(flatten)]
    more: Map<String, Value>,
}

impl From<article::Category> for Category {
    fn from(category: article::Category) -> Self {
        Self {
            id: category.id,
            title: category.title,
            more: category.more,
        }
    }
}

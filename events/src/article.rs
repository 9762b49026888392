//! What happens in the knowledge base: its articles, their translations, categories and ratings,
//! and how often they are looked for and read.
//!
//! An article has one text a language, the default one without a name; the texts of an article
//! share its ID. Saving all of them anew is recorded as what changed by it, text by text: with
//! thousands of articles a corrected word would otherwise be all of them once more.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A text is new, or another than before.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Saved {
    /// The text's number: given once, kept while it changes, never given again.
    pub number: u64,
    /// The article's ID, the same in all languages.
    pub id: String,
    /// The language; empty for the default one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub language: String,
    /// Its title.
    pub title: String,
    /// What it says, usually HTML.
    pub content: String,
    /// Where to read on; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub link: String,
    /// The IDs of the categories it is in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// What else it was saved with.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub more: Map<String, Value>,
}

/// A text is gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removed {
    /// The text's number.
    pub number: u64,
    /// The article's ID.
    pub id: String,
    /// The language; empty for the default one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub language: String,
    /// The article has no text left in any language, so its ratings are gone too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub gone: bool,
}

/// The texts of a language stand in this order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ordered {
    /// The language; empty for the default one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub language: String,
    /// The numbers of all its texts.
    pub numbers: Vec<u64>,
}

/// A category of articles.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Category {
    /// Its ID, which articles name.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What else it was saved with.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// All categories were saved, in this order; those of before are gone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CategoriesSaved {
    /// All of them.
    pub categories: Vec<Category>,
}

/// A reader rated an article.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rated {
    /// The article's ID.
    pub id: String,
    /// Whether it was of help.
    pub positive: bool,
}

/// Articles were read since the event before of this type: sums, because a reader does not wait for
/// a write.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewed {
    /// How often each article was read, by its ID.
    pub views: BTreeMap<String, u64>,
}

/// Articles were looked for so often since the event before of this type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Searched {
    /// How often.
    pub searches: u64,
}

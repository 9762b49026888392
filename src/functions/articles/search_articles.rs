//! `search-articles`

use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    language::{All, Asked, chosen},
    shown::Article,
};
use crate::{
    functions::{Context, Failure, Query},
    wire::{Text, WordOr},
};

/// Returns the articles with a text in their title or content.
///
/// Letter case does not matter, and markup is not looked into. First come the articles with the text in
/// the title, then the others, each in the order in which they were saved; contents are shortened as
/// in get-articles. `[]` where there are none. Of a text that very many articles have, 5,000 places are
/// looked at.
///
/// `articles_language` looks into the articles in that language alone, or, where there are none, into
/// those in the language it is a variety of, or the default one. `all` looks into all languages;
/// translations found have a `language` then.
///
/// Each search counts in the report articles-searches, a few seconds later.
/// # Example
/// `{"search": "api", "articles_language": "es"}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct SearchArticles {
    /// What to look for.
    search: Text<255, 1>,
    /// A language code, or `all`; false for the default language.
    #[serde(default)]
    articles_language: Asked,
}

impl Query for SearchArticles {
    const NAME: &'static str = "search-articles";
    type Reply = Vec<Article>;

    async fn answer(self, context: &Context) -> Result<Vec<Article>, Failure> {
        let reads = &context.service.reads;
        let language = match &self.articles_language.0 {
            None => Some(String::new()),
            Some(WordOr::Word(All::All)) => None,
            Some(WordOr::Value(wanted)) => {
                let languages = reads.article_languages().await?;
                Some(chosen(wanted, languages.iter().map(String::as_str)).to_owned())
            }
        };
        let text = &self.search.0;
        let rows = reads.search_articles(text, language.as_deref()).await?;
        if !text.trim().is_empty() {
            context.service.readings.searched();
        }
        let shown = match language {
            Some(_) => Article::from,
            None => Article::with_language,
        };
        Ok(rows.into_iter().map(shown).collect())
    }
}

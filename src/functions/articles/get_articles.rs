//! `get-articles`

use std::collections::BTreeMap;

use projections::{ArticleRow, ArticlesFilter};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    given::ID_CHARS_MAX,
    language::{All, Asked, chosen},
    shown::{Article, Category},
    state::categories,
};
use crate::{
    functions::{Context, Failure, Query, answer},
    wire::{Flag, FlagOr, Integer, OrMinusOne, Word, WordOr},
};

/// Returns all articles, the articles of a category, or one article.
///
/// Articles come in the order in which they were saved. In a list the content is shortened: 100
/// characters of its text, without tags, and ` ...` where it goes on; `full` gives it whole, as
/// save-articles needs it. With `categories` true the answer is `[articles, categories]`; a category's
/// ID gives the articles of that category alone.
///
/// `id` gives one article, whole, as an object; false where there is none. That counts as a view in the
/// reports articles-views and articles-views-single, a few seconds later; lists don't.
///
/// `articles_language` gives the articles in that language, else in the one it is a variety of (`es` for
/// `es-MX`), else in the default one; one article likewise. `all` adds the translations by language as
/// the last part: `[articles, {"es": […]}]`, with categories `[articles, categories, {"es": […]}]`, and
/// for one article `[article, {"es": article}]`. With `full`, the first and the last part can be given
/// to save-articles as they are.
/// # Example
/// `{"full": true, "categories": true, "articles_language": "es"}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetArticles {
    /// Only this article; -1 for a list.
    #[serde(default)]
    id: OrMinusOne<Word<ID_CHARS_MAX>>,
    /// So many articles at most, of each language; `all`, or -1, for all.
    #[serde(default)]
    count: OrMinusOne<WordOr<All, Integer<1, 1_000_000>>>,
    /// Whether contents are whole.
    #[serde(default)]
    full: Flag,
    /// true for the categories too, or the ID of one.
    #[serde(default)]
    categories: FlagOr<Word<ID_CHARS_MAX>>,
    /// A language code, or `all`; false for the default language.
    #[serde(default)]
    articles_language: Asked,
}

/// One article or many, alone or beside other things.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Articles {
    /// One; false where there is none.
    One(answer::OrFalse<Box<Article>>),
    /// One, and its translations.
    OneInAll(Box<(Article, BTreeMap<String, Article>)>),
    /// A list.
    List(Vec<Article>),
    /// A list, and all categories.
    WithCategories(Vec<Article>, Vec<Category>),
    /// A list, and its translations.
    InAll(Vec<Article>, Translated),
    /// A list, all categories, and its translations.
    WithBoth(Vec<Article>, Vec<Category>, Translated),
}

/// Articles by language.
type Translated = BTreeMap<String, Vec<Article>>;

impl Query for GetArticles {
    const NAME: &'static str = "get-articles";
    type Reply = Articles;

    async fn answer(self, context: &Context) -> Result<Articles, Failure> {
        if let Some(id) = &self.id.0 {
            let rows = context.service.reads.article(id).await?;
            if !rows.is_empty() {
                context.service.readings.viewed(id);
            }
            return Ok(self.one(rows));
        }
        let (list, translated) = self.lists(context).await?;
        if !matches!(self.categories, FlagOr::Flag(true)) {
            return Ok(match translated {
                None => Articles::List(list),
                Some(translated) => Articles::InAll(list, translated),
            });
        }
        let categories = categories(context.service.journal.reader())?;
        let categories = categories.into_iter().map(Category::from).collect();
        Ok(match translated {
            None => Articles::WithCategories(list, categories),
            Some(translated) => Articles::WithBoth(list, categories, translated),
        })
    }
}

impl GetArticles {
    /// One article out of its texts, the default language's first.
    fn one(self, mut rows: Vec<ArticleRow>) -> Articles {
        let wanted = match self.articles_language.0 {
            Some(WordOr::Word(All::All)) if !rows.is_empty() => {
                let first = rows.remove(0).into();
                let translations = rows.into_iter();
                let translations = translations.map(|row| (row.language.clone(), row.into()));
                return Articles::OneInAll(Box::new((first, translations.collect())));
            }
            Some(WordOr::Value(language)) => language,
            _ => String::new(),
        };
        let language = chosen(&wanted, rows.iter().map(|row| row.language.as_str())).to_owned();
        let at = rows.iter().position(|row| row.language == language);
        // An article that is there in other languages alone is still the one asked for.
        let row = (!rows.is_empty()).then(|| rows.swap_remove(at.unwrap_or(0)));
        Articles::One(row.map(|row| Box::new(row.into())).into())
    }

    /// The list in the language asked for; with all of them, the others' lists too.
    async fn lists(
        &self,
        context: &Context,
    ) -> Result<(Vec<Article>, Option<Translated>), Failure> {
        let reads = &context.service.reads;
        match &self.articles_language.0 {
            None => return Ok((self.list(context, "").await?, None)),
            Some(WordOr::Value(wanted)) => {
                let languages = reads.article_languages().await?;
                let language = chosen(wanted, languages.iter().map(String::as_str));
                return Ok((self.list(context, language).await?, None));
            }
            Some(WordOr::Word(All::All)) => {}
        }
        let mut translated = BTreeMap::new();
        for language in reads.article_languages().await? {
            let list = self.list(context, &language).await?;
            translated.insert(language, list);
        }
        Ok((self.list(context, "").await?, Some(translated)))
    }

    async fn list(&self, context: &Context, language: &str) -> Result<Vec<Article>, Failure> {
        let limit = match &self.count.0 {
            Some(WordOr::Value(count)) => u64::try_from(*count).ok(),
            _ => None,
        };
        let category = match &self.categories {
            FlagOr::Value(category) => Some(category.clone()),
            FlagOr::Flag(_) => None,
        };
        let filter = ArticlesFilter {
            language: language.to_owned(),
            category,
            limit,
            full: self.full.0,
        };
        let rows = context.service.reads.articles(&filter).await?;
        Ok(rows.into_iter().map(Article::from).collect())
    }
}

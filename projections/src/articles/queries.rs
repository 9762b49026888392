//! Questions about the knowledge base.

use std::collections::BTreeSet;

use super::rows::ArticleRow;
use crate::database::{Arg, Filter, args, id_list};
use crate::search::{Index, fold, wanted};
use crate::{Fault, ReadModels};

/// The index of searches; [`Index::only`] is for the language.
pub(crate) const SEARCH: Index<'static> = Index {
    table: "article_search",
    index: "article_index",
    trigrams: "article_trigrams",
    waiting: "id < 0", // none; and SQLite reads nothing to find that out
    texts: &["text"],
    only: "",
};

/// Which articles are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ArticlesFilter {
    /// In this language; empty for the default one.
    pub language: String,
    /// Of this category.
    pub category: Option<String>,
    /// At most so many.
    pub limit: Option<u64>,
    /// With their whole content, not just how it begins.
    pub full: bool,
}

/// The columns of a row, with the whole content or how it begins.
fn columns(full: bool) -> [&'static str; 8] {
    [
        "articles.number",
        "articles.id",
        "articles.language",
        "articles.title",
        if full {
            "article_contents.content"
        } else {
            "articles.excerpt"
        },
        "articles.link",
        "articles.categories",
        "articles.more",
    ]
}

/// Where the rows come from, with their contents or without.
fn tables(full: bool) -> &'static str {
    if full {
        "article_places JOIN articles ON articles.number = article_places.number
         JOIN article_contents ON article_contents.number = articles.number"
    } else {
        "article_places JOIN articles ON articles.number = article_places.number"
    }
}

impl ReadModels {
    /// Articles in the order in which they were saved.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn articles(&self, wanted: &ArticlesFilter) -> Result<Vec<ArticleRow>, Fault> {
        let db = self.db();
        let mut filter = Filter::default();
        filter.and_with(wanted.language.as_str(), |language| {
            format!("article_places.language = {language}")
        });
        if let Some(category) = &wanted.category {
            let categories = db.dialect().texts("articles.categories");
            filter.and_with(category.as_str(), |category| {
                format!("{category} IN ({categories})")
            });
        }
        let (conditions, args) = filter.finish();
        let limit = wanted
            .limit
            .map_or_else(String::new, |limit| format!(" LIMIT {limit}"));
        let from = format!(
            "FROM {} WHERE {conditions} ORDER BY article_places.place{limit}",
            tables(wanted.full)
        );
        db.read(&columns(wanted.full), &from, args).await
    }

    /// The whole article in every language that it has, the default one first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn article(&self, id: &str) -> Result<Vec<ArticleRow>, Fault> {
        let from = format!(
            "FROM {} WHERE articles.id = $1 ORDER BY articles.language",
            tables(true)
        );
        self.db().read(&columns(true), &from, args![id]).await
    }

    /// The languages that there are articles in, but for the default one.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn article_languages(&self) -> Result<Vec<String>, Fault> {
        let from = "FROM article_places WHERE place = 0 AND language <> '' ORDER BY language";
        let rows: Vec<(String,)> = self.db().read(&["language"], from, args![]).await?;
        Ok(rows.into_iter().map(|(language,)| language).collect())
    }

    /// Articles with this text in their title or content, in a language or in all of them, with how
    /// their contents begin: first those with the text in the title, then in the order in which
    /// they were saved. Letter case makes no difference. Of a text that very many have, 5,000
    /// places are looked at.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn search_articles(
        &self,
        text: &str,
        language: Option<&str>,
    ) -> Result<Vec<ArticleRow>, Fault> {
        let Some(wanted) = wanted(text) else {
            return Ok(Vec::new());
        };
        let db = self.db();
        let only = language.map(|language| {
            let quoted = language.replace('\'', "''");
            format!("article_search.language = '{quoted}'")
        });
        let search = Index {
            only: only.as_deref().unwrap_or_default(),
            ..SEARCH
        };
        let found: Vec<(u64,)> = search
            .find(&db, &["article_search.number"], &wanted, |_| false)
            .await?;
        let numbers: BTreeSet<u64> = found.into_iter().map(|(number,)| number).collect();
        let numbers: Vec<u64> = numbers.into_iter().collect();
        let from = format!(
            "FROM {} WHERE articles.number IN ({})
             ORDER BY article_places.language, article_places.place",
            tables(false),
            db.dialect().ids("$1")
        );
        let mut rows: Vec<ArticleRow> = db
            .read(&columns(false), &from, args![id_list(&numbers)])
            .await?;
        rows.sort_by_key(|row| !fold(&row.title).contains(&wanted));
        Ok(rows)
    }

    /// The newest ratings of an article, at most `limit`, oldest first: whether each is positive.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn article_ratings(&self, id: &str, limit: u32) -> Result<Vec<bool>, Fault> {
        let from =
            format!("FROM article_ratings WHERE article = $1 ORDER BY id DESC LIMIT {limit}");
        let rows: Vec<(u8,)> = self.db().read(&["positive"], &from, args![id]).await?;
        Ok(rows
            .into_iter()
            .rev()
            .map(|(rating,)| rating == 1)
            .collect())
    }

    /// The titles of articles, each with its ID; in the default language where there is one.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn article_titles(&self, ids: &[String]) -> Result<Vec<(String, String)>, Fault> {
        let db = self.db();
        let ids = serde_json::to_string(ids).map_err(Fault::Row)?;
        // The default language comes last and so has the last word with whoever collects them.
        let from = format!(
            "FROM articles WHERE id IN ({}) ORDER BY id, language DESC",
            db.dialect().texts("$1")
        );
        db.read(&["id", "title"], &from, vec![Arg::from(ids)]).await
    }
}

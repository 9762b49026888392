//! `get-articles-categories`

use schemars::JsonSchema;
use serde::Deserialize;

use super::{shown::Category, state::categories};
use crate::functions::{Context, Failure, Query};

/// Returns all categories of articles, in the order in which they were saved.
/// # Example
/// `{}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetArticlesCategories {}

impl Query for GetArticlesCategories {
    const NAME: &'static str = "get-articles-categories";
    type Reply = Vec<Category>;

    async fn answer(self, context: &Context) -> Result<Vec<Category>, Failure> {
        let categories = categories(context.service.journal.reader())?;
        Ok(categories.into_iter().map(Category::from).collect())
    }
}

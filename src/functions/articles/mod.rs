//! The knowledge base: articles, their translations and categories, searches and ratings.
//!
//! | file | what it holds |
//! |---|---|
//! | `given` | how articles and categories are written on the wire |
//! | `shown` | how they are answered |
//! | `language` | which language is answered where another was asked for |
//! | `tally` | how often articles are read and looked for |

mod article_ratings;
mod get_articles;
mod get_articles_categories;
mod given;
mod language;
mod save_articles;
mod save_articles_categories;
mod search_articles;
mod shown;
pub mod state;
pub mod tally;

use super::Function;

/// The functions of this group.
pub const FUNCTIONS: &[Function] = &[
    Function::query::<get_articles::GetArticles>(),
    Function::command::<save_articles::SaveArticles>(),
    Function::query::<search_articles::SearchArticles>(),
    Function::query::<get_articles_categories::GetArticlesCategories>(),
    Function::command::<save_articles_categories::SaveArticlesCategories>(),
    Function::command::<article_ratings::ArticleRatings>(),
];

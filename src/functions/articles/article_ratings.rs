//! `article-ratings`

use events::article::Rated;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    given::ID_CHARS_MAX,
    state::{STREAM, exists},
};
use crate::{
    functions::{Command, Context, Decision, Failure, Refusal},
    wire::{Argument, Integer, Unreadable, Word, argument},
};

/// Ratings in an answer.
const RATINGS_MAX: u32 = 10_000;

/// Returns the ratings of an article, or adds one to them.
///
/// Without `rating` the answer is a JSON text, a list of 1 (positive) and -1 (negative), oldest first:
/// `"[-1, 1, 1, -1]"`; the newest 10,000 of them, and `"[]"` for an article without ratings or that is
/// not there. With a `rating` the answer is true, and the rating counts in the report articles-ratings;
/// an article that is not there is refused as `invalid-argument`. Every call adds a rating, also the
/// same reader's; a repeated `Idempotency-Key` does not. -1 is accepted for a negative rating as well
/// as 0. Empty and `false` are no rating; `0` is one, though PHP writes its `false` so: leave the
/// argument out to read.
/// # Example
/// `{"article_id": "6P2Oq", "rating": 1}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct ArticleRatings {
    /// The article.
    article_id: Word<ID_CHARS_MAX>,
    /// 1 positive, 0 (or -1) negative; left out to read.
    #[serde(default)]
    rating: Rating,
    /// The ratings that there are, where they are asked for.
    #[serde(skip)]
    ratings: Vec<bool>,
}

/// A rating that may be missing: 0 is one, and false is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Rating(Option<bool>);

impl Argument for Rating {
    type Value = Option<bool>;

    fn read(value: Value) -> Result<Option<bool>, Unreadable> {
        let text = value.as_str().map(|text| text.trim().to_ascii_lowercase());
        match (&value, text.as_deref()) {
            (Value::Null | Value::Bool(false), _) | (_, Some("" | "false")) => Ok(None),
            _ => Integer::<-1, 1>::read(value).map(|rating| Some(rating == 1)),
        }
    }

    fn new(value: Option<bool>) -> Self {
        Self(value)
    }

    fn absent() -> Option<Option<bool>> {
        Some(None)
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        Integer::<-1, 1>::schema(generator)
    }
}
argument!([] Rating);

/// Ratings, or that one was added.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Ratings {
    /// A list as JSON text: `[-1, 1]`.
    Text(String),
    /// true.
    Added(bool),
}

impl Command for ArticleRatings {
    const NAME: &'static str = "article-ratings";
    type Reply = Ratings;

    /// Reads the ratings: decisions do not know them.
    async fn prepare(&mut self, context: &Context) -> Result<(), Failure> {
        if self.rating.0.is_none() {
            context.settled().await?;
            let reads = &context.service.reads;
            let id = &self.article_id.0;
            self.ratings = reads.article_ratings(id, RATINGS_MAX).await?;
        }
        Ok(())
    }

    fn decide(self, decision: &mut Decision<'_>) -> Result<Ratings, Failure> {
        let Some(positive) = self.rating.0 else {
            return Ok(Ratings::Text(text(&self.ratings)));
        };
        let id = self.article_id.0;
        if !exists(decision.state(), &id)? {
            let why = format!("article_id: there is no article {id:?}.");
            return Err(Refusal::InvalidArgument(why).into());
        }
        decision.record(STREAM, Rated { id, positive })?;
        Ok(Ratings::Added(true))
    }
}

fn text(ratings: &[bool]) -> String {
    let number = |positive: &bool| if *positive { "1" } else { "-1" };
    let numbers: Vec<_> = ratings.iter().map(number).collect();
    format!("[{}]", numbers.join(", "))
}

#[cfg(test)]
mod tests {
    use events::article::Saved;
    use serde_json::json;

    use super::*;
    use crate::functions::{
        conversations::histories::{arguments, problem},
        scenario::{given, happened},
    };

    fn rate(rating: Value) -> ArticleRatings {
        arguments(json!({"article_id": "a", "rating": rating}))
    }

    #[test]
    fn zero_is_a_rating_and_false_is_none() {
        let article = |language: &str| {
            let saved = Saved {
                number: 1,
                id: "a".to_owned(),
                language: language.to_owned(),
                ..Saved::default()
            };
            happened(STREAM, saved)
        };
        for language in ["", "es"] {
            for (rating, positive) in [(json!("1"), true), (json!("0"), false), (json!(-1), false)]
            {
                let id = "a".to_owned();
                given([article(language)])
                    .when(rate(rating))
                    .then([happened(STREAM, Rated { id, positive })])
                    .answering(json!(true));
            }
        }
        for none in [json!(null), json!(""), json!("False"), json!(false)] {
            given([article("")])
                .when(rate(none))
                .then([])
                .answering(json!("[]"));
        }
        assert_eq!(text(&[false, true, true]), "[-1, 1, 1]");
    }

    #[test]
    fn refusals() {
        given([])
            .when(rate(json!(1)))
            .then_refused_with("invalid-argument");
        for wrong in [json!(2), json!("good"), json!(true), json!([1])] {
            let code = problem::<ArticleRatings>(json!({"article_id": "a", "rating": wrong}));
            assert_eq!(code, "invalid-argument");
        }
        assert_eq!(problem::<ArticleRatings>(json!({})), "missing-argument");
    }
}

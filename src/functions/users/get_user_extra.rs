//! `get-user-extra`

use events::UserId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::row::{DetailAnswer, details_of};
use crate::{
    functions::{Context, Failure, Query},
    wire::{Key, OrFalse, Word},
};

/// Returns the additional details of a user: all of them, or the value of one.
///
/// Without `slug` the answer is the list of slug, name and value, empty for an unknown user. With
/// `slug` it is the bare value of that detail; where the user does not have it, the `default` as
/// it was given, else false.
/// # Example
/// `{"user_id": 3, "slug": "phone", "default": "unknown"}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetUserExtra {
    /// The user.
    user_id: Key<UserId>,
    /// One detail; all of them without it.
    #[serde(default)]
    slug: OrFalse<Word<255>>,
    /// What to answer where the user does not have the detail.
    #[serde(default)]
    default: Option<Value>,
}

/// The details, or what one of them is.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum ExtraAnswer {
    /// All details.
    All(Vec<DetailAnswer>),
    /// The value of the one asked for.
    One(String),
    /// The default, where there is none.
    Default(Value),
}

impl Query for GetUserExtra {
    const NAME: &'static str = "get-user-extra";
    type Reply = ExtraAnswer;

    async fn answer(self, context: &Context) -> Result<ExtraAnswer, Failure> {
        let Some(slug) = self.slug.0 else {
            return Ok(ExtraAnswer::All(details_of(context, self.user_id.0).await?));
        };
        let reads = &context.service.reads;
        let found = reads.details(&[self.user_id.0], Some(&[slug])).await?;
        Ok(match found.into_iter().next() {
            Some(detail) => ExtraAnswer::One(detail.value),
            None => ExtraAnswer::Default(or_false(self.default)),
        })
    }
}

/// The default as given; browsers write false as a text.
fn or_false(default: Option<Value>) -> Value {
    default
        .filter(|value| value != "false")
        .unwrap_or(Value::Bool(false))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::or_false;

    #[test]
    fn the_default_is_answered_as_given() {
        for default in [json!("nowhere"), json!(""), json!(0), json!({"a": 1})] {
            assert_eq!(or_false(Some(default.clone())), default);
        }
        for none in [None, Some(json!(false)), Some(json!("false"))] {
            assert_eq!(or_false(none), Value::Bool(false));
        }
    }
}

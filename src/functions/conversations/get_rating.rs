//! `get-rating`

use events::UserId;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    functions::{Context, Failure, Query},
    wire::Key,
};

/// Returns how an agent's conversations were rated: the number of positive ratings and the number
/// of negative ones.
///
/// A rating is credited once, when it is given: see set-rating. Somebody without ratings, and an
/// unknown user, is answered with `[0, 0]`.
/// # Example
/// `{"user_id": 4}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetRating {
    /// The agent.
    user_id: Key<UserId>,
}

impl Query for GetRating {
    const NAME: &'static str = "get-rating";
    type Reply = [u64; 2];

    async fn answer(self, context: &Context) -> Result<[u64; 2], Failure> {
        Ok(context
            .service
            .reads
            .ratings_of_agent(self.user_id.0)
            .await?)
    }
}

//! `count-users`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::functions::{Context, Failure, Query};

/// Returns how many users there are, all and by type.
///
/// `all` has everybody but the bot: agents and admins too.
/// # Example
/// `{}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct CountUsers {}

/// Numbers of users, as texts.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CountsAnswer {
    /// Everybody but the bot.
    all: String,
    lead: String,
    user: String,
    visitor: String,
}

impl Query for CountUsers {
    const NAME: &'static str = "count-users";
    type Reply = CountsAnswer;

    async fn answer(self, context: &Context) -> Result<CountsAnswer, Failure> {
        let counts = context.service.reads.count_users().await?;
        Ok(CountsAnswer {
            all: counts.all.to_string(),
            lead: counts.lead.to_string(),
            user: counts.user.to_string(),
            visitor: counts.visitor.to_string(),
        })
    }
}

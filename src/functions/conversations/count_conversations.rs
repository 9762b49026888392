//! `count-conversations`

use schemars::JsonSchema;
use serde::Deserialize;

use super::status::status_given;
use crate::{
    functions::{Context, Failure, Query},
    wire::StatusCode,
};

/// Counts the conversations.
///
/// Without `status_code` all are counted, those in the archive and in the trash as well; so they
/// are with false or an empty text. 0 is the status live: PHP's `http_build_query` writes false
/// as 0, so a PHP client leaves the argument out to count all. A status code beyond 0 to 4 is
/// refused as `invalid-status-code`.
/// # Example
/// `{"status_code": 2}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct CountConversations {
    /// live 0, waiting for the user 1, waiting for an agent 2, archive 3, trash 4.
    #[serde(default)]
    status_code: StatusCode,
}

impl Query for CountConversations {
    const NAME: &'static str = "count-conversations";
    type Reply = u64;

    async fn answer(self, context: &Context) -> Result<u64, Failure> {
        let status = status_given(self.status_code)?;
        Ok(context.service.reads.count_conversations(status).await?)
    }
}

//! `updates-available`

use schemars::JsonSchema;
use serde::Deserialize;

use super::{index, number::Version};
use crate::functions::{Context, Failure, Query};

/// Whether there is a newer release of the service, its apps included, for this platform.
///
/// Releases stand in an index, a JSON file that `update-index` names (a URL, or a file of the server's)
/// and that must be signed with the ed25519 key `update-key`. Without these settings the answer is
/// `unavailable`; an index that does not come, whose signature is another's or that is not right is
/// `update-error`.
/// # Example
/// `{}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct UpdatesAvailable {}

impl Query for UpdatesAvailable {
    const NAME: &'static str = "updates-available";
    type Reply = bool;

    async fn answer(self, context: &Context) -> Result<bool, Failure> {
        let index = index::read(context).await?;
        let newest = index.newest(&index::platform());
        Ok(newest.is_some_and(|(version, _)| version > Version::own()))
    }
}

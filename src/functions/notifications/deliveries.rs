//! `POST /v1/notifications/deliveries`

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    functions::{
        Context, Failure, Query,
        webhooks::deliveries::{self, Delivery},
    },
    reactions::reaction::Reaction,
};

/// The log of emails, text messages and push notifications: what left, how often it was tried, and
/// what became of it, newest first.
///
/// `state` is pending, failed (it will be tried again), delivered or abandoned. `before` is the `id`
/// of the last row of the page before. Addresses and numbers are not in it.
/// # Example
/// `{"state": "abandoned", "limit": 20}`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Deliveries(deliveries::Deliveries);

impl Query for Deliveries {
    const NAME: &'static str = "notifications/deliveries";
    type Reply = Vec<Delivery>;

    async fn answer(self, context: &Context) -> Result<Vec<Delivery>, Failure> {
        self.0.of(Reaction::Outbox, context).await
    }
}

//! Questions about deliveries.

use super::rows::{DeliveryRow, DeliveryState};
use crate::database::Filter;
use crate::{Fault, ReadModels};

/// Which deliveries are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeliveriesFilter {
    /// Of this reaction, by its number in the log.
    pub reaction: u64,
    /// In this state; in any when not given.
    pub state: Option<DeliveryState>,
    /// With numbers below this; the newest when not given.
    pub before: Option<u64>,
    /// At most so many.
    pub limit: u64,
}

impl ReadModels {
    /// Deliveries, newest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn deliveries(&self, wanted: &DeliveriesFilter) -> Result<Vec<DeliveryRow>, Fault> {
        let mut filter = Filter::default();
        filter.and_with(wanted.reaction, |reaction| format!("reaction = {reaction}"));
        if let Some(state) = wanted.state {
            filter.and_with(state.name(), |state| format!("state = {state}"));
        }
        if let Some(before) = wanted.before {
            filter.and_with(before, |before| format!("id < {before}"));
        }
        let (conditions, args) = filter.finish();
        let from = format!(
            "FROM deliveries WHERE {conditions} ORDER BY id DESC LIMIT {}",
            wanted.limit
        );
        self.db().read(DeliveryRow::COLUMNS, &from, args).await
    }
}

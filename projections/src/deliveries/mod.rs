//! The read model of deliveries: what follows from events, how it was tried, and what became of it.

mod changes;
mod queries;
mod rows;

pub(crate) use changes::Changes;
pub use queries::DeliveriesFilter;
pub(crate) use rows::TABLES;
pub use rows::{DeliveryRow, DeliveryState};

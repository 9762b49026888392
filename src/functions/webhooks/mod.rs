//! Operations on webhooks: what was sent, and sending it again. Ours, beside the documented API: at
//! the plain door alone, and from the command line.

pub mod deliveries;
mod replay;

use super::Function;

/// The operations of this group, by their addresses below `/v1/`.
pub const OPERATIONS: &[Function] = &[
    Function::query::<deliveries::Deliveries>(),
    Function::command::<replay::Replay>(),
];

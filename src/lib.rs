//! `HaveFunnels`: a self-hosted customer-support chat backend on an event log.
//!
//! `main` parses and runs a verb of [`cli`]; `serve` opens the log, starts the projector and
//! the doors, and stops them in order. ARCHITECTURE.md is the map.

pub mod adapters;
mod answers;
pub mod bus;
mod causes;
pub mod cli;
mod clock;
mod config;
mod cookie;
mod export;
mod functions;
mod http;
mod journal;
mod models;
mod presence;
mod reactions;
mod secret;
mod serve;
mod tasks;
mod upkeep;
mod uploads;
pub mod wire;

//! The log through its public face, on a real disk.

mod append;
mod crash;
mod damage;
mod follow;
mod given;
mod idempotency;
mod opening;
mod reading;

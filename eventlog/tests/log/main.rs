//! The log through its public face, on a real disk.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]
#![expect(
    clippy::disallowed_methods,
    reason = "tests wait for their tasks, and the crash test's child is told its part by the environment"
)]

mod append;
mod crash;
mod damage;
mod follow;
mod given;
mod idempotency;
mod opening;
mod reading;

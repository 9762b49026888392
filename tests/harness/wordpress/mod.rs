//! A WordPress peer that breaks when a test wants it to.

mod peer;

pub use peer::WordPress;

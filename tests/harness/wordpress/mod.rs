//! WordPress twice: the real one, and a peer that breaks when a test wants it to.

mod debian;
mod peer;

pub use debian::DebianWordPress;
pub use peer::WordPress;

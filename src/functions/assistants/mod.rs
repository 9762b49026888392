//! Assistants: those who answer, translate and recognise by a vendor's intelligence.
//!
//! `bot` is how the answer of any of them becomes the bot's messages.

pub mod bot;

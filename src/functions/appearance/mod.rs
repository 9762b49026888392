//! How the chat looks: its colours.

mod chat_css;
pub mod colour;

use super::Function;

/// The functions of this group.
pub const FUNCTIONS: &[Function] = &[Function::query::<chat_css::ChatCss>()];

//! The read model of conversations: their messages, their ratings, their notes, and how they are listed.

mod board;
mod changes;
mod cleaning;
mod lists;
mod notes;
mod ratings;
mod rows;
mod thread;
mod writing;

pub(crate) use board::{Board, Place};
pub(crate) use changes::Changes;
pub use lists::{AgentFilter, ConversationsFilter, StatusFilter};
pub use notes::NoteRow;
pub use ratings::AgentInConversation;
pub(crate) use rows::TABLES;
pub use rows::{Conversation, ConversationDetails, ConversationRow, MessageRow};
pub(crate) use thread::with_messages;

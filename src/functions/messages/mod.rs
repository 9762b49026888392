//! Messages of conversations.

mod clear_text_formatting;
pub mod content;
mod delete_message;
pub mod direct_message;
pub mod formatting;
mod get_new_messages;
pub mod merge_fields;
pub mod row;
pub mod send;
pub mod send_message;
pub mod state;
mod text_formatting_to_html;
mod update_message;
mod update_messages_status;

use super::Function;
pub use direct_message::newest_conversation;

/// The functions of this group.
pub const FUNCTIONS: &[Function] = &[
    Function::query::<get_new_messages::GetNewMessages>(),
    Function::command::<send_message::SendMessage>(),
    Function::command::<update_message::UpdateMessage>(),
    Function::command::<delete_message::DeleteMessage>(),
    Function::command::<update_messages_status::UpdateMessagesStatus>(),
    Function::command::<direct_message::DirectMessage>(),
    Function::query::<text_formatting_to_html::TextFormattingToHtml>(),
    Function::query::<clear_text_formatting::ClearTextFormatting>(),
];

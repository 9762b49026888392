//! The name in the Reply-To of an email about a conversation, by which an answer finds its way back.

use events::{ConversationId, UserId};

/// `Ada | SB12-34`: whose words they were, whose answer it is, and to which conversation.
pub fn name(sender: &str, user: UserId, conversation: ConversationId) -> String {
    let sender = sender.replace(['|', '"'], " ");
    format!("{} | SB{user}-{conversation}", sender.trim())
}

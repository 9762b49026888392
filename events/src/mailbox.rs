//! What came by email.

use serde::{Deserialize, Serialize};

use crate::{ConversationId, MessageId};

/// A mail from the mailbox became a message. It names nobody and quotes nothing: who wrote what stands
/// in the message, and goes with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Received {
    /// By which the mail is known again when it comes twice: 32 hex digits of a hash.
    pub identity: String,
    /// The conversation it went into.
    pub conversation: ConversationId,
    /// The message it became.
    pub message: MessageId,
}

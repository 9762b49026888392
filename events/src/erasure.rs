//! What privacy takes out of the history: payloads that spoke of somebody who was deleted.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{ConversationId, MessageId, NoteId, UserId};

/// Payloads are erased from the log: of what happened to a deleted user, or in a deleted conversation,
/// whose stream this event belongs to. Recorded before they go, so what follows from it holds with
/// them and without them; what is erased a second time is as erased as before.
///
/// It names places and numbers, nobody and nothing that was said: whoever folds the log learns from it
/// what the erased events would have told, were it not to be forgotten.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erased {
    /// The positions of the events.
    pub positions: Vec<u64>,
    /// Conversations that began in them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conversations: Vec<ConversationId>,
    /// Messages that were sent in them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<MessageId>,
    /// Notes that were taken in them, with their conversations.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<(ConversationId, NoteId)>,
    /// What was ordered in them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub orders: Vec<Order>,
    /// Users who were told of messages in them, or wrote some: whether they are to be told of the next
    /// is not known any more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub told: Vec<UserId>,
    /// Conversations of others in which messages go, as they are after it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub elsewhere: Vec<Elsewhere>,
    /// The last number given by then, by the number of its kind: the events that gave it may be gone.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub last_numbers: BTreeMap<u8, u64>,
}

/// Something that was to leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The number of its delivery.
    pub delivery: u64,
    /// The number of the receipt that somebody waited for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<u64>,
}

/// What is known of a conversation that others spoke in, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Elsewhere {
    /// The conversation.
    pub conversation: ConversationId,
    /// The agent or admin who wrote last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_agent: Option<UserId>,
    /// The last reply of an agent or admin since it was in the inbox.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_reply: Option<MessageId>,
    /// Whether a customer has written.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub customer_wrote: bool,
}

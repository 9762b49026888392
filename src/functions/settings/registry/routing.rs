//! Routing and the queue: who gets new conversations.

use super::{Kind, Setting, count_or_nothing};

/// All of them.
pub(super) const ROUTING_AND_QUEUE: &[Setting] =
    &[ROUTING, QUEUE, QUEUE_CONCURRENT_CHATS, QUEUE_RESPONSE_TIME];

/// Whether conversations are given to agents.
pub const ROUTING: Setting = Setting::new(
    Kind::Checkbox,
    "routing",
    "Gives each new conversation to the agent who is online and has the fewest active ones; to one of \
     all agents where none is online.",
);
/// Whether agents have so many at the most.
pub const QUEUE: Setting = Setting::new(
    Kind::Checkbox,
    "queue",
    "Gives each new conversation to an agent who is online and has time, and has it wait in a queue \
     while all who are online have as many as queue-concurrent-chats says.",
);
/// How many.
pub const QUEUE_CONCURRENT_CHATS: Setting = Setting::new(
    Kind::Number,
    "queue-concurrent-chats",
    "How many active conversations an agent has at the most while the queue is on; empty for 5.",
)
.checked(count_or_nothing);
/// How long one takes.
pub const QUEUE_RESPONSE_TIME: Setting = Setting::new(
    Kind::Number,
    "queue-response-time",
    "The minutes that a conversation in the queue is estimated to take; empty for 2.",
)
.checked(count_or_nothing);

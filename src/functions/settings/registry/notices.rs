//! Who is told of what happens in the chat, and by which channel. Only configured channels are used.

use super::{Kind, Setting};

/// All of them.
pub(super) const NOTICES: &[Setting] = &[
    NOTIFY_USER_EMAIL,
    NOTIFY_USER_SMS,
    NOTIFY_AGENT_EMAIL,
    NOTIFY_AGENT_SMS,
    NOTIFY_AGENT_PUSH,
    NOTIFY_AGENT_ASSIGNED,
];

/// Agents' messages by email.
pub const NOTIFY_USER_EMAIL: Setting = Setting::new(
    Kind::Checkbox,
    "notify-user-email",
    "Sends an email to a customer who is not online when an agent writes: one, until the customer \
     is seen again.",
)
.on();
/// Agents' messages by SMS.
pub const NOTIFY_USER_SMS: Setting = Setting::new(
    Kind::Checkbox,
    "notify-user-sms",
    "Sends a text message to a customer who is not online when an agent writes: one, until the \
     customer is seen again.",
)
.on();
/// Customers' messages by email.
pub const NOTIFY_AGENT_EMAIL: Setting = Setting::new(
    Kind::Checkbox,
    "notify-agent-email",
    "Sends an email to the agents in charge who are not online when a customer writes: one for a \
     conversation, until the agent is seen again.",
)
.on();
/// Customers' messages by SMS.
pub const NOTIFY_AGENT_SMS: Setting = Setting::new(
    Kind::Checkbox,
    "notify-agent-sms",
    "Sends a text message to the agents in charge who are not online when a customer writes: one for \
     a conversation, until the agent is seen again.",
)
.on();
/// Customers' messages by push.
pub const NOTIFY_AGENT_PUSH: Setting = Setting::new(
    Kind::Checkbox,
    "notify-agent-push",
    "Sends a push notification to the agents in charge who are not online when a customer writes.",
)
.on();
/// Assignments.
pub const NOTIFY_AGENT_ASSIGNED: Setting = Setting::new(
    Kind::Checkbox,
    "notify-agent-assigned",
    "Tells agents who are not online, by email and push, that a conversation was assigned to them \
     or to their department.",
)
.on();

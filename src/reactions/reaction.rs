//! The reactions, as the log knows them.

use events::{Stream, StreamKind, delivery::OUTBOX};

use crate::functions::decision::Table;

/// A reaction by its number in the log; never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u64)]
pub enum Reaction {
    /// Webhooks to the URL of the settings.
    Webhooks = 1,
    /// Automations that follow from what users do.
    Automations = 2,
    /// What leaves by email, SMS and push.
    Outbox = OUTBOX,
    /// What follows for Slack.
    Slack = 17,
    /// The erasure of what was deleted.
    Erasure = 18,
    /// What NATS has to forget of it.
    Forgetting = 19,
}

impl Reaction {
    /// The name on the bus and in log lines.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Webhooks => "webhooks",
            Self::Automations => "automations",
            Self::Outbox => "outbox",
            Self::Slack => "slack",
            Self::Erasure => "erasure",
            Self::Forgetting => "forgetting",
        }
    }

    /// The stream of its events.
    #[must_use]
    pub fn stream(self) -> Stream {
        Stream {
            kind: StreamKind::Reaction,
            id: self as u64,
        }
    }

    /// The key of one of its deliveries in the decision state.
    #[must_use]
    pub fn delivery_key(self, delivery: u64) -> Vec<u8> {
        Table::Delivery.key(&[&(self as u64).to_be_bytes(), &delivery.to_be_bytes()])
    }
}

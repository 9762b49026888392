//! Webhooks: whether, where to, and which.

use super::{Kind, Setting, url_or_nothing, webhook_names};

/// All of them.
pub(super) const WEBHOOKS: &[Setting] = &[
    WEBHOOKS_ENABLED,
    WEBHOOKS_URL,
    WEBHOOKS_KEY,
    WEBHOOKS_ACTIVE,
];

/// Whether webhooks are sent.
pub const WEBHOOKS_ENABLED: Setting = Setting::new(
    Kind::Checkbox,
    "webhooks-enabled",
    "Sends webhooks to webhooks-url.",
);
/// Where they are sent.
pub const WEBHOOKS_URL: Setting = Setting::new(
    Kind::Text,
    "webhooks-url",
    "The URL (http or https) that webhooks are sent to.",
)
.checked(url_or_nothing);
/// The secret in them.
pub const WEBHOOKS_KEY: Setting = Setting::new(
    Kind::Password,
    "webhooks-key",
    "The secret key that is in every webhook, and that signs it.",
);
/// Which are sent.
pub const WEBHOOKS_ACTIVE: Setting = Setting::new(
    Kind::Text,
    "webhooks-active",
    "Names of the webhooks to send, separated by commas; empty for all.",
)
.checked(webhook_names);

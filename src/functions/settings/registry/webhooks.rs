//! Webhooks: whether, where to, and which. A receiver that answers 410 (Gone) wants no more: nothing is
//! sent from then on, until one of these settings is saved again or a replay is asked for.

use super::{Kind, Setting, url_or_nothing, webhook_names};

/// All of them.
pub(super) const WEBHOOKS: &[Setting] = &[
    WEBHOOKS_ENABLED,
    WEBHOOKS_URL,
    WEBHOOKS_KEY,
    WEBHOOKS_ACTIVE,
];

/// Whether a setting of this ID is one of them.
#[must_use]
pub fn is_of_webhooks(id: &str) -> bool {
    WEBHOOKS.iter().any(|setting| setting.id == id)
}

/// Whether webhooks are sent.
pub const WEBHOOKS_ENABLED: Setting = Setting::new(
    Kind::Checkbox,
    "webhooks-enabled",
    "Sends webhooks to webhooks-url. After an answer 410 (Gone) none are sent until this, or another \
     setting of webhooks, is saved again, or a replay is asked for.",
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

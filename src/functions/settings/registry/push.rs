//! Push notifications.

use super::{Kind, Setting, url_or_nothing};

/// All of them.
pub(super) const PUSH: &[Setting] = &[PUSH_ENABLED, PUSH_INSTANCE, PUSH_SECRET, PUSH_ICON];

/// Whether push notifications are sent.
pub const PUSH_ENABLED: Setting = Setting::new(
    Kind::Checkbox,
    "push-enabled",
    "Sends push notifications by Pusher Beams.",
);
/// The instance of Pusher Beams.
pub const PUSH_INSTANCE: Setting = Setting::new(
    Kind::Text,
    "push-instance",
    "The ID of the instance of Pusher Beams.",
);
/// Its secret key.
pub const PUSH_SECRET: Setting = Setting::new(
    Kind::Password,
    "push-secret",
    "The secret key of the instance of Pusher Beams.",
);
/// The icon of push notifications.
pub const PUSH_ICON: Setting = Setting::new(
    Kind::Text,
    "push-icon",
    "The URL of the icon of push notifications; empty for the service's own.",
)
.checked(url_or_nothing);

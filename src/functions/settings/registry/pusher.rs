//! Pusher Channels.

use super::{Kind, Setting};

/// All of them.
pub(super) const PUSHER: &[Setting] = &[PUSHER_ID, PUSHER_KEY, PUSHER_SECRET, PUSHER_CLUSTER];

/// The app of Pusher Channels.
pub const PUSHER_ID: Setting = Setting::new(
    Kind::Text,
    "pusher-id",
    "The ID of the app of Pusher Channels.",
);
/// Its key.
pub const PUSHER_KEY: Setting = Setting::new(
    Kind::Text,
    "pusher-key",
    "The key of the app of Pusher Channels.",
);
/// Its secret.
pub const PUSHER_SECRET: Setting = Setting::new(
    Kind::Password,
    "pusher-secret",
    "The secret of the app of Pusher Channels.",
);
/// Its cluster.
pub const PUSHER_CLUSTER: Setting = Setting::new(
    Kind::Text,
    "pusher-cluster",
    "The cluster of the app of Pusher Channels, such as eu.",
);

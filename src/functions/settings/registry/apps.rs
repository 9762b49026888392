//! The apps that are part of the service: whether each is on, and its key.

use super::{Kind, Setting};

/// All of them.
pub(super) const APPS: &[Setting] = &[
    APP_DIALOGFLOW_ACTIVE,
    APP_DIALOGFLOW_KEY,
    APP_SLACK_ACTIVE,
    APP_SLACK_KEY,
    APP_OPENAI_ACTIVE,
    APP_OPENAI_KEY,
];

/// Whether the Dialogflow app is on.
pub const APP_DIALOGFLOW_ACTIVE: Setting = Setting::new(
    Kind::Checkbox,
    "app-dialogflow-active",
    "Whether the Dialogflow app is on; app-activation switches it on.",
);
/// Its key.
pub const APP_DIALOGFLOW_KEY: Setting = Setting::new(
    Kind::Password,
    "app-dialogflow-key",
    "The license key of the Dialogflow app; app-get-key answers it.",
);
/// Whether the Slack app is on.
pub const APP_SLACK_ACTIVE: Setting = Setting::new(
    Kind::Checkbox,
    "app-slack-active",
    "Whether the Slack app is on; app-activation switches it on.",
);
/// Its key.
pub const APP_SLACK_KEY: Setting = Setting::new(
    Kind::Password,
    "app-slack-key",
    "The license key of the Slack app; app-get-key answers it.",
);
/// Whether the OpenAI app is on.
pub const APP_OPENAI_ACTIVE: Setting = Setting::new(
    Kind::Checkbox,
    "app-openai-active",
    "Whether the OpenAI app is on; app-activation switches it on.",
);
/// Its key.
pub const APP_OPENAI_KEY: Setting = Setting::new(
    Kind::Password,
    "app-openai-key",
    "The license key of the OpenAI app; app-get-key answers it.",
);

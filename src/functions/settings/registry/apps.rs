//! The license keys of the apps that are part of the service. Whether one is on is said beside what
//! it needs: `dialogflow-enabled`, `slack-enabled`.

use super::{Kind, Setting};

/// All of them.
pub(super) const APPS: &[Setting] = &[APP_DIALOGFLOW_KEY, APP_SLACK_KEY, APP_OPENAI_KEY];

/// The key of the Dialogflow app.
pub const APP_DIALOGFLOW_KEY: Setting = Setting::new(
    Kind::Password,
    "app-dialogflow-key",
    "The license key of the Dialogflow app; app-get-key answers it.",
);
/// The key of the Slack app.
pub const APP_SLACK_KEY: Setting = Setting::new(
    Kind::Password,
    "app-slack-key",
    "The license key of the Slack app; app-get-key answers it.",
);
/// The key of the OpenAI app.
pub const APP_OPENAI_KEY: Setting = Setting::new(
    Kind::Password,
    "app-openai-key",
    "The license key of the OpenAI app; app-get-key answers it.",
);

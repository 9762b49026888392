//! Dialogflow: the agent, who we are to Google, and what is said when people take over.

use serde_json::Value;

use super::{Kind, Setting};
use crate::adapters::{dialogflow::is_id, google_oauth::ServiceAccount};

/// All of them.
pub(super) const DIALOGFLOW: &[Setting] = &[
    DIALOGFLOW_ENABLED,
    DIALOGFLOW_PROJECT,
    DIALOGFLOW_LANGUAGE,
    DIALOGFLOW_SERVICE_ACCOUNT,
    DIALOGFLOW_CLIENT_ID,
    DIALOGFLOW_CLIENT_SECRET,
    DIALOGFLOW_REFRESH_TOKEN,
    DIALOGFLOW_SMART_REPLY_PROFILE,
    DIALOGFLOW_TAKEOVER_MESSAGE,
    DIALOGFLOW_OFFLINE_MESSAGE,
    DIALOGFLOW_FOLLOW_UP_MESSAGE,
    DIALOGFLOW_SUBSCRIBE_MESSAGE,
];

/// Whether Dialogflow is asked at all.
pub const DIALOGFLOW_ENABLED: Setting = Setting::new(
    Kind::Checkbox,
    "dialogflow-enabled",
    "Whether the bot answers by Dialogflow.",
);
/// The agent's project.
pub const DIALOGFLOW_PROJECT: Setting = Setting::new(
    Kind::Text,
    "dialogflow-project",
    "The ID of the Google Cloud project of the agent; the service account's own while empty.",
)
.checked(id_or_nothing);
/// The main language of the bot.
pub const DIALOGFLOW_LANGUAGE: Setting = Setting::new(
    Kind::Text,
    "dialogflow-language",
    "The code of the bot's main language, such as en or pt-BR.",
)
.text("en")
.checked(language);
/// The service account's key.
pub const DIALOGFLOW_SERVICE_ACCOUNT: Setting = Setting::new(
    Kind::Password,
    "dialogflow-service-account",
    "The JSON file of a service account that may use Dialogflow.",
)
.checked(service_account_or_nothing);
/// The OAuth client, where there is no service account.
pub const DIALOGFLOW_CLIENT_ID: Setting = Setting::new(
    Kind::Text,
    "dialogflow-client-id",
    "The ID of the OAuth client, where there is no service account.",
);
/// Its secret.
pub const DIALOGFLOW_CLIENT_SECRET: Setting = Setting::new(
    Kind::Password,
    "dialogflow-client-secret",
    "The secret of the OAuth client.",
);
/// What the consent gave.
pub const DIALOGFLOW_REFRESH_TOKEN: Setting = Setting::new(
    Kind::Password,
    "dialogflow-refresh-token",
    "The refresh token of the consent to use Dialogflow.",
);
/// The conversation profile of Agent Assist.
pub const DIALOGFLOW_SMART_REPLY_PROFILE: Setting = Setting::new(
    Kind::Text,
    "dialogflow-smart-reply-profile",
    "The ID of the conversation profile for smart replies; the agent's own answers while empty.",
)
.checked(id_or_nothing);
/// What the bot says when people take over.
pub const DIALOGFLOW_TAKEOVER_MESSAGE: Setting = Setting::new(
    Kind::Textarea,
    "dialogflow-takeover-message",
    "What the bot says when it hands the conversation over to people.",
)
.text("One of our agents will answer you soon.");
/// And when none of them is there.
pub const DIALOGFLOW_OFFLINE_MESSAGE: Setting = Setting::new(
    Kind::Textarea,
    "dialogflow-offline-message",
    "What it says then while no agent is online; nothing while empty.",
);
/// And to whom cannot be written to.
pub const DIALOGFLOW_FOLLOW_UP_MESSAGE: Setting = Setting::new(
    Kind::Textarea,
    "dialogflow-follow-up-message",
    "How it asks then for the email address of a user without one; nothing while empty.",
);
/// And who may want to subscribe.
pub const DIALOGFLOW_SUBSCRIBE_MESSAGE: Setting = Setting::new(
    Kind::Textarea,
    "dialogflow-subscribe-message",
    "How it offers then to subscribe to a user without an email address; nothing while empty.",
);

fn id_or_nothing(value: &Value) -> Result<(), String> {
    let text = value.as_str().unwrap_or_default();
    if text.is_empty() || is_id(text) {
        return Ok(());
    }
    Err(format!("{text:?} is not an ID (letters, digits, - and _)"))
}

fn language(value: &Value) -> Result<(), String> {
    let text = value.as_str().unwrap_or_default();
    if is_id(text) && text.len() <= 35 {
        return Ok(());
    }
    Err(format!("{text:?} is not the code of a language"))
}

fn service_account_or_nothing(value: &Value) -> Result<(), String> {
    match value.as_str().unwrap_or_default() {
        "" => Ok(()),
        text => ServiceAccount::parse(text).map(|_| ()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_cannot_work_is_not_saved() {
        let account = include_str!("../../../../tests/fixtures/google/service-account.json");
        let check = |setting: &Setting, text: &str| (setting.check)(&json!(text));
        assert_eq!(check(&DIALOGFLOW_SERVICE_ACCOUNT, account), Ok(()));
        let refused = check(&DIALOGFLOW_SERVICE_ACCOUNT, "{\"s3cret\": 1}").unwrap_err();
        assert!(!refused.contains("s3cret"), "{refused}");
        assert_eq!(check(&DIALOGFLOW_PROJECT, "small-talk-43da7"), Ok(()));
        assert!(check(&DIALOGFLOW_PROJECT, "../other").is_err());
        assert_eq!(check(&DIALOGFLOW_LANGUAGE, "pt-BR"), Ok(()));
        assert!(check(&DIALOGFLOW_LANGUAGE, "").is_err());
    }
}

//! The apps. They are parts of the service, always there, and each can be on or off.

use crate::functions::{
    Refusal,
    settings::{
        registry::{
            APP_DIALOGFLOW_KEY, APP_OPENAI_KEY, APP_SLACK_KEY, DIALOGFLOW_ENABLED, SLACK_ENABLED,
            Setting,
        },
        state::Settings,
    },
};

/// An app.
#[derive(Clone, Copy, Debug)]
pub struct App {
    /// Its name in the API.
    pub name: &'static str,
    /// The setting that says whether it is on; without one it is on as soon as it has what it needs.
    pub enabled: Option<&'static Setting>,
    /// The setting that keeps its key.
    pub key: &'static Setting,
}

/// All of them.
pub const APPS: [App; 3] = [
    App {
        name: "dialogflow",
        enabled: Some(&DIALOGFLOW_ENABLED),
        key: &APP_DIALOGFLOW_KEY,
    },
    App {
        name: "slack",
        enabled: Some(&SLACK_ENABLED),
        key: &APP_SLACK_KEY,
    },
    App {
        name: "openai",
        enabled: None,
        key: &APP_OPENAI_KEY,
    },
];

/// The app with this name.
#[must_use]
pub fn named(name: &str) -> Option<App> {
    APPS.into_iter().find(|app| app.name == name)
}

impl App {
    /// Its key; `None` while it has none.
    #[must_use]
    pub fn key_in<'a>(&self, settings: &'a Settings) -> Option<&'a str> {
        Some(settings.text(self.key)).filter(|key| !key.is_empty())
    }
}

/// What a name that no app has is refused as.
#[must_use]
pub fn unknown(name: &str) -> Refusal {
    let names: Vec<_> = APPS.iter().map(|app| app.name).collect();
    let names = names.join(", ");
    Refusal::InvalidArgument(format!("{name:?} is not an app of this service: {names}."))
}

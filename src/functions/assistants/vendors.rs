//! OpenAI and Google as the settings describe them, and what their problems are to a caller.

use std::time::Duration;

use crate::{
    adapters::{google_translate::Project, openai::Account, vendor::Problem},
    config::Config,
    functions::{
        Refusal,
        notifications::channels::{missing, vendor_said},
        settings::{
            registry::{GOOGLE_KEY, OPEN_AI_KEY},
            state::Settings,
        },
    },
};

/// The account with OpenAI.
///
/// # Errors
/// [`Refusal::Unavailable`] where the settings lack it.
pub fn open_ai(config: &Config, settings: &Settings) -> Result<Account, Refusal> {
    let key = settings.text(&OPEN_AI_KEY).trim();
    if key.is_empty() {
        return Err(missing("OpenAI", "open-ai-key"));
    }
    Ok(Account {
        base_url: config.openai_url.clone(),
        key: key.to_owned(),
        timeout: Duration::from_secs(config.openai_timeout_seconds.into()),
    })
}

/// The project of Google's cloud.
///
/// # Errors
/// [`Refusal::Unavailable`] where the settings lack it.
pub fn google(config: &Config, settings: &Settings) -> Result<Project, Refusal> {
    let key = settings.text(&GOOGLE_KEY).trim();
    if key.is_empty() {
        return Err(missing("Google Translate", "google-key"));
    }
    Ok(Project {
        base_url: config.google_translate_url.clone(),
        key: key.to_owned(),
        timeout: config.vendor_timeout(),
    })
}

/// What a problem of OpenAI is to a caller.
pub fn open_ai_said(problem: Problem) -> Refusal {
    vendor_said("open-ai-error", "OpenAI", problem)
}

/// What a problem of Google is to a caller.
pub fn google_said(problem: Problem) -> Refusal {
    vendor_said("google-error", "Google Translate", problem)
}

//! `google-language-detection-update-user`

use events::UserId;
use schemars::JsonSchema;
use serde::Deserialize;

use super::vendors::{google, google_said};
use crate::{
    adapters::google_translate::detect,
    functions::{
        Command, Context, Decision, Failure,
        messages::content::TEXT_CHARS_MAX,
        users::{change::additional, state::known_user},
    },
    wire::{ExtraDetail, Key, Text},
};

/// Characters that are enough to recognise a language by.
const ENOUGH_CHARS: usize = 2_000;
/// The detail that says a user's language.
const SLUG: &str = "language";

/// Recognises the language of a text by Google Translate, and makes it the user's.
///
/// The code, such as `it` or `zh-CN`, becomes the user's detail `language`, which get-user-language reads.
/// The first 2,000 characters decide. True when the user has the language now, false where Google
/// recognises none in the text; then the detail stays as it was. An unknown user is `user-not-found`.
/// Without the setting `google-key` it is `unavailable`, and `google-error` with Google's own words when
/// that refuses or does not answer.
/// # Example
/// `{"string": "Ciao, ho bisogno di aiuto", "user_id": 3}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct GoogleLanguageDetectionUpdateUser {
    /// The text.
    string: Text<TEXT_CHARS_MAX, 1>,
    /// The user.
    user_id: Key<UserId>,
    #[serde(skip)]
    language: Option<String>,
}

impl Command for GoogleLanguageDetectionUpdateUser {
    const NAME: &'static str = "google-language-detection-update-user";
    type Reply = bool;

    async fn prepare(&mut self, context: &Context) -> Result<(), Failure> {
        let service = &context.service;
        known_user(service.journal.reader(), self.user_id.0)?;
        let settings = service.settings()?;
        let project = google(&service.config, &settings)?;
        let text: String = self.string.0.chars().take(ENOUGH_CHARS).collect();
        let detected = detect(&service.outgoing, &project, &text).await;
        self.language = detected.map_err(google_said)?;
        Ok(())
    }

    fn decide(self, decision: &mut Decision<'_>) -> Result<bool, Failure> {
        known_user(decision.state(), self.user_id.0)?;
        let Some(value) = self.language else {
            return Ok(false);
        };
        let detail = ExtraDetail {
            slug: SLUG.to_owned(),
            value,
            name: None,
        };
        additional(decision, self.user_id.0, vec![detail])?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use events::user::{Detail, DetailsUpdated};
    use serde_json::json;

    use super::*;
    use crate::functions::{
        Refusal,
        conversations::histories::{and, arguments, john_and_agents, problem},
        scenario::{given, happened},
    };

    fn recognised(user: u64, language: Option<&str>) -> GoogleLanguageDetectionUpdateUser {
        let mut command: GoogleLanguageDetectionUpdateUser =
            arguments(json!({"string": "Ciao", "user_id": user}));
        command.language = language.map(str::to_owned);
        command
    }

    fn italian() -> DetailsUpdated {
        let detail = Detail {
            slug: "language".to_owned(),
            name: "Language".to_owned(),
            value: "it".to_owned(),
        };
        DetailsUpdated {
            set: vec![detail],
            removed: Vec::new(),
        }
    }

    #[test]
    fn the_language_is_a_detail_that_changes_only_where_it_differs() {
        let john = UserId(3);
        given(john_and_agents())
            .when(recognised(3, Some("it")))
            .then([happened(john, italian())])
            .answering(json!(true));
        given(and(john_and_agents(), john, italian()))
            .when(recognised(3, Some("it")))
            .then([])
            .answering(json!(true));
        given(and(john_and_agents(), john, italian()))
            .when(recognised(3, None))
            .then([])
            .answering(json!(false));
    }

    #[test]
    fn refusals() {
        given(john_and_agents())
            .when(recognised(99, Some("it")))
            .then_refused(Refusal::UserNotFound(99));
        for given in [json!({"user_id": 3}), json!({"string": "Ciao"})] {
            let code = problem::<GoogleLanguageDetectionUpdateUser>(given);
            assert_eq!(code, "missing-argument");
        }
    }
}

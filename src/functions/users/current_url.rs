//! `current-url`

use events::{UserId, user::UrlVisited};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::state::{known_user, url};
use crate::{
    functions::{Command, Context, Decision, Failure},
    presence::Sign,
    wire::{Key, OrFalse, Text},
};

/// Returns the page that a user is or was on last; with `url`, sets it.
///
/// Reading answers false where no page is known, also for an unknown user; an empty `url` reads
/// too. Setting answers true, counts as a sign of life, and is the additional detail
/// `current_url` (Current URL) as well, which is the same datum: changing the one changes the
/// other. Setting it for an unknown user is refused as `user-not-found`.
/// # Example
/// `{"user_id": 3, "url": "https://example.com/pricing"}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct CurrentUrl {
    /// The user.
    user_id: Key<UserId>,
    /// The page; false to read.
    #[serde(default)]
    url: OrFalse<Text<4096>>,
}

/// A page, or whether one was set.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum UrlAnswer {
    /// The page's URL.
    Url(String),
    /// true when it was set, false when none is known.
    Set(bool),
}

impl Command for CurrentUrl {
    const NAME: &'static str = "current-url";
    type Reply = UrlAnswer;

    fn sign(&self, _: &Context) -> Option<Sign> {
        self.url.0.as_ref().map(|_| Sign::Seen(self.user_id.0))
    }

    fn decide(self, decision: &mut Decision<'_>) -> Result<UrlAnswer, Failure> {
        let id = self.user_id.0;
        let known = url(decision.state(), id)?;
        let Some(url) = self.url.0 else {
            return Ok(known.map_or(UrlAnswer::Set(false), UrlAnswer::Url));
        };
        known_user(decision.state(), id)?;
        if known.as_ref() != Some(&url) {
            decision.record(id, UrlVisited { url })?;
        }
        Ok(UrlAnswer::Set(true))
    }
}

#[cfg(test)]
mod tests {
    use events::{
        Event, Stream,
        user::{DetailsUpdated, UserType},
    };
    use serde_json::{Value, json};

    use super::*;
    use crate::functions::{
        Refusal,
        scenario::{Given, given, happened},
        users::people::{call, founders_and},
    };

    const PAGE: &str = "https://example.com/a?b=c&d=é";

    fn on(url: impl Into<Value>) -> CurrentUrl {
        call(json!({"user_id": 3, "url": url.into()}))
    }

    fn visited(url: &str) -> (Stream, Event) {
        happened(
            UserId(3),
            UrlVisited {
                url: url.to_owned(),
            },
        )
    }

    fn given_visits(urls: &[&str]) -> Given {
        let mut history = founders_and([UserType::Visitor]);
        history.extend(urls.iter().map(|url| visited(url)));
        given(history)
    }

    #[test]
    fn a_visit_is_recorded_once() {
        given_visits(&[])
            .when(on(PAGE))
            .then([visited(PAGE)])
            .answering(true.into());
        given_visits(&[PAGE])
            .when(on(PAGE))
            .then([])
            .answering(true.into());
        given_visits(&[PAGE, "https://example.com/"])
            .when(on(PAGE))
            .then([visited(PAGE)]);
    }

    #[test]
    fn reading_answers_the_newest() {
        given_visits(&["https://example.com/", PAGE])
            .when(on(""))
            .then([])
            .answering(PAGE.into());
        given_visits(&[])
            .when(on(false))
            .then([])
            .answering(false.into());
        given([]).when(on(Value::Null)).answering(false.into());
    }

    #[test]
    fn it_is_the_additional_detail() {
        let removed = vec!["current_url".to_owned()];
        let mut history = founders_and([UserType::Visitor]);
        history.push(visited(PAGE));
        history.push(happened(
            UserId(3),
            DetailsUpdated {
                set: Vec::new(),
                removed,
            },
        ));
        given(history).when(on("")).answering(false.into());
    }

    #[test]
    fn an_unknown_user_visits_nothing() {
        given([])
            .when(on(PAGE))
            .then_refused(Refusal::UserNotFound(3));
    }
}

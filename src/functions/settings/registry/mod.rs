//! Every setting that the service itself acts on: ID, type, default, and where it acts.

mod appearance;
mod apps;
mod cleaning;
mod dialogflow;
mod email;
mod email_piping;
mod google;
mod lists;
mod notices;
mod open_ai;
mod push;
mod pusher;
mod routing;
mod slack;
mod sms;
mod updates;
mod webhooks;
mod wordpress;

use serde_json::{Value, json};

pub use appearance::*;
pub use apps::*;
pub use cleaning::*;
pub use dialogflow::*;
pub use email::*;
pub use email_piping::*;
pub use google::*;
pub use lists::*;
pub use notices::*;
pub use open_ai::*;
pub use push::*;
pub use pusher::*;
pub use routing::*;
pub use slack::*;
pub use sms::*;
pub use updates::*;
pub use webhooks::*;
pub use wordpress::*;

/// All of them, a file a group.
const GROUPS: &[&[Setting]] = &[
    LISTS,
    WEBHOOKS,
    EMAIL,
    EMAIL_PIPING,
    SMS,
    PUSH,
    NOTICES,
    ROUTING_AND_QUEUE,
    PUSHER,
    OPEN_AI,
    GOOGLE,
    DIALOGFLOW,
    APPS,
    UPDATES,
    WORDPRESS,
    SLACK,
    CLEANING,
    APPEARANCE,
];

/// What a setting holds. The names are those of the API's `[value, "type"]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Yes or no.
    Checkbox,
    /// A line of text.
    Text,
    /// Several lines of text.
    Textarea,
    /// One of a few words.
    Select,
    /// A number, or nothing.
    Number,
    /// Texts by name.
    Mapping,
    /// A colour, as a text.
    Color,
    /// A secret: never shown again, but for whether there is one.
    Password,
    /// A list of things of several parts each; all parts are texts.
    Repeater,
}

impl Kind {
    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Checkbox => "checkbox",
            Self::Text => "text",
            Self::Textarea => "textarea",
            Self::Select => "select",
            Self::Number => "number",
            Self::Mapping => "mapping",
            Self::Color => "color",
            Self::Password => "password",
            Self::Repeater => "repeater",
        }
    }
}

/// A line of the registry.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// The ID in save-settings and get-settings.
    pub id: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// What it does, for people.
    pub help: &'static str,
    /// The text while nobody has saved one.
    pub default_text: &'static str,
    /// Whether a checkbox is ticked while nobody has said.
    pub default_on: bool,
    /// Says what is wrong with a value of the right type.
    pub check: fn(&Value) -> Result<(), String>,
}

impl Setting {
    const fn new(kind: Kind, id: &'static str, help: &'static str) -> Self {
        Self {
            id,
            kind,
            help,
            default_text: "",
            default_on: false,
            check: |_| Ok(()),
        }
    }

    const fn checked(mut self, check: fn(&Value) -> Result<(), String>) -> Self {
        self.check = check;
        self
    }

    const fn on(mut self) -> Self {
        self.default_on = true;
        self
    }

    const fn text(mut self, default: &'static str) -> Self {
        self.default_text = default;
        self
    }

    /// The value while nobody has saved one.
    #[must_use]
    pub fn default(&self) -> Value {
        match self.kind {
            Kind::Checkbox => json!(self.default_on),
            Kind::Repeater => json!([]),
            _ => json!(self.default_text),
        }
    }
}

/// Every registered setting, by group.
pub fn registry() -> impl Iterator<Item = &'static Setting> {
    GROUPS.iter().flat_map(|group| group.iter())
}

/// The registered setting with this ID.
#[must_use]
pub fn registered(id: &str) -> Option<&'static Setting> {
    registry().find(|setting| setting.id == id)
}

fn url_or_nothing(value: &Value) -> Result<(), String> {
    let text = value.as_str().unwrap_or_default();
    let fine = text.is_empty()
        || url::Url::parse(text).is_ok_and(|url| {
            matches!(url.scheme(), "http" | "https") && url.has_host() && url.username().is_empty()
        });
    if fine {
        return Ok(());
    }
    Err(format!("{text:?} is not a URL with http or https"))
}

fn one_of(value: &Value, words: &[&str]) -> Result<(), String> {
    let text = value.as_str().unwrap_or_default();
    if words.contains(&text) {
        return Ok(());
    }
    Err(format!("{text:?} is none of {}", words.join(", ")))
}

fn port_or_nothing(value: &Value) -> Result<(), String> {
    let is_port = value
        .as_u64()
        .is_some_and(|port| (1..=65_535).contains(&port));
    if is_port || value.as_str() == Some("") {
        return Ok(());
    }
    Err(format!("{value} is not a port (1 to 65535)"))
}

fn count_or_nothing(value: &Value) -> Result<(), String> {
    let is_count = value
        .as_u64()
        .is_some_and(|count| (1..=10_000).contains(&count));
    if is_count || value.as_str() == Some("") {
        return Ok(());
    }
    Err(format!("{value} is not a number from 1 to 10000"))
}

fn webhook_names(value: &Value) -> Result<(), String> {
    let text = value.as_str().unwrap_or_default();
    for name in crate::reactions::webhooks::names(text) {
        if crate::reactions::webhooks::Webhook::named(name).is_none() {
            return Err(format!("{name:?} is not the name of a webhook"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_setting_has_its_own_id_a_help_text_and_a_default_that_it_accepts() {
        let ids: BTreeSet<_> = registry().map(|setting| setting.id).collect();
        assert_eq!(ids.len(), registry().count());
        for setting in registry() {
            assert!(setting.help.ends_with('.'), "{}", setting.id);
            assert_eq!(
                (setting.check)(&setting.default()),
                Ok(()),
                "{}",
                setting.id
            );
        }
    }

    #[test]
    fn urls_and_names_are_checked() {
        let url = |text: &str| (WEBHOOKS_URL.check)(&json!(text)).is_ok();
        assert!(url("https://example.com/hook?a=1") && url("http://127.0.0.1:8080/"));
        assert!(
            !url("example.com") && !url("ftp://example.com/") && !url("https://u:p@example.com")
        );
        let names = |text: &str| (WEBHOOKS_ACTIVE.check)(&json!(text)).is_ok();
        assert!(names("") && names("message-sent, new-conversation,new-conversation-received"));
        assert!(!names("message-sent,nonsense"));
    }
}

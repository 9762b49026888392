//! Attachments of messages: pairs of a name and the URL of a file uploaded elsewhere.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::Value;

use super::{Argument, Unreadable, argument, json_text, list, not, text};

/// The most characters of an attachment's name.
const NAME_CHARS_MAX: usize = 255;
/// The most characters of an attachment's URL.
const URL_CHARS_MAX: usize = 4096;

/// A file that goes with a message; `List<Attachment>` is `[["name","url"],…]` in every writing.
///
/// Also accepted are a bare URL, whose last segment becomes the name, and `{"name":…,"url":…}`. Whether the
/// URL is one to trust is for the function to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// The name shown.
    pub name: String,
    /// Where the file is.
    pub url: String,
}

impl Argument for Attachment {
    type Value = Self;

    fn read(value: Value) -> Result<Self, Unreadable> {
        let value = match value {
            Value::String(text) if text.starts_with(['[', '{']) => {
                json_text::parsed(Value::String(text))?
            }
            value => value,
        };
        let (name, url) = match value {
            Value::Array(parts) => pair(parts)?,
            Value::Object(slots) if list::is_sparse(&slots) => {
                pair(slots.into_iter().map(|(_, part)| part))?
            }
            Value::Object(mut members) => {
                let url = ["url", "link"].iter().find_map(|key| members.remove(*key));
                (members.remove("name"), url.unwrap_or_default())
            }
            url => (None, url),
        };
        let url = text::plain(url).map_err(|_| missing_url())?;
        let name = match name {
            Some(name) => text::plain(name)?,
            None => last_segment(&url).to_owned(),
        };
        text::within(&name, 0, NAME_CHARS_MAX)?;
        text::within(&url, 0, URL_CHARS_MAX)?;
        if url.is_empty() {
            Err(missing_url())
        } else {
            Ok(Self { name, url })
        }
    }

    fn new(value: Self) -> Self {
        value
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "array",
            "items": { "type": "string", "maxLength": URL_CHARS_MAX },
            "minItems": 2,
            "maxItems": 2,
            "description": "A name and the URL of a file.",
            "x-also-accepts": "a URL alone, an object with name and url",
        })
    }
}
argument!([] Attachment);

/// The name, if there is one, and the URL. What follows them is ignored, as it always was.
fn pair(parts: impl IntoIterator<Item = Value>) -> Result<(Option<Value>, Value), Unreadable> {
    let mut parts = parts.into_iter();
    match (parts.next(), parts.next()) {
        (Some(name), Some(url)) => Ok((Some(name), url)),
        (Some(url), None) => Ok((None, url)),
        _ => Err(not(
            &Value::Array(Vec::new()),
            "an attachment (a name and a URL expected)",
        )),
    }
}

fn missing_url() -> Unreadable {
    Unreadable("an attachment has no URL".to_owned())
}

fn last_segment(url: &str) -> &str {
    let path = url.split(['?', '#']).next().unwrap_or(url);
    path.trim_end_matches('/')
        .rsplit('/')
        .next()
        .unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn named(value: Value) -> Result<(String, String), String> {
        Attachment::read(value)
            .map(|read| (read.name, read.url))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_bare_url_names_itself() {
        let expected = Ok(("b.png".to_owned(), "https://h/a/b.png?x=/1".to_owned()));
        assert_eq!(named(json!("https://h/a/b.png?x=/1")), expected);
        assert_eq!(named(json!(["https://h/a/b.png?x=/1"])), expected);
        assert_eq!(named(json!({"url": "https://h/a/b.png?x=/1"})), expected);
    }

    #[test]
    fn what_follows_the_pair_is_ignored() {
        assert_eq!(
            named(json!(["n", "u", 5])),
            Ok(("n".to_owned(), "u".to_owned()))
        );
    }

    #[test]
    fn needs_a_url_within_limits() {
        for value in [
            json!(null),
            json!([]),
            json!({}),
            json!(["n", ""]),
            json!({"name": "n"}),
            json!(["n", ["u"]]),
            json!([["n"], "u"]),
            json!(""),
        ] {
            assert!(named(value.clone()).is_err(), "{value}");
        }
        assert!(named(json!(["n", "u".repeat(URL_CHARS_MAX)])).is_ok());
        assert!(named(json!(["n", "u".repeat(URL_CHARS_MAX + 1)])).is_err());
        assert!(named(json!(["n".repeat(NAME_CHARS_MAX + 1), "u"])).is_err());
        assert_eq!(
            named(json!(["n", ""])),
            Err("an attachment has no URL".to_owned())
        );
    }
}

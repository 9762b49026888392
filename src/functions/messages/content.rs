//! What a message is made of: from arguments to what events keep, and its limits.

use events::message::Attachment;
use serde_json::{Map, Value};

use crate::{functions::Refusal, wire};

/// The longest text of a message, in characters.
pub const TEXT_CHARS_MAX: usize = 100_000;
/// The most attachments of a message.
pub const ATTACHMENTS_MAX: usize = 100;
/// The longest payload as JSON text, in bytes.
pub const PAYLOAD_BYTES_MAX: usize = 1 << 20;

/// Attachments as events keep them.
///
/// # Errors
/// [`Refusal::TooLarge`] for more than [`ATTACHMENTS_MAX`], [`Refusal::InvalidArgument`] for a URL
/// that is not a full one of the web: clients make links of them.
pub fn attachments(given: Vec<wire::Attachment>) -> Result<Vec<Attachment>, Refusal> {
    if given.len() > ATTACHMENTS_MAX {
        let why = format!("attachments: a message has {ATTACHMENTS_MAX} at most.");
        return Err(Refusal::TooLarge(why));
    }
    given.into_iter().map(attachment).collect()
}

fn attachment(given: wire::Attachment) -> Result<Attachment, Refusal> {
    let wire::Attachment { name, url } = given;
    if is_full_url(&url) {
        return Ok(Attachment { name, url });
    }
    let why = format!("attachments: {url:?} is not a full URL (http or https expected)");
    Err(Refusal::InvalidArgument(why))
}

fn is_full_url(url: &str) -> bool {
    let (scheme, rest) = url.split_once("://").unwrap_or_default();
    let is_web = ["http", "https"]
        .iter()
        .any(|web| scheme.eq_ignore_ascii_case(web));
    is_web && !rest.is_empty() && !url.contains(char::is_control)
}

/// A payload as events keep it: JSON text, empty for none.
///
/// # Errors
/// [`Refusal::TooLarge`] for more than [`PAYLOAD_BYTES_MAX`].
pub fn payload_text(payload: Option<Map<String, Value>>) -> Result<String, Refusal> {
    let payload = payload.filter(|payload| !payload.is_empty());
    let text = payload.map_or_else(String::new, |payload| Value::Object(payload).to_string());
    if text.len() > PAYLOAD_BYTES_MAX {
        return Err(Refusal::TooLarge(
            "payload: its JSON text is longer than 1 MiB.".to_owned(),
        ));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::*;

    #[test]
    fn an_empty_payload_is_none() {
        assert_eq!(payload_text(None), Ok(String::new()));
        assert_eq!(payload_text(Some(Map::new())), Ok(String::new()));
        let payload = json!({"b": 1, "a": [true]}).as_object().cloned();
        assert_eq!(
            payload_text(payload),
            Ok(r#"{"b":1,"a":[true]}"#.to_owned())
        );
    }

    #[test]
    fn attachments_have_full_urls() {
        let refused = |url: &str| {
            let one = wire::Attachment {
                name: "a".to_owned(),
                url: url.to_owned(),
            };
            matches!(attachments(vec![one]), Err(Refusal::InvalidArgument(_)))
        };
        for url in ["https://example.com/a b.png", "HTTP://example.com"] {
            assert!(!refused(url), "{url}");
        }
        for url in [
            "a.png",
            "/a.png",
            "javascript:alert(1)//://",
            "ftp://a",
            "https://",
            "http://a\n",
        ] {
            assert!(refused(url), "{url}");
        }
    }

    #[test]
    fn limits() {
        let one = wire::Attachment {
            name: "a".to_owned(),
            url: "https://example.com/a".to_owned(),
        };
        assert_eq!(attachments(vec![one.clone(); 100]).unwrap().len(), 100);
        assert!(matches!(
            attachments(vec![one; 101]),
            Err(Refusal::TooLarge(_))
        ));
        let payload = json!({"a": "x".repeat(PAYLOAD_BYTES_MAX)})
            .as_object()
            .cloned();
        assert!(matches!(payload_text(payload), Err(Refusal::TooLarge(_))));
    }
}

//! What went wrong between a vendor and us: one type for all of them.

use serde_json::Value;

use super::{outgoing, request::Response};

/// The most that is kept of a vendor's own words, in characters.
const TEXT_MAX: usize = 500;

/// Why a vendor did not do it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// It was not asked: what was to be sent breaks the vendor's published rules.
    #[error("{0}")]
    Invalid(String),
    /// There was no answer.
    #[error(transparent)]
    Unanswered(#[from] outgoing::Problem),
    /// The vendor said no, or something that is not understood.
    #[error("{text}")]
    Said {
        /// The HTTP status.
        status: u16,
        /// The vendor's own code, where it gives one.
        code: Option<String>,
        /// The vendor's own words, or what was odd about its answer.
        text: String,
    },
}

impl Problem {
    /// What breaks the rules, in a sentence.
    pub(super) fn invalid(sentence: impl Into<String>) -> Self {
        Self::Invalid(sentence.into())
    }

    /// An answer of failure, whose code and words are in these fields of its JSON.
    pub(super) fn said(answer: &Response, code: &str, words: &[&str]) -> Self {
        Self::told(answer, &answer.json().unwrap_or_default(), code, words)
    }

    /// An answer of failure, whose code and words are in these fields of the object `error` in its JSON.
    pub(super) fn said_error(answer: &Response, code: &str, words: &[&str]) -> Self {
        let json = answer.json().unwrap_or_default();
        Self::told(answer, json.get("error").unwrap_or(&json), code, words)
    }

    fn told(answer: &Response, json: &Value, code: &str, words: &[&str]) -> Self {
        let field = |name: &str| match json.get(name)? {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        let told: Vec<String> = words.iter().filter_map(|name| field(name)).collect();
        let text = match (told.is_empty(), answer.text().trim()) {
            (false, _) => told.join(": "),
            (true, "") => format!("the answer is an empty HTTP {}", answer.status),
            (true, body) => body.to_owned(),
        };
        Self::Said {
            status: answer.status,
            code: field(code),
            text: short(&text),
        }
    }

    /// An answer of success that lacks what it must have.
    pub(super) fn odd(answer: &Response, lacks: &str) -> Self {
        Self::Said {
            status: answer.status,
            code: None,
            text: format!("the answer has no {lacks}"),
        }
    }

    /// Whether the same request may succeed later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Invalid(_) => false,
            Self::Unanswered(problem) => problem.is_transient(),
            Self::Said { status, .. } => matches!(status, 408 | 425 | 429 | 500..),
        }
    }
}

/// The text, cut to what is kept of a foreign server's words, without control characters.
pub(super) fn short(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(TEXT_MAX)
        .collect()
}

/// The base URL without a slash at its end.
pub(super) fn base(url: &str) -> &str {
    url.trim().trim_end_matches('/')
}

/// Whether the text may stand in a path as it is: letters, digits, `-` and `_`.
pub(super) fn is_plain(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

//! What is sent over HTTP, and what comes back: plain values.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::DateTime;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use super::targets::Refusal;
use crate::secret;

/// How long a request may take in all, when it does not say.
const TIMEOUT: Duration = Duration::from_secs(15);
/// The longest body of an answer that is read, when the request does not say.
const ANSWER_MAX: usize = 4 << 20;

/// The methods that are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Creates, or does something.
    Post,
    /// Replaces.
    Put,
    /// Changes.
    Patch,
    /// Deletes.
    Delete,
}

/// What is sent.
#[derive(Clone)]
pub struct Request {
    pub(super) method: Method,
    pub(super) url: String,
    /// Or why they cannot be sent.
    pub(super) headers: Result<HeaderMap, Refusal>,
    pub(super) body: Vec<u8>,
    pub(super) timeout: Duration,
    pub(super) answer_max: usize,
    pub(super) repeatable: bool,
}

impl Request {
    /// A request without a body.
    #[must_use]
    pub fn new(method: Method, url: impl Into<String>) -> Self {
        Self {
            method,
            url: url.into(),
            headers: Ok(HeaderMap::new()),
            body: Vec::new(),
            timeout: TIMEOUT,
            answer_max: ANSWER_MAX,
            repeatable: matches!(method, Method::Get | Method::Put | Method::Delete),
        }
    }

    /// With a header. One that cannot be sent has the request refused when it is sent.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        let header = HeaderName::from_bytes(name.as_bytes()).ok();
        let header = header.zip(HeaderValue::try_from(value.into()).ok());
        match (&mut self.headers, header) {
            (Ok(headers), Some((name, mut value))) => {
                value.set_sensitive(true);
                headers.append(name, value);
            }
            (Ok(_), None) => {
                let what = format!("header {}", name.escape_default());
                self.headers = Err(Refusal::Malformed(what));
            }
            (Err(_), _) => {}
        }
        self
    }

    /// With `Authorization: Bearer`.
    #[must_use]
    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", format!("Bearer {token}"))
    }

    /// With `Authorization: Basic`.
    #[must_use]
    pub fn basic(self, user: &str, password: &str) -> Self {
        let pair = STANDARD.encode(format!("{user}:{password}"));
        self.header("authorization", format!("Basic {pair}"))
    }

    /// With these bytes as the body.
    #[must_use]
    pub fn body(mut self, content_type: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.body = bytes.into();
        self.header("content-type", content_type)
    }

    /// With a JSON body.
    #[must_use]
    pub fn json(self, value: &serde_json::Value) -> Self {
        self.body("application/json", value.to_string())
    }

    /// With a form as the body.
    #[must_use]
    pub fn form(self, fields: &[(&str, &str)]) -> Self {
        let text = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        self.body("application/x-www-form-urlencoded", text)
    }

    /// With a form of files and fields as the body.
    #[must_use]
    pub fn multipart(self, parts: &[Part]) -> Self {
        // No part can hold what nobody can guess.
        let boundary = secret::new_token();
        let mut body = Vec::new();
        for part in parts {
            body.extend(format!("--{boundary}\r\n").into_bytes());
            body.extend(part.head().into_bytes());
            body.extend(&part.bytes);
            body.extend(b"\r\n");
        }
        body.extend(format!("--{boundary}--\r\n").into_bytes());
        self.body(&format!("multipart/form-data; boundary={boundary}"), body)
    }

    /// Says that doing it twice is doing it once, although the method does not promise it.
    #[must_use]
    pub fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }

    /// With another limit of time for all of it.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// With another limit of the answer's body, in bytes.
    #[must_use]
    pub fn answer_max(mut self, bytes: usize) -> Self {
        self.answer_max = bytes;
        self
    }
}

/// One part of a multipart form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The field's name.
    pub name: String,
    /// The file's name and type, where it is a file.
    pub file: Option<(String, String)>,
    /// What is in it.
    pub bytes: Vec<u8>,
}

impl Part {
    fn head(&self) -> String {
        // As browsers do it (HTML, "multipart/form-data encoding algorithm").
        let escape = |text: &str| {
            text.replace('\r', "%0D")
                .replace('\n', "%0A")
                .replace('"', "%22")
        };
        let name = escape(&self.name);
        let file = self.file.as_ref().map_or_else(String::new, |(name, kind)| {
            let kind = kind.replace(char::is_control, "");
            format!("; filename=\"{}\"\r\nContent-Type: {kind}", escape(name))
        });
        format!("Content-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n")
    }
}

/// What came back, whatever its status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status; redirects (3xx) are not followed.
    pub status: u16,
    pub(super) headers: HeaderMap,
    /// The body, within the limit.
    pub body: Vec<u8>,
}

impl Response {
    /// Whether the status is 2xx.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// An answer with one header and without a body, for tests of what follows from answers.
    #[cfg(test)]
    pub fn bare(status: u16, name: &'static str, value: &str) -> Self {
        let value = HeaderValue::from_str(value).unwrap();
        Self {
            status,
            headers: [(HeaderName::from_static(name), value)]
                .into_iter()
                .collect(),
            body: Vec::new(),
        }
    }

    /// The first header of this name, if it is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// How long `Retry-After` says to wait, written as seconds or as a date.
    #[must_use]
    pub fn retry_after(&self, now_ms: i64) -> Option<Duration> {
        let text = self.header("retry-after")?.trim();
        if let Ok(seconds) = text.parse() {
            return Some(Duration::from_secs(seconds));
        }
        let then = DateTime::parse_from_rfc2822(text).ok()?;
        let wait_ms = then.timestamp_millis().saturating_sub(now_ms);
        Some(Duration::from_millis(u64::try_from(wait_ms).unwrap_or(0)))
    }

    /// The body as JSON.
    #[must_use]
    pub fn json(&self) -> Option<serde_json::Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The body as text, with what is not Unicode replaced.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Response;

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let says = |text: &str| Response::bare(429, "retry-after", text);
        let now_ms = 1_445_412_480_000;
        let minute = Some(Duration::from_secs(60));
        assert_eq!(says("60").retry_after(now_ms), minute);
        let date = "Wed, 21 Oct 2015 07:29:00 GMT";
        assert_eq!(says(date).retry_after(now_ms), minute);
        let past = says(date).retry_after(now_ms + 3_600_000);
        assert_eq!(past, Some(Duration::ZERO));
        assert_eq!(says("soon").retry_after(now_ms), None);
    }
}

//! An answer of either door, and what must hold of every answer.

use reqwest::header::HeaderMap;
use serde_json::Value;

/// What came back.
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The HTTP headers.
    pub headers: HeaderMap,
    /// The body.
    pub bytes: Vec<u8>,
    // For messages only: what was asked.
    asked: String,
}

impl Answer {
    /// Reads a response to its end. `asked` names the request in failure messages.
    pub async fn of(response: reqwest::Response, asked: String) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response
            .bytes()
            .await
            .expect("the body arrives whole")
            .to_vec();
        Self {
            status,
            headers,
            bytes,
            asked,
        }
    }

    /// The body as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes)
            .unwrap_or_else(|_| panic!("{} was answered with bytes", self.asked))
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(self.text())
            .unwrap_or_else(|error| panic!("{self} is not JSON: {error}"))
    }

    /// A header's text, or nothing.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .get(name)
            .map(|value| value.to_str().expect("a header of plain text"))
    }

    /// The `response` of a success on the compatible door.
    #[track_caller]
    pub fn response(&self) -> Value {
        self.envelope(true, 2)["response"].clone()
    }

    /// The code of a failure on the compatible door, whose whole envelope is checked.
    #[track_caller]
    pub fn code(&self) -> String {
        let body = self.envelope(false, 4);
        assert!(
            body["function"].is_string(),
            "the function is named: {self}"
        );
        let sentence = body["message"]
            .as_str()
            .unwrap_or_else(|| panic!("no message: {self}"));
        assert!(sentence.contains(' '), "the message is a sentence: {self}");
        for word in [
            "SELECT ", "INSERT ", "sqlite", "postgres", "rocksdb", ".rs:", "/tmp/", "panicked",
        ] {
            assert!(
                !sentence.contains(word),
                "the message shows the inside: {self}"
            );
        }
        body["response"]
            .as_str()
            .unwrap_or_else(|| panic!("no code: {self}"))
            .to_owned()
    }

    /// The whole body, which has so many members.
    #[track_caller]
    fn envelope(&self, success: bool, members: usize) -> Value {
        let body = self.json();
        assert_eq!(self.status, 200, "{self}");
        assert_eq!(body["success"], success, "{self}");
        let given = body.as_object().map(serde_json::Map::len);
        assert_eq!(given, Some(members), "members of the envelope: {self}");
        body
    }

    /// The code of a failure on the plain door, whose whole problem document is checked.
    #[track_caller]
    pub fn problem(&self) -> String {
        let body = self.json();
        assert!(self.status >= 400, "{self}");
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json"),
            "{self}"
        );
        assert_eq!(body["status"], self.status, "{self}");
        body["code"]
            .as_str()
            .unwrap_or_else(|| panic!("no code: {self}"))
            .to_owned()
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let body = String::from_utf8_lossy(&self.bytes);
        let body: String = body.chars().take(2_000).collect();
        write!(out, "{} -> {} {body}", self.asked, self.status)
    }
}

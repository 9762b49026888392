//! Fetching a file of somebody's from anywhere: under the rules of all calls, whole or not at all.

use std::time::Duration;

use super::{
    outgoing::{self, Outgoing},
    request::{Method, Request},
    targets,
};

/// How long a file may take.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How long a program may take.
const LARGE_TIMEOUT: Duration = Duration::from_secs(600);
/// From where on a file is one that takes longer, in bytes.
const LARGE: usize = 64 << 20;

/// Why there is no file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The rules say no.
    #[error("{0}")]
    Refused(targets::Refusal),
    /// It is larger than it may be.
    #[error("the file at {0} is too large")]
    TooLarge(String),
    /// The server says that it has none: a status that is no success and will stay.
    #[error("the server answered HTTP {status} instead of the file")]
    NotThere {
        /// The HTTP status.
        status: u16,
    },
    /// Nobody answered, or not properly; later perhaps.
    #[error("{0}")]
    Unanswered(String),
}

/// The file at this URL, of at most `max` bytes.
///
/// # Errors
/// When the rules refuse it, or it does not come whole.
pub async fn file(outgoing: &Outgoing, url: &str, max: usize) -> Result<Vec<u8>, Problem> {
    let timeout = if max > LARGE { LARGE_TIMEOUT } else { TIMEOUT };
    within(outgoing, url, max, timeout).await
}

async fn within(
    outgoing: &Outgoing,
    url: &str,
    max: usize,
    timeout: Duration,
) -> Result<Vec<u8>, Problem> {
    let request = Request::new(Method::Get, url)
        .header("accept", "*/*")
        .answer_max(max)
        .timeout(timeout);
    let answer = outgoing
        .send(request)
        .await
        .map_err(|problem| match problem {
            outgoing::Problem::Refused(refusal) => Problem::Refused(refusal),
            outgoing::Problem::TooLarge(host) => Problem::TooLarge(host),
            other => Problem::Unanswered(other.to_string()),
        })?;
    match answer.status {
        200 => Ok(answer.body),
        status @ (408 | 425 | 429 | 500..) => Err(Problem::Unanswered(format!(
            "the server answered HTTP {status} instead of the file"
        ))),
        status => Err(Problem::NotThere { status }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::loopback::{Peer, Reply, client};

    async fn fetched(peer: &Peer, max: usize) -> Result<Vec<u8>, Problem> {
        file(&client(), &peer.url("/settings.json"), max).await
    }

    #[tokio::test]
    async fn a_file_comes_whole_or_not_at_all() {
        let peer = Peer::start(|_| Reply::new(200, "12345"));
        assert_eq!(fetched(&peer, 5).await.unwrap(), b"12345");
        assert!(matches!(fetched(&peer, 4).await, Err(Problem::TooLarge(_))));
        assert_eq!(peer.received()[0].target, "/settings.json");
        let half = Peer::start(|_| Reply::half());
        let late = Duration::from_millis(200);
        let never = within(&client(), &half.url("/x"), 5_000_000, late).await;
        assert!(matches!(never, Err(Problem::Unanswered(_))), "{never:?}");
        let endless = Peer::start(|_| Reply::endless());
        assert!(matches!(
            fetched(&endless, 1_000).await,
            Err(Problem::TooLarge(_))
        ));
    }

    #[tokio::test]
    async fn another_status_is_no_file() {
        for (status, expected) in [(404, true), (301, true), (204, true), (503, false)] {
            let peer = Peer::start(move |_| Reply::new(status, ""));
            let problem = fetched(&peer, 5).await.unwrap_err();
            let is_final = problem == Problem::NotThere { status };
            assert_eq!(is_final, expected, "{status}: {problem}");
        }
    }

    #[tokio::test]
    async fn private_addresses_and_other_schemes_are_refused() {
        let strict = Outgoing::new(Vec::new()).unwrap();
        for url in [
            "http://127.0.0.1:9/x",
            "http://169.254.169.254/latest/meta-data/",
            "http://[::1]/x",
            "file:///etc/passwd",
            "nonsense",
        ] {
            let refused = file(&strict, url, 5).await;
            assert!(matches!(refused, Err(Problem::Refused(_))), "{url}");
        }
    }
}

//! Fetching a file of somebody's from anywhere: under the rules of all calls, whole or not at all.

use std::time::Duration;

use super::{
    outgoing::{self, Outgoing},
    request::{Method, Request, Response},
    targets,
};

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

/// The file at this URL of anybody's, of at most `max` bytes.
///
/// # Errors
/// When the rules refuse it, or it does not come whole and in time.
pub async fn file(
    outgoing: &Outgoing,
    url: &str,
    max: usize,
    timeout: Duration,
) -> Result<Vec<u8>, Problem> {
    whole(outgoing.send(request(url, max, timeout)).await)
}

/// The same of a vendor's, whose host may be down ([`breaker`](super::breaker)).
///
/// # Errors
/// As [`file()`], and at once while the host is down.
pub async fn from_vendor(
    outgoing: &Outgoing,
    url: &str,
    max: usize,
    timeout: Duration,
) -> Result<Vec<u8>, Problem> {
    whole(outgoing.ask(request(url, max, timeout)).await)
}

fn request(url: &str, max: usize, timeout: Duration) -> Request {
    Request::new(Method::Get, url)
        .header("accept", "*/*")
        .answer_max(max)
        .timeout(timeout)
}

fn whole(answer: Result<Response, outgoing::Problem>) -> Result<Vec<u8>, Problem> {
    let answer = answer.map_err(|problem| match problem {
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
    use crate::adapters::{
        breaker::Patience,
        loopback::{Peer, Reply, client, patient_client},
    };

    const PATIENCE: Duration = Duration::from_secs(20);

    async fn fetched(peer: &Peer, max: usize) -> Result<Vec<u8>, Problem> {
        file(&client(), &peer.url("/settings.json"), max, PATIENCE).await
    }

    #[tokio::test]
    async fn a_file_comes_whole_or_not_at_all() {
        let peer = Peer::start(|_| Reply::new(200, "12345"));
        assert_eq!(fetched(&peer, 5).await.unwrap(), b"12345");
        assert!(matches!(fetched(&peer, 4).await, Err(Problem::TooLarge(_))));
        assert_eq!(peer.received()[0].target, "/settings.json");
        let half = Peer::start(|_| Reply::half());
        let late = Duration::from_millis(200);
        let never = file(&client(), &half.url("/x"), 5_000_000, late).await;
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
    async fn a_vendor_that_fails_is_not_asked_and_others_are() {
        let peer = Peer::start(|_| Reply::new(500, ""));
        let outgoing = patient_client(Patience {
            failures_max: 1,
            ..Patience::default()
        });
        let url = peer.url("/index.json");
        for asked in [1, 1] {
            let problem = from_vendor(&outgoing, &url, 5, PATIENCE).await;
            assert!(matches!(problem, Err(Problem::Unanswered(_))));
            assert_eq!(peer.received().len(), asked);
        }
        let problem = file(&outgoing, &url, 5, PATIENCE).await;
        assert!(matches!(problem, Err(Problem::Unanswered(_))));
        assert_eq!(peer.received().len(), 2);
    }

    #[tokio::test]
    async fn private_addresses_and_other_schemes_are_refused() {
        let strict = Outgoing::new(Vec::new(), Patience::default()).unwrap();
        for url in [
            "http://127.0.0.1:9/x",
            "http://169.254.169.254/latest/meta-data/",
            "http://[::1]/x",
            "file:///etc/passwd",
            "nonsense",
        ] {
            let refused = file(&strict, url, 5, PATIENCE).await;
            assert!(matches!(refused, Err(Problem::Refused(_))), "{url}");
        }
    }
}

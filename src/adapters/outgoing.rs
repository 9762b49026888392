//! The one HTTP client: pooled, bounded in time and size, and unable to reach what
//! [`Targets`] does not admit.
//!
//! A name is resolved by [`Targets`] when a connection is made, and the connection goes to the
//! address that was looked at there: a name that answers differently a moment later gains nothing.
//! Redirects are answers like any other, since their target is another's choice. Proxies of the
//! environment are not used: a proxy would resolve names by itself.

use std::{error::Error as StdError, net::SocketAddr, sync::Arc, time::Duration};

use ipnet::IpNet;
use reqwest::{
    Client,
    dns::{Addrs, Name, Resolve, Resolving},
    redirect, retry,
};
use url::Url;

use super::{
    breaker::{Breaker, Down, Patience},
    request::{Method, Request, Response},
    targets::{Refusal, Targets, Unresolved},
    tls::Authorities,
};
use crate::causes::with_causes;

/// Connections kept open to one host, and for how long: as many as webhooks are sent at once.
const IDLE_MAX: usize = 64;
const IDLE_TIMEOUT: Duration = Duration::from_secs(60);

/// Why there is no answer. The sentences name the host at most: paths and queries of customers'
/// URLs hold secrets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// It was not sent: the rules say no.
    #[error("{0}")]
    Refused(#[from] Refusal),
    /// There was no connection.
    #[error("{host} could not be reached: {why}")]
    Connect {
        /// Whom.
        host: String,
        /// Why, as the network says it.
        why: String,
    },
    /// It was not asked: it failed too often just now.
    #[error(transparent)]
    Down(#[from] Down),
    /// It took too long.
    #[error("{0} did not answer in time")]
    TimedOut(String),
    /// The answer's body is longer than is read.
    #[error("the answer of {0} is too large")]
    TooLarge(String),
    /// The connection broke, or the answer is no HTTP.
    #[error("the talk with {host} failed: {why}")]
    Broken {
        /// With whom.
        host: String,
        /// Why, as the network says it.
        why: String,
    },
}

impl Problem {
    /// Whether the same request may succeed later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        !matches!(self, Self::Refused(_) | Self::TooLarge(_))
    }
}

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// TLS cannot be spoken.
    #[error("TLS cannot be used")]
    Tls(#[from] tokio_rustls::rustls::Error),
    /// The client cannot be built.
    #[error("the HTTP client cannot be built")]
    Client(#[from] reqwest::Error),
}

/// The HTTP client. Copies share its connections.
#[derive(Clone)]
pub struct Outgoing {
    client: Client,
    targets: Targets,
    authorities: Authorities,
    breaker: Arc<Breaker>,
}

impl Outgoing {
    /// A client for public addresses and these private ranges, with this patience for vendors.
    ///
    /// # Errors
    /// When TLS or the client cannot be set up.
    pub fn new(allow: Vec<IpNet>, patience: Patience) -> Result<Self, Error> {
        Self::with(Targets::new(allow), Authorities::system(), patience)
    }

    /// A client with this rule and this patience, trusting these authorities.
    ///
    /// # Errors
    /// When TLS or the client cannot be set up.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one home of outgoing clients"
    )]
    pub fn with(
        targets: Targets,
        authorities: Authorities,
        patience: Patience,
    ) -> Result<Self, Error> {
        let client = Client::builder()
            .user_agent(concat!("HaveFunnels/", env!("CARGO_PKG_VERSION")))
            .dns_resolver(Arc::new(Resolver(targets.clone())))
            .tls_backend_preconfigured(authorities.client()?)
            .no_proxy()
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .referer(false)
            .connect_timeout(patience.connect)
            .pool_max_idle_per_host(IDLE_MAX)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .build()?;
        Ok(Self {
            client,
            targets,
            authorities,
            breaker: Breaker::new(patience),
        })
    }

    /// The rule that this client obeys, for the ways out that are no HTTP.
    #[must_use]
    pub fn targets(&self) -> &Targets {
        &self.targets
    }

    /// Whom this client trusts, for the ways out that are no HTTP.
    #[must_use]
    pub fn authorities(&self) -> &Authorities {
        &self.authorities
    }

    /// What it knows of hosts that fail, for the ways out that are no HTTP.
    #[must_use]
    pub fn breaker(&self) -> &Arc<Breaker> {
        &self.breaker
    }

    /// Sends, and reads the whole answer.
    ///
    /// # Errors
    /// When the rules refuse it, or no whole answer came in time and size. An answer with a
    /// status of failure is an answer.
    pub async fn send(&self, request: Request) -> Result<Response, Problem> {
        let url = self.targets.check(&request.url)?;
        let host = host_of(&url);
        let told = |error: reqwest::Error| problem(error, &host);
        let mut answer = self
            .client
            .request(method(request.method), url)
            .headers(request.headers?)
            .timeout(request.timeout)
            .body(request.body)
            .send()
            .await
            .map_err(told)?;
        let max = request.answer_max;
        let announced = answer.content_length().unwrap_or(0);
        if usize::try_from(announced).map_or(true, |bytes| bytes > max) {
            return Err(Problem::TooLarge(host));
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(told)? {
            if body.len() + chunk.len() > max {
                return Err(Problem::TooLarge(host));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Response {
            status: answer.status().as_u16(),
            headers: std::mem::take(answer.headers_mut()),
            body,
        })
    }
}

/// The hook through which every connection's name goes.
struct Resolver(Targets);

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let targets = self.0.clone();
        Box::pin(async move {
            // Port 0: the client puts the URL's in.
            let found: Vec<SocketAddr> = targets.resolve(name.as_str(), 0).await?;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

fn method(method: Method) -> reqwest::Method {
    match method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
        Method::Patch => reqwest::Method::PATCH,
        Method::Delete => reqwest::Method::DELETE,
    }
}

/// The host of a URL that may be called.
pub(super) fn host(targets: &Targets, url: &str) -> Result<String, Problem> {
    Ok(host_of(&targets.check(url)?))
}

fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

fn problem(error: reqwest::Error, host: &str) -> Problem {
    let error = error.without_url();
    if let Some(Unresolved::Refused(refusal)) = cause::<Unresolved>(&error) {
        return Problem::Refused(refusal.clone());
    }
    let host = host.to_owned();
    if error.is_timeout() {
        return Problem::TimedOut(host);
    }
    let why = error
        .source()
        .map_or_else(|| error.to_string(), with_causes);
    if error.is_connect() {
        return Problem::Connect { host, why };
    }
    Problem::Broken { host, why }
}

/// The first of the causes that is of this type.
fn cause<E: StdError + 'static>(error: &reqwest::Error) -> Option<&E> {
    let mut next: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = error.source();
    }
    None
}

#[cfg(test)]
mod tests;

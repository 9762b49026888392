//! What may be called: only addresses that anybody on the Internet may call, and those of the
//! private ranges that the configuration allows.
//!
//! Customers give URLs (webhooks, files to import), and whoever gives a URL must not make the
//! service speak to its own neighbours: databases, routers, a cloud's metadata. So a name is
//! resolved here, once, and what is handed on are addresses that were looked at.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

use futures::future::BoxFuture;
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use url::{Host, Url};

/// The longest URL that is called, in bytes.
const URL_MAX: usize = 8192;

/// IPv4 that is no public unicast: IANA's special-purpose registry, multicast, and the one
/// public address that a cloud (Azure) keeps for its own talk with its machines.
const NOT_PUBLIC_V4: [Ipv4Net; 16] = [
    v4([0, 0, 0, 0], 8),
    v4([10, 0, 0, 0], 8),
    v4([100, 64, 0, 0], 10),
    v4([127, 0, 0, 0], 8),
    v4([168, 63, 129, 16], 32),
    v4([169, 254, 0, 0], 16),
    v4([172, 16, 0, 0], 12),
    v4([192, 0, 0, 0], 24),
    v4([192, 0, 2, 0], 24),
    v4([192, 88, 99, 0], 24),
    v4([192, 168, 0, 0], 16),
    v4([198, 18, 0, 0], 15),
    v4([198, 51, 100, 0], 24),
    v4([203, 0, 113, 0], 24),
    v4([224, 0, 0, 0], 4),
    v4([240, 0, 0, 0], 4),
];

/// IPv6's global unicast. All else is loopback, local, multicast, or an IPv4 address in disguise.
const GLOBAL_V6: Ipv6Net = v6([0x2000, 0, 0, 0], 3);

/// The parts of global unicast that are not public: protocol assignments (Teredo among them),
/// documentation, and 6to4, whose addresses carry any IPv4 address.
const NOT_PUBLIC_V6: [Ipv6Net; 4] = [
    v6([0x2001, 0, 0, 0], 23),
    v6([0x2001, 0x0db8, 0, 0], 32),
    v6([0x2002, 0, 0, 0], 16),
    v6([0x3fff, 0, 0, 0], 20),
];

/// NAT64: the last 32 bits are the IPv4 address that is reached through it. A network without
/// IPv4 gives every public IPv4 service such an address.
const NAT64: Ipv6Net = v6([0x0064, 0xff9b, 0, 0], 96);

const fn v4([a, b, c, d]: [u8; 4], bits: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), bits)
}

const fn v6([a, b, c, d]: [u16; 4], bits: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0), bits)
}

/// Why something is not called.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The text is no URL.
    #[error("the address is not a URL")]
    NotAUrl,
    /// Another scheme than http or https.
    #[error("the address must begin with http:// or https://")]
    Scheme,
    /// A user name or a password in the URL, where logs and other servers would see it.
    #[error("the address must not contain a user name or a password")]
    Credentials,
    /// The host is, or resolves to, private addresses only.
    #[error("{0} is in a private range, which the setting allow_private_targets does not allow")]
    Private(String),
    /// A header, or a part of the message, that cannot be sent.
    #[error("the {0} cannot be sent: it has characters that do not belong there")]
    Malformed(String),
}

/// Why a name gave no address to connect to.
#[derive(Debug, thiserror::Error)]
pub enum Unresolved {
    /// All its addresses are refused.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The name is unknown, or nobody answers for it.
    #[error("the name {0} could not be resolved")]
    Unknown(String, #[source] Option<io::Error>),
}

/// How names become addresses: the system's resolver, but in tests.
type Lookup = Arc<dyn Fn(String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> + Send + Sync>;

/// The rule of what may be called.
#[derive(Clone)]
pub struct Targets {
    allowed: Arc<[IpNet]>,
    lookup: Lookup,
}

impl Targets {
    /// Public addresses, and these ranges.
    #[must_use]
    pub fn new(allowed: Vec<IpNet>) -> Self {
        Self::with_lookup(allowed, Arc::new(|name| Box::pin(system_lookup(name))))
    }

    /// The same with a resolver of one's own.
    #[must_use]
    pub fn with_lookup(allowed: Vec<IpNet>, lookup: Lookup) -> Self {
        Self {
            allowed: allowed.into(),
            lookup,
        }
    }

    /// The private ranges that may be called.
    #[must_use]
    pub fn allowed(&self) -> &[IpNet] {
        &self.allowed
    }

    /// Whether this address may be called.
    #[must_use]
    pub fn admits(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        is_public(address) || self.allowed.iter().any(|range| range.contains(&address))
    }

    /// The URL, where it may be called as far as can be told without asking for its name.
    ///
    /// # Errors
    /// When it is no URL of http or https, has credentials, or names a private address.
    pub fn check(&self, url: &str) -> Result<Url, Refusal> {
        let text = url.trim();
        if text.len() > URL_MAX || text.contains(|c: char| c.is_control() || c.is_whitespace()) {
            return Err(Refusal::NotAUrl);
        }
        let url = Url::parse(text).map_err(|_| Refusal::NotAUrl)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Refusal::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refusal::Credentials);
        }
        let literal = match url.host().ok_or(Refusal::NotAUrl)? {
            Host::Domain(_) => None,
            Host::Ipv4(address) => Some(IpAddr::V4(address)),
            Host::Ipv6(address) => Some(IpAddr::V6(address)),
        };
        match literal {
            Some(address) if !self.admits(address) => Err(Refusal::Private(address.to_string())),
            _ => Ok(url),
        }
    }

    /// The addresses of a host (a name or a literal address) that may be called, in the order
    /// given; never empty.
    ///
    /// # Errors
    /// When the name is unknown, or none of its addresses may be called.
    pub async fn resolve(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, Unresolved> {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let found = match bare.parse::<IpAddr>() {
            Ok(address) => vec![address],
            Err(_) => (self.lookup)(host.to_owned())
                .await
                .map_err(|error| Unresolved::Unknown(host.to_owned(), Some(error)))?,
        };
        if found.is_empty() {
            return Err(Unresolved::Unknown(host.to_owned(), None));
        }
        let admitted: Vec<SocketAddr> = found
            .into_iter()
            .filter(|address| self.admits(*address))
            .map(|address| SocketAddr::new(address, port))
            .collect();
        if admitted.is_empty() {
            return Err(Refusal::Private(host.to_owned()).into());
        }
        Ok(admitted)
    }
}

async fn system_lookup(name: String) -> io::Result<Vec<IpAddr>> {
    let found = tokio::net::lookup_host((name, 0)).await?;
    Ok(found.map(|address| address.ip()).collect())
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !NOT_PUBLIC_V4.iter().any(|range| range.contains(&address)),
        IpAddr::V6(address) if NAT64.contains(&address) => {
            let [.., a, b, c, d] = address.octets();
            is_public(IpAddr::V4(Ipv4Addr::new(a, b, c, d)))
        }
        IpAddr::V6(address) => {
            GLOBAL_V6.contains(&address)
                && !NOT_PUBLIC_V6.iter().any(|range| range.contains(&address))
        }
    }
}

#[cfg(test)]
mod tests;

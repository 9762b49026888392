//! Fetching mail over IMAP.
//!
//! Nothing is marked by being fetched: the caller keeps a mail first and marks it seen then, so a
//! service that dies in between fetches it again. The server obeys the same rule as all targets,
//! for the reasons that `smtp` tells.

use std::{fmt::Debug, net::SocketAddr, sync::Arc, time::Duration};

use async_imap::{Client, Session, error::Error as ImapError};
use futures::TryStreamExt;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time,
};
use tokio_rustls::{TlsConnector, rustls::pki_types::ServerName};

use super::{
    targets::{Refusal, Targets, Unresolved},
    tls::{Authorities, Security},
    vendor::short,
};
use crate::causes::with_causes;

/// The most of one mail that is fetched, in bytes; the rest is cut off.
const MAIL_MAX: usize = 25 << 20;
/// How many times the limit of a step the fetching of one mail may take.
const FETCH_STEPS: u32 = 6;

/// A mailbox on a server and how to open it.
#[derive(Clone)]
pub struct Server {
    /// The server's name or address; the name is what its certificate must be for.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the talk is kept from others.
    pub security: Security,
    /// The user's name there.
    pub user: String,
    /// The user's password.
    pub password: String,
    /// The folder, normally `INBOX`.
    pub folder: String,
    /// The limit of time for each step.
    pub timeout: Duration,
}

/// Why mail was not fetched.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The server may not be called.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The server does not know the user or password.
    #[error("the mailbox refused the login: {0}")]
    Login(String),
    /// The server said no: there is no such folder, or it lacks STARTTLS.
    #[error("the mailbox refused: {0}")]
    Rejected(String),
    /// No connection, a broken one, or a certificate that is not right.
    #[error("the mailbox could not be reached: {0}")]
    Unreachable(String),
    /// It took too long.
    #[error("the mailbox did not answer in time")]
    TimedOut,
}

impl From<Unresolved> for Problem {
    fn from(unresolved: Unresolved) -> Self {
        match unresolved {
            Unresolved::Refused(refusal) => Self::Refused(refusal),
            unknown @ Unresolved::Unknown(..) => Self::Unreachable(with_causes(&unknown)),
        }
    }
}

impl From<ImapError> for Problem {
    fn from(error: ImapError) -> Self {
        match error {
            ImapError::No(text) | ImapError::Bad(text) => Self::Rejected(short(&text)),
            ImapError::Validate(_) => {
                Self::Rejected("a name or password has a line end".to_owned())
            }
            other => Self::Unreachable(short(&with_causes(&other))),
        }
    }
}

/// A mail as it lies in the mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// Its number in the mailbox.
    pub uid: u32,
    /// Its bytes.
    pub raw: Vec<u8>,
    /// Whether it is longer than what is fetched.
    pub is_cut: bool,
}

/// A connection, in clear or not.
trait Wire: AsyncRead + AsyncWrite + Unpin + Send + Debug {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send + Debug> Wire for T {}

/// An open mailbox.
pub struct Mailbox {
    session: Session<Box<dyn Wire>>,
    timeout: Duration,
}

impl Mailbox {
    /// Connects, logs in and opens the folder.
    ///
    /// # Errors
    /// When the server is refused, not reached, or says no.
    pub async fn open(
        targets: &Targets,
        authorities: &Authorities,
        server: &Server,
    ) -> Result<Self, Problem> {
        let limit = server.timeout;
        let addresses = within(limit, async {
            Ok(targets.resolve(&server.host, server.port).await?)
        })
        .await?;
        let client = within(limit, greeted(&addresses, authorities, server)).await?;
        let mut session = within(limit, async {
            let session = client.login(&server.user, &server.password).await;
            session.map_err(|(error, _)| match error.into() {
                Problem::Rejected(text) => Problem::Login(text),
                other => other,
            })
        })
        .await?;
        within(limit, async { Ok(session.select(&server.folder).await?) }).await?;
        Ok(Self {
            session,
            timeout: limit,
        })
    }

    /// The numbers of the mails that nobody has seen, oldest first, no more than `max`.
    ///
    /// # Errors
    /// When the server is lost or says no.
    pub async fn unseen(&mut self, max: usize) -> Result<Vec<u32>, Problem> {
        let session = &mut self.session;
        let search = async { Ok(session.uid_search("UNSEEN UNDELETED").await?) };
        let mut uids: Vec<u32> = within(self.timeout, search).await?.into_iter().collect();
        uids.sort_unstable();
        uids.truncate(max);
        Ok(uids)
    }

    /// The mail of this number, still unseen; `None` when it is gone.
    ///
    /// # Errors
    /// When the server is lost or says no.
    pub async fn fetch(&mut self, uid: u32) -> Result<Option<Fetched>, Problem> {
        let session = &mut self.session;
        let what = format!("(RFC822.SIZE BODY.PEEK[]<0.{MAIL_MAX}>)");
        let fetch = async {
            // A server may tell of other mails in between.
            let fetches = session.uid_fetch(uid.to_string(), what).await?;
            let all: Vec<_> = fetches.try_collect().await?;
            Ok(all.into_iter().find(|fetch| fetch.body().is_some()))
        };
        let found = within(self.timeout * FETCH_STEPS, fetch).await?;
        if found.is_none() && self.has(uid).await? {
            // The client does not tell what the server said instead.
            let why = "it does not give an email that lies in it";
            return Err(Problem::Rejected(why.to_owned()));
        }
        Ok(found.and_then(|fetch| {
            let raw = fetch.body()?.to_vec();
            let size = fetch.size.and_then(|size| usize::try_from(size).ok());
            Some(Fetched {
                uid,
                is_cut: size.is_some_and(|size| size > MAIL_MAX),
                raw,
            })
        }))
    }

    async fn has(&mut self, uid: u32) -> Result<bool, Problem> {
        let session = &mut self.session;
        let search = async { Ok(session.uid_search(format!("UID {uid}")).await?) };
        Ok(within(self.timeout, search).await?.contains(&uid))
    }

    /// Marks mails as seen, so that they are not fetched again.
    ///
    /// # Errors
    /// When the server is lost or says no.
    pub async fn mark_seen(&mut self, uids: &[u32]) -> Result<(), Problem> {
        if uids.is_empty() {
            return Ok(());
        }
        let set: Vec<String> = uids.iter().map(ToString::to_string).collect();
        let session = &mut self.session;
        // Not by `uid_store`, which does not tell when the server says no.
        let store = format!("UID STORE {} +FLAGS.SILENT (\\Seen)", set.join(","));
        within(self.timeout, async {
            Ok(session.run_command_and_check_ok(store).await?)
        })
        .await
    }

    /// Says goodbye.
    ///
    /// # Errors
    /// When the server is lost; what was marked is marked.
    pub async fn close(mut self) -> Result<(), Problem> {
        let session = &mut self.session;
        within(self.timeout, async { Ok(session.logout().await?) }).await
    }
}

/// Connected, by TLS where it is asked for, and greeted.
async fn greeted(
    addresses: &[SocketAddr],
    authorities: &Authorities,
    server: &Server,
) -> Result<Client<Box<dyn Wire>>, Problem> {
    // Tries one after the other.
    let stream = TcpStream::connect(addresses).await.map_err(unreachable)?;
    let wire: Box<dyn Wire> = match server.security {
        Security::Tls => secured(Box::new(stream), authorities, &server.host).await?,
        Security::None | Security::StartTls => Box::new(stream),
    };
    let mut client = Client::new(wire);
    let greeting = client.read_response().await.map_err(unreachable)?;
    greeting.ok_or_else(|| Problem::Unreachable("it hung up".to_owned()))?;
    if server.security != Security::StartTls {
        return Ok(client);
    }
    client.run_command_and_check_ok("STARTTLS", None).await?;
    // What came in clear after the server's word is dropped with the old client.
    let wire = secured(client.into_inner(), authorities, &server.host).await?;
    Ok(Client::new(wire))
}

async fn secured(
    wire: Box<dyn Wire>,
    authorities: &Authorities,
    host: &str,
) -> Result<Box<dyn Wire>, Problem> {
    let config = authorities.client().map_err(unreachable)?;
    let name = ServerName::try_from(host.to_owned()).map_err(unreachable)?;
    let stream = TlsConnector::from(Arc::new(config))
        .connect(name, wire)
        .await
        .map_err(unreachable)?;
    Ok(Box::new(stream))
}

fn unreachable(error: impl std::error::Error) -> Problem {
    Problem::Unreachable(short(&error.to_string()))
}

async fn within<T>(
    limit: Duration,
    step: impl Future<Output = Result<T, Problem>>,
) -> Result<T, Problem> {
    time::timeout(limit, step)
        .await
        .unwrap_or(Err(Problem::TimedOut))
}

#[cfg(test)]
mod dovecot;
#[cfg(test)]
mod tests;

//! Sending mail over SMTP.
//!
//! The operator names the server, and it obeys the same rule as all targets
//! ([`Targets`]): its name is resolved once, and only addresses that may be called are connected
//! to. So an agent who may change the SMTP settings cannot probe the network with them; a mail
//! server in a private network is allowed by `allow_private_targets`.
//!
//! lettre's connections block, so each mail has a thread of the blocking pool for itself, and a
//! few connections are kept for the next mails. The same mail may be sent twice when a connection
//! breaks between its last byte and the server's word; its Message-ID is the same then.

mod problem;

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use lettre::{
    address::Envelope,
    transport::smtp::{
        Error as SmtpError,
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{
            Certificate, CertificateStore, SmtpConnection, TlsParameters, TlsParametersBuilder,
        },
        extension::ClientId,
    },
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::spawn_blocking,
    time,
};

use super::{
    breaker::{Breaker, repeated},
    mail::{Mail, compose},
    outgoing::Outgoing,
    targets::Targets,
    tls::{Authorities, Security},
};
pub use problem::Problem;
use problem::problem;

/// Mails sent at the same time.
const SENDING_MAX: usize = 8;
/// Connections kept for the next mails, and for how long.
const IDLE_MAX: usize = 4;
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);
/// How many times the limit of a step all steps of a mail may take.
const STEPS: u32 = 6;

/// A mail server and how to use it.
#[derive(Clone, PartialEq, Eq)]
pub struct Server {
    /// Its name or address; the name is what its certificate must be for.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the talk is kept from others.
    pub security: Security,
    /// User name and password, where it wants them.
    pub login: Option<(String, String)>,
    /// The limit of time for each step: connecting, greeting, sending.
    pub timeout: Duration,
}

/// Sends mails. Copies share their connections.
#[derive(Clone)]
pub struct Mailer {
    targets: Targets,
    authorities: Authorities,
    breaker: Arc<Breaker>,
    sending: Arc<Semaphore>,
    idle: Arc<Mutex<Vec<Idle>>>,
}

struct Idle {
    server: Server,
    connection: SmtpConnection,
    since: Instant,
}

/// Leave to send, held by whichever thread still works at it.
type Permit = Arc<OwnedSemaphorePermit>;

impl Mailer {
    /// A mailer under the rule, with the trust and the patience of this client.
    #[must_use]
    pub fn new(outgoing: &Outgoing) -> Self {
        Self {
            targets: outgoing.targets().clone(),
            authorities: outgoing.authorities().clone(),
            breaker: Arc::clone(outgoing.breaker()),
            sending: Arc::new(Semaphore::new(SENDING_MAX)),
            idle: Arc::default(),
        }
    }

    /// Hands the mail to the server: refused at once while that is down. The way to it is tried again
    /// after a passing failure, what it may have taken never.
    ///
    /// # Errors
    /// When the mail or the server is refused, or the server did not take it.
    pub async fn send(&self, server: &Server, mail: &Mail) -> Result<(), Problem> {
        let (envelope, bytes) = compose(mail)?;
        let permit = Arc::clone(&self.sending).acquire_owned().await;
        let permit = Arc::new(permit.expect("nobody closes the semaphore"));
        // Asked when it is this mail's turn: the ones before may have found the server down.
        let call = self
            .breaker
            .admit(&format!("{}:{}", server.host, server.port))?;
        let sent = self.deliver(permit, server, envelope, bytes);
        let sent = time::timeout(server.timeout * STEPS, sent).await;
        let sent = sent.unwrap_or(Err(Problem::TimedOut));
        call.told(sent.as_ref().is_err_and(Problem::is_failure));
        sent
    }

    async fn deliver(
        &self,
        permit: Permit,
        server: &Server,
        envelope: Envelope,
        bytes: Vec<u8>,
    ) -> Result<(), Problem> {
        let connected = repeated(
            self.breaker.patience.retries,
            time::Instant::now() + server.timeout,
            || self.connection(&permit, server, &envelope),
            |connected| matches!(connected, Err(Problem::Unreachable(_))),
        );
        let mut connection = connected.await?;
        let (mailer, server) = (self.clone(), server.clone());
        blocking(&permit, move || {
            connection.send(&envelope, &bytes).map_err(problem)?;
            mailer.keep_idle(&server, connection);
            Ok(())
        })
        .await
    }

    /// A connection that is logged in: one that was kept, or a new one.
    async fn connection(
        &self,
        permit: &Permit,
        server: &Server,
        envelope: &Envelope,
    ) -> Result<SmtpConnection, Problem> {
        let resolved = self.targets.resolve(&server.host, server.port);
        let addresses = time::timeout(server.timeout, resolved)
            .await
            .map_err(|_| Problem::TimedOut)??;
        let (mailer, server, hello) = (self.clone(), server.clone(), hello(envelope));
        let connect = move || match mailer.take_idle(&server) {
            Some(connection) => Ok(connection),
            None => mailer.connect(&server, &addresses, &hello),
        };
        blocking(permit, connect).await
    }

    fn connect(
        &self,
        server: &Server,
        addresses: &[SocketAddr],
        hello: &ClientId,
    ) -> Result<SmtpConnection, Problem> {
        let tls = match server.security {
            Security::None => None,
            Security::StartTls | Security::Tls => Some(self.tls(&server.host).map_err(problem)?),
        };
        let wrapper = tls.as_ref().filter(|_| server.security == Security::Tls);
        let timeout = Some(server.timeout);
        let mut connection =
            SmtpConnection::connect(addresses, timeout, hello, wrapper, None).map_err(problem)?;
        if let (Security::StartTls, Some(tls)) = (server.security, &tls) {
            connection.starttls(tls, hello).map_err(problem)?;
        }
        if let Some((user, password)) = &server.login {
            let credentials = Credentials::new(user.clone(), password.clone());
            connection
                .auth(DEFAULT_MECHANISMS, &credentials)
                .map_err(|error| match problem(error) {
                    Problem::Rejected(text) | Problem::Unable(text) => Problem::Login(text),
                    other => other,
                })?;
        }
        Ok(connection)
    }

    fn tls(&self, host: &str) -> Result<TlsParameters, SmtpError> {
        let builder =
            TlsParametersBuilder::new(host.to_owned()).certificate_store(CertificateStore::None);
        self.authorities
            .der()
            .try_fold(builder, |builder, der| {
                Ok(builder.add_root_certificate(Certificate::from_der(der.to_vec())?))
            })?
            .build_rustls()
    }

    /// A connection to this server that still lives; those that are too old are ended.
    fn take_idle(&self, server: &Server) -> Option<SmtpConnection> {
        loop {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            let old = idle
                .iter()
                .position(|kept| kept.since.elapsed() > IDLE_TIMEOUT);
            let position = old.or_else(|| idle.iter().position(|kept| kept.server == *server))?;
            let mut connection = idle.swap_remove(position).connection;
            drop(idle);
            if old.is_some() {
                connection.abort();
            } else if connection.test_connected() {
                return Some(connection);
            }
        }
    }

    fn keep_idle(&self, server: &Server, mut connection: SmtpConnection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE_MAX {
            idle.push(Idle {
                server: server.clone(),
                connection,
                since: Instant::now(),
            });
            return;
        }
        drop(idle);
        connection.abort();
    }
}

/// Does what blocks, on a thread that may work on when nobody waits for it any more.
async fn blocking<T: Send + 'static>(
    permit: &Permit,
    job: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let permit = Arc::clone(permit);
    let work = spawn_blocking(move || {
        let _permit = permit;
        job()
    });
    work.await
        .unwrap_or_else(|error| Err(Problem::Unreachable(error.to_string())))
}

/// We are the sender's domain: the best name that a service behind any address has.
fn hello(envelope: &Envelope) -> ClientId {
    let domain = envelope.from().map(|from| from.domain().to_owned());
    domain.map_or_else(ClientId::default, ClientId::Domain)
}

#[cfg(test)]
mod patience;
#[cfg(test)]
mod peers;
#[cfg(test)]
mod tests;

//! A mailbox on a mail server, whichever protocol it is spoken to by.
//!
//! Nothing changes by being fetched: the caller keeps a mail first and says then what became of it, so a
//! service that dies in between fetches it again. The server obeys the same rule as all targets, for the
//! reasons that `smtp` tells, and the breaker that all vendors have.

use std::{io, path::PathBuf, sync::Arc, time::Duration};

use tokio::time::{self, Instant};

use super::{
    breaker::{Breaker, Call, Down, repeated},
    imap,
    outgoing::Outgoing,
    pop3,
    targets::{Refusal, Targets, Unresolved},
    tls::{Authorities, Security},
    vendor::short,
};
use crate::causes::with_causes;

/// The most of one mail that is fetched, in bytes; the rest is cut off.
pub(super) const MAIL_MAX: usize = 25 << 20;
/// How many times the limit of a step the fetching of one mail may take.
pub(super) const FETCH_STEPS: u32 = 6;

/// What a mailbox is spoken to by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// IMAP4rev1: mails that were looked at are marked as seen.
    Imap,
    /// POP3, which knows no marks: what is stored elsewhere is deleted, the rest is remembered.
    Pop3,
}

/// A mailbox on a server and how to open it.
#[derive(Clone)]
pub struct Server {
    /// What it speaks.
    pub protocol: Protocol,
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
    /// The folder, normally `INBOX`; POP3 has no others.
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
    /// The server was not called: it failed too often just now.
    #[error(transparent)]
    Down(#[from] Down),
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

impl Problem {
    /// Whether the server is to blame, whoever asks.
    fn is_failure(&self) -> bool {
        matches!(self, Self::Unreachable(_) | Self::TimedOut)
    }

    /// That it is not there, as the network says it.
    pub(super) fn unreachable(error: impl std::error::Error) -> Self {
        Self::Unreachable(short(&error.to_string()))
    }
}

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Self {
        Self::unreachable(error)
    }
}

impl From<Unresolved> for Problem {
    fn from(unresolved: Unresolved) -> Self {
        match unresolved {
            Unresolved::Refused(refusal) => Self::Refused(refusal),
            unknown @ Unresolved::Unknown(..) => Self::Unreachable(with_causes(&unknown)),
        }
    }
}

/// A mail as it lies in the mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// Its name in the mailbox.
    pub uid: String,
    /// Its bytes.
    pub raw: Vec<u8>,
    /// Whether it is longer than what is fetched.
    pub is_cut: bool,
}

/// What became of a mail that was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// All of it is kept elsewhere.
    Stored,
    /// It, or a part of it, is nowhere else.
    Left,
}

/// Opens mailboxes.
#[derive(Clone)]
pub struct Mailboxes {
    targets: Targets,
    authorities: Authorities,
    breaker: Arc<Breaker>,
    memory: PathBuf,
}

impl Mailboxes {
    /// Under the rule, with the trust and the patience of this client. `memory` is the file where mails are
    /// remembered that a mailbox has no mark for.
    #[must_use]
    pub fn new(outgoing: &Outgoing, memory: PathBuf) -> Self {
        Self {
            targets: outgoing.targets().clone(),
            authorities: outgoing.authorities().clone(),
            breaker: Arc::clone(outgoing.breaker()),
            memory,
        }
    }

    /// Connects, logs in and opens the folder.
    ///
    /// # Errors
    /// When the server is refused, down, not reached, or says no.
    pub async fn open(&self, server: &Server) -> Result<Mailbox, Problem> {
        let call = self
            .breaker
            .admit(&format!("{}:{}", server.host, server.port))?;
        let opened = repeated(
            self.breaker.patience.retries,
            Instant::now() + server.timeout,
            || self.session(server),
            |opened| matches!(opened, Err(Problem::Unreachable(_))),
        );
        match opened.await {
            Ok(session) => Ok(Mailbox {
                session,
                call: Some(call),
            }),
            Err(problem) => {
                call.told(problem.is_failure());
                Err(problem)
            }
        }
    }

    async fn session(&self, server: &Server) -> Result<Session, Problem> {
        let addresses = within(server.timeout, async {
            Ok(self.targets.resolve(&server.host, server.port).await?)
        })
        .await?;
        let authorities = &self.authorities;
        Ok(match server.protocol {
            Protocol::Imap => {
                let session = imap::Session::open(&addresses, authorities, server);
                Session::Imap(session.await?)
            }
            Protocol::Pop3 => {
                let session = pop3::Session::open(&addresses, authorities, server, &self.memory);
                Session::Pop3(session.await?)
            }
        })
    }
}

/// An open mailbox.
pub struct Mailbox {
    session: Session,
    /// Until it is known whether the server can be relied on.
    call: Option<Call>,
}

enum Session {
    Imap(imap::Session),
    Pop3(pop3::Session),
}

impl Mailbox {
    /// The names of the mails that were not looked at, oldest first, no more than `max`.
    ///
    /// # Errors
    /// When the server is lost or says no.
    pub async fn unseen(&mut self, max: usize) -> Result<Vec<String>, Problem> {
        let found = match &mut self.session {
            Session::Imap(session) => session.unseen(max).await,
            Session::Pop3(session) => Ok(session.unseen(max)),
        };
        self.noted(found)
    }

    /// The mail of this name, as new as before; `None` when it is gone.
    ///
    /// # Errors
    /// When the server is lost or says no.
    pub async fn fetch(&mut self, uid: &str) -> Result<Option<Fetched>, Problem> {
        let fetched = match &mut self.session {
            Session::Imap(session) => session.fetch(uid).await,
            Session::Pop3(session) => session.fetch(uid).await,
        };
        self.noted(fetched)
    }

    /// Has a mail that was looked at be so, by what became of it, that it is not looked at again.
    ///
    /// # Errors
    /// When the server is lost or says no.
    pub async fn done(&mut self, uid: &str, fate: Fate) -> Result<(), Problem> {
        let done = match &mut self.session {
            Session::Imap(session) => session.mark_seen(uid).await,
            Session::Pop3(session) => session.done(uid, fate).await,
        };
        self.noted(done)
    }

    /// Says goodbye; what POP3 deletes it deletes now.
    ///
    /// # Errors
    /// When the server is lost: what was marked is marked, what was to be deleted may come again.
    pub async fn close(mut self) -> Result<(), Problem> {
        let closed = match &mut self.session {
            Session::Imap(session) => session.close().await,
            Session::Pop3(session) => session.close().await,
        };
        let closed = self.noted(closed);
        if let Some(call) = self.call.take() {
            call.told(false);
        }
        closed
    }

    /// Has the breaker know of a server that is lost, and of one that says no, which is an answer.
    fn noted<T>(&mut self, outcome: Result<T, Problem>) -> Result<T, Problem> {
        if let Err(problem) = &outcome
            && let Some(call) = self.call.take()
        {
            call.told(problem.is_failure());
        }
        outcome
    }
}

/// One step of a talk, within its limit of time.
pub(super) async fn within<T>(
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
pub(super) mod tests;

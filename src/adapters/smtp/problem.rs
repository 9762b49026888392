//! Why a mail was not sent, sorted by what can be done about it.

use std::{error::Error as StdError, io};

use lettre::transport::smtp::Error as SmtpError;

use crate::{
    adapters::{
        breaker::Down,
        mail::Mistake,
        targets::{Refusal, Unresolved},
        vendor::short,
    },
    causes::with_causes,
};

/// Why a mail was not sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The mail cannot be sent as it is.
    #[error(transparent)]
    Mail(#[from] Mistake),
    /// The server may not be called.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The server was not called: it failed too often just now.
    #[error(transparent)]
    Down(#[from] Down),
    /// The server does not know the user or password, or wants none.
    #[error("the mail server refused the login: {0}")]
    Login(String),
    /// The server said no for good (5xx).
    #[error("the mail server refused the mail: {0}")]
    Rejected(String),
    /// The server said not now (4xx).
    #[error("the mail server took no mail for now: {0}")]
    Deferred(String),
    /// The server lacks what is needed, such as STARTTLS.
    #[error("the mail server cannot do what is needed: {0}")]
    Unable(String),
    /// No connection, a broken one, or a certificate that is not right.
    #[error("the mail server could not be reached: {0}")]
    Unreachable(String),
    /// It took too long.
    #[error("the mail server did not answer in time")]
    TimedOut,
}

impl Problem {
    /// Whether the same mail may be taken later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Down(_) | Self::Deferred(_) | Self::Unreachable(_) | Self::TimedOut
        )
    }

    /// Whether the server is to blame, whatever the mail.
    pub(super) fn is_failure(&self) -> bool {
        matches!(self, Self::Unreachable(_) | Self::TimedOut)
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

/// What the client says went wrong, sorted by what can be done about it.
pub(super) fn problem(error: SmtpError) -> Problem {
    let text = short(&error.to_string());
    let said = || {
        let words = error.source().map(ToString::to_string).unwrap_or_default();
        let code = error.status().map(|code| code.to_string());
        short(&format!("{} {words}", code.unwrap_or_default()))
    };
    if error.is_permanent() {
        Problem::Rejected(said())
    } else if error.is_transient() {
        Problem::Deferred(said())
    } else if timed_out(&error) {
        Problem::TimedOut
    } else if error.is_client() || error.is_tls() {
        Problem::Unable(text)
    } else {
        Problem::Unreachable(text)
    }
}

/// A socket's limit of time shows as `WouldBlock` on some systems.
fn timed_out(error: &SmtpError) -> bool {
    error
        .source()
        .and_then(|source| source.downcast_ref::<io::Error>())
        .is_some_and(|error| {
            matches!(
                error.kind(),
                io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock
            )
        })
}

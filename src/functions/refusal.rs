//! Why a call is not carried out: the caller's fault ([`Refusal`]) or ours ([`Fault`]).

use std::fmt;

use crate::wire::{Problem, ProblemCode};

/// The caller's fault: nothing was changed. Each has a stable code, mapped to HTTP here alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No token, or one that is neither an admin's nor a valid API token.
    InvalidToken,
    /// No function of this name.
    FunctionNotFound(String),
    /// An argument that is needed was not given; the sentence says which.
    MissingArgument(String),
    /// An argument that cannot be understood; the sentence says which and why.
    InvalidArgument(String),
    /// A user's address is taken.
    DuplicateEmail,
    /// A user type that cannot be given; the sentence says why.
    InvalidUserType(String),
    /// A status code beyond 0 to 4.
    InvalidStatusCode(String),
    /// No such user.
    UserNotFound(u64),
    /// No such conversation.
    ConversationNotFound(u64),
    /// No such message.
    MessageNotFound(u64),
    /// send-email without a receiver or without a text.
    MissingUserIdOrMessage,
    /// The user has no address.
    UserEmailNotFound(u64),
    /// send-email to or from somebody who is not there.
    UserOrSenderNotFound,
    /// A vendor refused, or could not be asked: the code, and the vendor's own words.
    Vendor(&'static str, String),
    /// The function speaks of the active user, and nobody is logged in.
    NotLoggedIn,
    /// What is asked for is refused for safety's sake; the sentence says why.
    SecurityError(String),
    /// The request is larger than a limit; the sentence names the limit.
    TooLarge(String),
    /// Too many requests at once.
    RateLimited,
    /// The service cannot do it now; the sentence says what is amiss.
    Unavailable(String),
    /// An Idempotency-Key came again with other arguments.
    IdempotencyKeyReused,
}

impl Refusal {
    /// The stable code, the same at both doors.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.code_and_status().0
    }

    /// The HTTP status at the plain door.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.code_and_status().1
    }

    fn code_and_status(&self) -> (&'static str, u16) {
        match self {
            Self::InvalidToken => ("invalid-token", 401),
            Self::FunctionNotFound(_) => ("function-not-found", 404),
            Self::MissingArgument(_) => ("missing-argument", 400),
            Self::InvalidArgument(_) => ("invalid-argument", 400),
            Self::DuplicateEmail => ("duplicate-email", 409),
            Self::InvalidUserType(_) => ("invalid-user-type", 400),
            Self::InvalidStatusCode(_) => ("invalid-status-code", 400),
            Self::UserNotFound(_) => ("user-not-found", 404),
            Self::ConversationNotFound(_) => ("conversation-not-found", 404),
            Self::MessageNotFound(_) => ("message-not-found", 404),
            Self::MissingUserIdOrMessage => ("missing-user-id-or-message", 400),
            Self::UserEmailNotFound(_) => ("user-email-not-found", 404),
            Self::UserOrSenderNotFound => ("user-or-sender-not-found", 404),
            Self::Vendor(code, _) => (code, 503),
            Self::NotLoggedIn => ("not-logged-in", 403),
            Self::SecurityError(_) => ("security-error", 403),
            Self::TooLarge(_) => ("too-large", 413),
            Self::RateLimited => ("rate-limited", 429),
            Self::Unavailable(_) => ("unavailable", 503),
            Self::IdempotencyKeyReused => ("idempotency-key-reused", 422),
        }
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        match problem.code {
            ProblemCode::MissingArgument => Self::MissingArgument(problem.message),
            ProblemCode::InvalidArgument => Self::InvalidArgument(problem.message),
            ProblemCode::TooLarge => Self::TooLarge(problem.message),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidToken => {
                f.write_str("The token is missing, or is neither an admin's nor a valid API token.")
            }
            Self::FunctionNotFound(name) => write!(f, "There is no function {name:?}."),
            Self::MissingArgument(why)
            | Self::InvalidArgument(why)
            | Self::InvalidUserType(why)
            | Self::SecurityError(why)
            | Self::TooLarge(why)
            | Self::Unavailable(why)
            | Self::Vendor(_, why) => f.write_str(why),
            Self::MissingUserIdOrMessage => {
                f.write_str("The receiver's ID or the message is missing.")
            }
            Self::UserEmailNotFound(id) => write!(f, "User {id} has no email address."),
            Self::UserOrSenderNotFound => {
                f.write_str("There is no such receiver or no such sender.")
            }
            Self::DuplicateEmail => f.write_str("Another user has this email."),
            Self::InvalidStatusCode(given) => {
                write!(f, "{given:?} is not a status code: 0, 1, 2, 3 or 4.")
            }
            Self::UserNotFound(id) => write!(f, "There is no user {id}."),
            Self::ConversationNotFound(id) => write!(f, "There is no conversation {id}."),
            Self::MessageNotFound(id) => write!(f, "There is no message {id}."),
            Self::NotLoggedIn => {
                f.write_str("Nobody is logged in: the sb-login cookie is missing or has ended.")
            }
            Self::RateLimited => f.write_str("Too many requests at once; try again in a moment."),
            Self::IdempotencyKeyReused => {
                f.write_str("This idempotency key was used before with other arguments.")
            }
        }
    }
}

/// Our own fault. The text is for our log; a caller learns only that it failed.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The event log failed.
    #[error("the event log failed")]
    Log(#[from] eventlog::Error),
    /// The read models failed.
    #[error("the read models failed")]
    Reads(#[from] projections::Fault),
    /// Decision state in the log cannot be read.
    #[error("the decision state of {0} cannot be read")]
    State(String, #[source] serde_json::Error),
    /// A function's answer is not what it should be.
    #[error("the answer of {0} cannot be read")]
    Answer(&'static str, #[source] serde_json::Error),
    /// A file could not be written or deleted.
    #[error("cannot write or delete the file {0}")]
    File(String, #[source] std::io::Error),
    /// Events in the log cannot be understood.
    #[error("the event log cannot be understood")]
    Unreadable(#[from] crate::journal::Unreadable),
    /// The bus gives no events.
    #[error("the bus gives no events")]
    Bus(#[from] crate::bus::Fault),
    /// Two planners of one reaction.
    #[error("the reaction {0} planned from position {1}, but stands at {2}: is it run twice?")]
    Planner(&'static str, u64, u64),
    /// A call failed that several callers waited for.
    #[error(transparent)]
    Shared(std::sync::Arc<Fault>),
    /// Work handed to another thread did not come back.
    #[error("a task ended early: {0}")]
    Task(&'static str),
}

/// Whose fault it was.
#[derive(Debug)]
pub enum Failure {
    /// The caller's.
    Refused(Refusal),
    /// Ours.
    Failed(Fault),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Failed(fault)
    }
}

impl From<eventlog::Error> for Failure {
    fn from(error: eventlog::Error) -> Self {
        match error {
            eventlog::Error::Overloaded => Refusal::Unavailable(
                "Too many writes are waiting; try again in a moment.".to_owned(),
            )
            .into(),
            eventlog::Error::DiskFull { .. } => {
                Refusal::Unavailable("The disk is nearly full; nothing was written.".to_owned())
                    .into()
            }
            eventlog::Error::TooLarge { bytes, limit } => Refusal::TooLarge(format!(
                "This would write {bytes} bytes at once; {limit} are allowed."
            ))
            .into(),
            error => Self::Failed(error.into()),
        }
    }
}

impl From<projections::Fault> for Failure {
    fn from(fault: projections::Fault) -> Self {
        Self::Failed(fault.into())
    }
}

//! How one try of a delivery went.

use std::time::Duration;

use events::{Event, Stream};

/// How one try went.
#[derive(Clone, Debug, PartialEq)]
pub struct Tried {
    /// What follows.
    pub verdict: Verdict,
    /// The HTTP status, if there was one.
    pub status: Option<u16>,
    /// What went wrong.
    pub error: Option<String>,
    /// How long the receiver asks to be left alone.
    pub retry_after: Option<Duration>,
    /// What has happened by it, to be recorded with its success.
    pub follows: Vec<(Stream, Event)>,
}

impl Tried {
    /// It was taken.
    #[must_use]
    pub fn taken(status: Option<u16>) -> Self {
        Self {
            verdict: Verdict::Taken,
            status,
            error: None,
            retry_after: None,
            follows: Vec::new(),
        }
    }

    /// It may work later.
    #[must_use]
    pub fn again(error: impl Into<String>) -> Self {
        Self {
            verdict: Verdict::Again,
            error: Some(error.into()),
            ..Self::taken(None)
        }
    }

    /// It will never work.
    #[must_use]
    pub fn never(why: impl Into<String>) -> Self {
        Self {
            verdict: Verdict::Never,
            ..Self::again(why)
        }
    }

    /// There is no reason to try.
    #[must_use]
    pub fn unsent(why: impl Into<String>) -> Self {
        Self {
            verdict: Verdict::Unsent,
            ..Self::again(why)
        }
    }
}

/// What follows from a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Taken.
    Taken,
    /// May work later.
    Again,
    /// Will never work.
    Never,
    /// Was not tried, and never will be.
    Unsent,
    /// Will never work, and neither will anything else: the receiver wants no more.
    Stop,
}

//! What can be wrong with a body or an argument: a code and one sentence for a human.

use std::fmt;

use serde::de;

/// Which of the API's codes a [`Problem`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProblemCode {
    /// `missing-argument`: a required argument is absent, null, or empty where its type has no empty value.
    MissingArgument,
    /// `invalid-argument`: what was sent is not what the argument (or the body) must be.
    InvalidArgument,
    /// `too-large`: one of the limits of this module is passed.
    TooLarge,
}

impl ProblemCode {
    /// The code as the API writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MissingArgument => "missing-argument",
            Self::InvalidArgument => "invalid-argument",
            Self::TooLarge => "too-large",
        }
    }
}

/// The caller's mistake in writing the arguments; always the caller's fault, never ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Problem {
    /// The code the answer carries.
    pub code: ProblemCode,
    /// One short sentence for a human. It names the argument at fault where there is one.
    pub message: String,
}

impl Problem {
    /// An `invalid-argument` with this sentence.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self {
            code: ProblemCode::InvalidArgument,
            message: message.into(),
        }
    }

    /// A `missing-argument` for the argument of this name.
    #[must_use]
    pub fn missing(argument: &str) -> Self {
        Self {
            code: ProblemCode::MissingArgument,
            message: format!("{argument} is missing"),
        }
    }

    /// A `too-large` with this sentence.
    pub fn too_large(message: impl Into<String>) -> Self {
        Self {
            code: ProblemCode::TooLarge,
            message: message.into(),
        }
    }
}

/// Lets serde's derived code report straight into a [`Problem`].
impl de::Error for Problem {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::invalid(message.to_string())
    }

    fn missing_field(field: &'static str) -> Self {
        Self::missing(field)
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::invalid(format!("{field} is given twice, under two names"))
    }
}

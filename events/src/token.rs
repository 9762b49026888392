//! What happens to API tokens: what an admin gives to a program, so that it may call in the admin's name.

use serde::{Deserialize, Serialize};

use crate::UserId;

/// What a token is good for. Each scope has those before it in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// To read.
    Read,
    /// To write: what customers and agents do.
    Write,
    /// Whatever an admin may.
    Admin,
}

impl Scope {
    /// The scope's name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Admin => "admin",
        }
    }
}

/// An admin made a token. The token itself is nowhere: it was shown once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Created {
    /// What it is for, in the admin's words.
    pub name: String,
    /// What it is good for.
    pub scope: Scope,
    /// The hash by which it is known again, in hex. Masked in every export, though nobody gets the token
    /// out of it.
    pub token_hash: String,
    /// The admin in whose name it calls.
    pub admin: UserId,
    /// When it was made, in milliseconds since the Unix epoch.
    pub created_at_ms: i64,
    /// From when on it opens nothing any more, in milliseconds since the Unix epoch.
    pub expires_at_ms: i64,
}

/// A token was revoked: it opens nothing any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revoked {}

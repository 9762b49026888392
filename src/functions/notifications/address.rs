//! Email addresses of users, as far as mail can be sent to them.

use crate::{adapters::mail::is_address, functions::User};

/// The address at which a user can be written to. Not every user's is one: they are taken as they are
/// from those who write to us, and were taken so from others before.
#[must_use]
pub fn address(user: &User) -> Option<&str> {
    user.email.as_deref().filter(|email| is_address(email))
}

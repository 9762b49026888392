//! How users are addressed in what leaves.

use crate::{
    adapters::mail::{is_address, one_line},
    functions::User,
};

/// The most characters of a name: four bytes each, and mail servers still take it.
const NAME_CHARS_MAX: usize = 255;

/// The address at which a user can be written to. Not every user's is one: they are taken as they are
/// from those who write to us, and were taken so from others before.
#[must_use]
pub fn address(user: &User) -> Option<&str> {
    user.email.as_deref().filter(|email| is_address(email))
}

/// The name, whatever is in it, as mails and screens can show it.
#[must_use]
pub fn name(user: &User) -> String {
    let name = one_line(&user.full_name());
    name.chars().take(NAME_CHARS_MAX).collect()
}

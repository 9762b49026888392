//! Operations on API tokens: what an admin gives to a program instead of the own token. Ours, beside the
//! documented API: at the plain door alone, and from the command line.
//!
//! A token calls in the name of the admin who made it, as far as its scope reaches
//! ([`authority`](super::authority)), until it expires, is revoked, or its admin is no admin any more.
//! Only a hash of it is kept.

mod create;
mod list;
mod revoke;
pub mod state;

use super::Function;

/// The operations of this group, by their addresses below `/v1/`.
pub const OPERATIONS: &[Function] = &[
    Function::command::<create::Create>(),
    Function::query::<list::List>(),
    Function::command::<revoke::Revoke>(),
];

//! Email addresses as arguments.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::Value;

use crate::{
    adapters::mail::is_address,
    functions::Refusal,
    wire::{Argument, Text, Unreadable, argument},
};

/// The longest address, in characters (RFC 5321).
const CHARS_MAX: usize = 254;

/// An address: something, an @, and a domain; blanks around it are taken off. Not each of them can be
/// written to; a new one must be [`writable`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailAddress(pub String);

impl Argument for EmailAddress {
    type Value = String;

    fn read(value: Value) -> Result<String, Unreadable> {
        let text = Text::<CHARS_MAX>::read(value)?.trim().to_owned();
        let not_an_email = || Unreadable(format!("{text:?} is not an email address"));
        let (name, domain) = text.rsplit_once('@').ok_or_else(not_an_email)?;
        let plain = |part: &str| {
            !part.is_empty() && !part.chars().any(|c| c.is_whitespace() || c.is_control())
        };
        let sound =
            plain(name) && plain(domain) && !domain.starts_with('.') && !domain.ends_with('.');
        if sound { Ok(text) } else { Err(not_an_email()) }
    }

    fn new(value: String) -> Self {
        Self(value)
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "email", "maxLength": CHARS_MAX })
    }
}
argument!([] EmailAddress);

/// Makes sure that mail can be sent to an address that somebody is given. One that somebody has stays as
/// it is: it was taken before, or is where a mail came from.
///
/// # Errors
/// [`Refusal::InvalidArgument`].
pub fn writable(address: &str) -> Result<(), Refusal> {
    if is_address(address) {
        return Ok(());
    }
    let why = format!("email: {address:?} is not an email address");
    Err(Refusal::InvalidArgument(why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_can_be_written_to() {
        for fine in ["a@b.example", "a.b+c@d-e.example", "info@bücher.example"] {
            assert_eq!(writable(fine), Ok(()), "{fine}");
        }
        for odd in [
            "a..b@c.example",
            "x@-bad-.com",
            "a,b@c.example",
            "<x>@c.example",
        ] {
            let read = EmailAddress::read(odd.into()).map(|read| read == odd);
            assert!(matches!(read, Ok(true)), "{odd} may be somebody's already");
            assert!(writable(odd).is_err(), "{odd}");
        }
    }
}

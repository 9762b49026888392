//! A mail as it is written: what it says, and the bytes that go over the wire.
//!
//! Nothing that is given can add a header or a receiver: characters that end a line are refused
//! everywhere but in the text, addresses must be addresses, and lettre encodes the rest.

use std::time::{Duration, SystemTime};

use lettre::{
    Address, Message,
    address::Envelope,
    message::{
        Mailbox, MultiPart,
        header::{HeaderName, HeaderValue},
    },
};
use url::Host;

use super::html;

/// The longest text of a mail, in bytes; providers take 20 to 25 MiB.
const TEXT_MAX: usize = 10 << 20;
/// The longest subject, name or header, in bytes.
const FIELD_MAX: usize = 2000;

/// Headers that the mail has by itself.
const OWN_HEADERS: [&str; 10] = [
    "from",
    "sender",
    "to",
    "cc",
    "bcc",
    "reply-to",
    "subject",
    "date",
    "message-id",
    "mime-version",
];

/// Somebody with an address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// The name shown; may be empty.
    pub name: String,
    /// The address, such as `ann@shop.example`.
    pub address: String,
}

/// A mail to one receiver.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mail {
    /// Who sends it.
    pub from: Person,
    /// Who gets it.
    pub to: Person,
    /// Who gets an answer to it, if not the sender.
    pub reply_to: Option<Person>,
    /// The subject.
    pub subject: String,
    /// What it says, as HTML. The plain text for those who read that is made from it.
    pub html: String,
    /// Its identity, `left@right` without angle brackets: the same for each try, so that
    /// receivers drop what comes twice.
    pub message_id: String,
    /// When it was written, in milliseconds of the Unix epoch.
    pub time_ms: i64,
    /// More headers, name and value.
    pub headers: Vec<(String, String)>,
}

/// What of a mail cannot be sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Mistake {
    /// An address is none.
    #[error("{0:?} is no email address")]
    Address(String),
    /// A field has a line end or another control character, or is too long.
    #[error("the mail's {0} has characters that do not belong there, or is too long")]
    Field(&'static str),
    /// The text is too long.
    #[error("the mail's text is too long")]
    TooLong,
}

/// Whether mail can be sent to this address.
#[must_use]
pub fn is_address(text: &str) -> bool {
    address(text).is_ok()
}

/// A text as a field of a mail can carry it: one line, and not too long.
#[must_use]
pub fn one_line(text: &str) -> String {
    let mut line = text.replace(char::is_control, " ");
    line.truncate(line.floor_char_boundary(FIELD_MAX));
    line
}

/// Headers that say that a program sent it, so that no other one answers: RFC 3834's, and the one that
/// Exchange obeys.
#[must_use]
pub fn automatic() -> Vec<(String, String)> {
    [
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "OOF, AutoReply"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

/// Says whether a mail can be written as it is.
///
/// # Errors
/// What of it cannot.
pub fn check(mail: &Mail) -> Result<(), Mistake> {
    compose(mail).map(|_| ())
}

/// The sender and receiver for the server, and the mail in its bytes.
pub(super) fn compose(mail: &Mail) -> Result<(Envelope, Vec<u8>), Mistake> {
    if mail.html.len() > TEXT_MAX {
        return Err(Mistake::TooLong);
    }
    let since_epoch = Duration::from_millis(u64::try_from(mail.time_ms).unwrap_or(0));
    let mut message = Message::builder()
        .from(mailbox(&mail.from)?)
        .to(mailbox(&mail.to)?)
        .date(SystemTime::UNIX_EPOCH + since_epoch)
        .message_id(Some(message_id(&mail.message_id)?))
        .subject(field(&mail.subject, "subject")?);
    if let Some(reply_to) = &mail.reply_to {
        message = message.reply_to(mailbox(reply_to)?);
    }
    for (name, value) in &mail.headers {
        message = message.raw_header(header(name, value)?);
    }
    let text = html::to_text(&mail.html);
    let message = message
        .multipart(MultiPart::alternative_plain_html(text, mail.html.clone()))
        .map_err(|_| Mistake::Field("headers"))?;
    Ok((message.envelope().clone(), message.formatted()))
}

fn mailbox(person: &Person) -> Result<Mailbox, Mistake> {
    let name = field(person.name.trim(), "name")?;
    Ok(Mailbox::new(
        (!name.is_empty()).then_some(name),
        address(&person.address)?,
    ))
}

/// The address, with an international domain as it is written in ASCII: every server takes that.
fn address(text: &str) -> Result<Address, Mistake> {
    let mistake = || Mistake::Address(text.to_owned());
    let text = text.trim();
    let (user, domain) = text.rsplit_once('@').ok_or_else(mistake)?;
    if text.len() > 320 || text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(mistake());
    }
    let domain = match Host::parse(domain) {
        Ok(Host::Domain(ascii)) if !domain.is_ascii() => ascii,
        _ => domain.to_owned(),
    };
    Address::new(user, domain).map_err(|_| mistake())
}

fn field(text: &str, what: &'static str) -> Result<String, Mistake> {
    if text.len() > FIELD_MAX || text.chars().any(char::is_control) {
        return Err(Mistake::Field(what));
    }
    Ok(text.to_owned())
}

fn message_id(text: &str) -> Result<String, Mistake> {
    let plain = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_graphic() && !b"<>@()[],;:\\\"".contains(&byte))
    };
    match text.split_once('@') {
        Some((left, right)) if plain(left) && plain(right) && text.len() <= 250 => {
            Ok(format!("<{text}>"))
        }
        _ => Err(Mistake::Field("Message-ID")),
    }
}

fn header(name: &str, value: &str) -> Result<HeaderValue, Mistake> {
    let lower = name.to_ascii_lowercase();
    let plain = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if !plain || OWN_HEADERS.contains(&lower.as_str()) || lower.starts_with("content-") {
        return Err(Mistake::Field("headers"));
    }
    let name =
        HeaderName::new_from_ascii(name.to_owned()).map_err(|_| Mistake::Field("headers"))?;
    Ok(HeaderValue::new(name, field(value, "headers")?))
}

#[cfg(test)]
mod tests;

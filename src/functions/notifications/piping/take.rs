//! One mail, from its bytes to a message.

use std::sync::Arc;

use serde_json::Value;

use super::{
    files,
    incoming::{Incoming, Place, Reason, place, receive},
    state::Identity,
};
use crate::{
    adapters::{
        mail::Person,
        mailbox::Fetched,
        mime::{self, Attachment, cut_quote},
    },
    functions::{
        Failure, Service,
        messages::content::TEXT_CHARS_MAX,
        notifications::reply_to,
        settings::{
            registry::{EMAIL_PIPING_ALL, EMAIL_PIPING_DELIMITER, EMAIL_PIPING_USER, EMAIL_SENDER},
            state::Settings,
        },
        users::email::EmailAddress,
    },
    secret,
    wire::Argument,
};

/// What became of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It became a message.
    Taken,
    /// It had become one before.
    Before,
    /// It becomes none.
    Left(Reason),
    /// The log refuses it.
    Refused,
}

/// What became of a mail, and of all that was in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// What became of it.
    pub outcome: Outcome,
    /// Whether all of it is kept here.
    pub is_whole: bool,
}

impl Taken {
    /// Nothing of it is kept here.
    pub fn nothing(outcome: Outcome) -> Self {
        Self {
            outcome,
            is_whole: false,
        }
    }
}

/// Makes a message of a mail, if it should be one.
///
/// # Errors
/// `unavailable` while nothing can be written, another refusal of the log, or our own fault.
pub async fn take(service: &Arc<Service>, mail: Fetched) -> Result<Taken, Failure> {
    let settings = service.settings()?;
    // Mails of 25 MiB take a while, and what a stranger has written may break the reader.
    let read = tokio::task::spawn_blocking(move || read(&mail, &settings)).await;
    let read = match read.unwrap_or(Err(Reason::Unreadable)) {
        Ok(read) => read,
        Err(reason) => return Ok(Taken::nothing(Outcome::Left(reason))),
    };
    let is_whole = read.is_whole;
    let outcome = store(service, read).await?;
    let is_kept = matches!(outcome, Outcome::Taken | Outcome::Before);
    Ok(Taken {
        outcome,
        is_whole: is_kept && is_whole,
    })
}

async fn store(service: &Arc<Service>, read: Read) -> Result<Outcome, Failure> {
    let mail = read.mail;
    // Asked first, so that no files are written for what is not taken; decided on below.
    match place(service.journal.reader(), &mail)? {
        Place::Before => return Ok(Outcome::Before),
        Place::Nowhere(reason) => return Ok(Outcome::Left(reason)),
        Place::In(..) | Place::New(_) => {}
    }
    let attachments = files::store(service, read.hash, read.attachments).await?;
    let token = secret::new_token();
    service
        .journal
        .decide_alone(move |decision| receive(decision, mail, attachments, token))
        .await
}

/// A mail that was read.
#[derive(Debug)]
struct Read {
    mail: Incoming,
    hash: blake3::Hash,
    attachments: Vec<Attachment>,
    /// Whether nothing is left out.
    is_whole: bool,
}

fn read(fetched: &Fetched, settings: &Settings) -> Result<Read, Reason> {
    let mut mail = mime::read(&fetched.raw).ok_or(Reason::Unreadable)?;
    if mail.is_automatic {
        return Err(Reason::Automatic);
    }
    let address = Value::String(mail.from.address);
    let address = EmailAddress::read(address).map_err(|_| Reason::Unreadable)?;
    let is_ours = |own: &str| projections::fold(own.trim()) == projections::fold(&address);
    if is_ours(settings.text(&EMAIL_SENDER)) || is_ours(settings.text(&EMAIL_PIPING_USER)) {
        return Err(Reason::Own);
    }
    if fetched.is_cut {
        // The end is missing, and with it that of the last file.
        mail.attachments.pop();
    }
    let hash = blake3::hash(&fetched.raw);
    let identity = match mail.message_id.as_str() {
        "" => Identity::of_bytes(&fetched.raw),
        id => Identity::of(id, &address),
    };
    let text = match settings.is_on(&EMAIL_PIPING_DELIMITER) {
        true => cut_quote(&mail.text),
        false => mail.text.trim(),
    };
    let short: String = text.chars().take(TEXT_CHARS_MAX).collect();
    let is_text_cut = mail.is_text_cut || short.len() < text.len();
    let is_whole = !fetched.is_cut && !is_text_cut && mail.left_out == 0;
    if !is_whole {
        let (uid, left_out) = (&fetched.uid, mail.left_out);
        tracing::warn!(uid, left_out, "an email is too large or has too many files");
    }
    let answers = mail.answers.iter();
    let incoming = Incoming {
        identity,
        answers: answers.map(|id| Identity::of(id, &address)).collect(),
        named: mail.to.iter().find_map(|to| reply_to::parse(&to.name)),
        subject: mail.subject,
        text: short,
        is_forged: mail.is_forged,
        may_begin: settings.is_on(&EMAIL_PIPING_ALL),
        from: Person {
            name: mail.from.name,
            address,
        },
    };
    Ok(Read {
        mail: incoming,
        hash,
        attachments: mail.attachments,
        is_whole,
    })
}

#[cfg(test)]
mod tests;

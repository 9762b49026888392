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
        imap::Fetched,
        mail::Person,
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
}

/// Makes a message of a mail, if it should be one.
///
/// # Errors
/// `unavailable` while nothing can be written, another refusal of the log, or our own fault.
pub async fn take(service: &Arc<Service>, mail: Fetched) -> Result<Outcome, Failure> {
    let settings = service.settings()?;
    // Mails of 25 MiB take a while, and what a stranger has written may break the reader.
    let read = tokio::task::spawn_blocking(move || read(&mail, &settings)).await;
    let (mail, hash, attachments) = match read.unwrap_or(Err(Reason::Unreadable)) {
        Ok(read) => read,
        Err(reason) => return Ok(Outcome::Left(reason)),
    };
    // Asked first, so that no files are written for what is not taken; decided on below.
    match place(service.journal.reader(), &mail)? {
        Place::Before => return Ok(Outcome::Before),
        Place::Nowhere(reason) => return Ok(Outcome::Left(reason)),
        Place::In(..) | Place::New(_) => {}
    }
    let attachments = files::store(service, hash, attachments).await?;
    let token = secret::new_token();
    service
        .journal
        .decide_alone(move |decision| receive(decision, mail, attachments, token))
        .await
}

type Read = (Incoming, blake3::Hash, Vec<Attachment>);

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
    if fetched.is_cut || mail.left_out > 0 {
        let (uid, left_out) = (fetched.uid, mail.left_out);
        tracing::warn!(uid, left_out, "an email is too large or has too many files");
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
    let answers = mail.answers.iter();
    let incoming = Incoming {
        identity,
        answers: answers.map(|id| Identity::of(id, &address)).collect(),
        named: mail.to.iter().find_map(|to| reply_to::parse(&to.name)),
        subject: mail.subject,
        text: text.chars().take(TEXT_CHARS_MAX).collect(),
        is_forged: mail.is_forged,
        may_begin: settings.is_on(&EMAIL_PIPING_ALL),
        from: Person {
            name: mail.from.name,
            address,
        },
    };
    Ok((incoming, hash, mail.attachments))
}

#[cfg(test)]
mod tests;

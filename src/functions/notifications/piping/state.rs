//! What decisions know of mails that became messages: that they did, and in which conversation.

use std::fmt::Write as _;

use eventlog::{State, View};
use events::{ConversationId, Event, Stream, StreamKind};

use crate::functions::{
    Failure,
    decision::{Table, last_number},
};

/// The stream of the mailbox.
pub const STREAM: Stream = Stream {
    kind: StreamKind::Mailbox,
    id: 1,
};

/// By which a mail is known when it comes again: 32 hex digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity(String);

impl Identity {
    /// Of a mail with this Message-ID from this address. The address is part of it, so that nobody
    /// keeps a mail out by sending one with its Message-ID first.
    pub fn of(message_id: &str, from: &str) -> Self {
        Self::hashed("message id", &[message_id, "\n", &projections::fold(from)])
    }

    /// Of a mail that has no Message-ID.
    pub fn of_bytes(raw: &[u8]) -> Self {
        let hash = blake3::hash(raw);
        Self::hashed("mail", &[&hash.to_hex()])
    }

    fn hashed(what: &str, parts: &[&str]) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(what.as_bytes());
        for part in parts {
            hasher.update(b"\0").update(part.as_bytes());
        }
        let mut text = String::with_capacity(32);
        for byte in &hasher.finalize().as_bytes()[..16] {
            let _ = write!(text, "{byte:02x}");
        }
        Self(text)
    }

    /// As events keep it.
    pub fn into_text(self) -> String {
        self.0
    }
}

/// The conversation that the mail with this identity went into; `None` for a new mail. The
/// conversation may be gone by now.
///
/// # Errors
/// When the table cannot be read.
pub fn received(state: &dyn View, mail: &Identity) -> Result<Option<ConversationId>, Failure> {
    let row = state.get(&key(&mail.0))?;
    Ok(row.map(|row| ConversationId(last_number(&row))))
}

fn key(identity: &str) -> Vec<u8> {
    Table::EmailReceived.key(&[identity.as_bytes()])
}

/// The state of the mailbox after `event`.
pub fn evolve(state: &mut dyn State, event: &Event) {
    if let Event::EmailReceived(received) = event {
        let conversation = received.conversation.0.to_be_bytes().to_vec();
        state.put(&key(&received.identity), conversation);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_known_by_its_message_id_and_sender() {
        let mail = Identity::of("1@kunde.example", "Ann@Kunde.example");
        assert_eq!(mail, Identity::of("1@kunde.example", "ann@kunde.example"));
        assert_ne!(mail, Identity::of("1@kunde.example", "eve@kunde.example"));
        assert_ne!(mail, Identity::of("2@kunde.example", "ann@kunde.example"));
        assert_eq!(Identity::of_bytes(b"a"), Identity::of_bytes(b"a"));
        assert_ne!(Identity::of_bytes(b"a"), Identity::of_bytes(b"b"));
        assert_eq!(mail.into_text().len(), 32);
    }
}

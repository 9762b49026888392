//! Why events do not flow.

use std::fmt::Display;

use crate::{export::NotAnEvent, journal::Unreadable};

/// Why a reaction is not given events, or the relay does not publish them.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The log cannot be read, or was closed.
    #[error("the bus cannot read the event log")]
    Log(#[from] Unreadable),
    /// The thread that reads the log panicked.
    #[error("reading the event log panicked")]
    Panicked,
    /// An event of the log has a shape that it cannot be masked in.
    #[error("the event at position {0} cannot be understood")]
    Event(u64, #[source] NotAnEvent),
    /// An event is missing.
    #[error(
        "the reaction {reaction} needs the event at position {expected} next and was given {found}"
    )]
    Gap {
        /// Who reads.
        reaction: &'static str,
        /// The next position.
        expected: u64,
        /// The position given.
        found: u64,
    },
    /// The reaction knows events that the log does not have.
    #[error(
        "the reaction {reaction} stands at position {position}, the log ends at {head}: the log went backwards"
    )]
    Ahead {
        /// Who reads.
        reaction: &'static str,
        /// Its checkpoint.
        position: u64,
        /// The log's last position.
        head: u64,
    },
    /// A setting of the connection to NATS cannot be used.
    #[error("the setting {name} cannot be used: {why}")]
    Setting {
        /// Which one.
        name: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// NATS is not there, or not able. Passes by itself or by an operator's hand.
    #[error("NATS failed when it {when}: {why}")]
    Nats {
        /// What it was doing.
        when: &'static str,
        /// What it said; its client tells the causes in the same text.
        why: String,
    },
    /// The stream is not what this log's relay made. Never repaired.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// Why the relay and all that read its stream stop: the operator must decide.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The stream was made for another log, or not by this program.
    #[error(
        "the stream {stream} in NATS belongs to {found}, not to this log {expected}: set nats_stream to another name, or delete the stream if nobody needs it, and restart"
    )]
    OtherLog {
        /// The stream's name.
        stream: String,
        /// Whose it is.
        found: String,
        /// This log's id.
        expected: String,
    },
    /// The stream knows events that the log does not have.
    #[error(
        "the stream {stream} in NATS ends at {last}, this log at {head}: the log went backwards, perhaps restored from an old backup, or another copy of it is served; stop that copy, or delete the stream to have it made again from this log, and restart"
    )]
    Ahead {
        /// The stream's name.
        stream: String,
        /// Its last sequence.
        last: u64,
        /// The log's last position.
        head: u64,
    },
    /// A message of the stream is not the log's event of that position.
    #[error(
        "the message {sequence} of the stream {stream} in NATS is not this log's event of that position: another copy of the log is served, or somebody else publishes to hf.events; stop that, delete the stream to have it made again from this log, and restart"
    )]
    Stranger {
        /// The stream's name.
        stream: String,
        /// Which message.
        sequence: u64,
    },
}

impl Fault {
    pub(super) fn setting(name: &'static str, why: &dyn Display) -> Self {
        Self::Setting {
            name,
            why: why.to_string(),
        }
    }

    pub(super) fn nats(when: &'static str, why: impl Display) -> Self {
        Self::Nats {
            when,
            why: why.to_string(),
        }
    }
}

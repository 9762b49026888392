//! The vocabulary: every fact that HaveFunnels ever records, and the envelope it travels in.
//!
//! This crate knows serde and nothing else: no log, no SQL, no HTTP. An event is for ever: its
//! number, its name and the meaning of its fields never change. A change of shape is a new
//! version that is lifted on reading (see [`Event::decode`]); `fixtures/` keeps one golden
//! JSON file for every type and version that was ever written.

pub mod article;
pub mod automation;
pub mod bot;
mod catalogue;
pub mod conversation;
pub mod delivery;
mod envelope;
pub mod erasure;
pub mod file;
mod ids;
pub mod mailbox;
pub mod message;
pub mod note;
pub mod notification;
pub mod report;
pub mod settings;
pub mod slack;
pub mod token;
pub mod translation;
pub mod user;

pub use catalogue::{DecodeError, Event, EventType, TYPES, type_numbered};
pub use envelope::{EventId, Recorded, Stream, StreamKind};
pub use ids::{ApiTokenId, ConversationId, DepartmentId, MessageId, NoteId, UserId};

#[cfg(test)]
mod golden;

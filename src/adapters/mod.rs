//! The ways out: one file a vendor or protocol, plain typed inputs and typed outcomes.
//!
//! The only users of reqwest, lettre, IMAP and POP3. They know nothing of chat, events or SQL: what is
//! sent to whom, and what follows from the answer, is decided by those who call them.

pub mod breaker;
mod connection;
pub mod dialogflow;
pub mod download;
pub mod google_oauth;
pub mod google_translate;
pub mod html;
mod imap;
pub mod mail;
pub mod mailbox;
pub mod mime;
pub mod openai;
pub mod outgoing;
mod pop3;
pub mod pusher_beams;
pub mod pusher_channels;
pub mod request;
pub mod slack;
pub mod smtp;
pub mod targets;
pub mod tls;
pub mod twilio;
pub mod vendor;
pub mod wordpress;

#[cfg(test)]
mod certificates;
#[cfg(test)]
mod loopback;

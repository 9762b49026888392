//! The read side against both databases: every test here runs on SQLite in a temporary folder and
//! on PostgreSQL in a database of its own, made on the server that the environment variable
//! `HAVEFUNNELS_TEST_POSTGRES` names (`postgres://user@host:port/postgres`).

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod agents;
mod articles;
mod contacts;
mod conversations;
mod deletion;
mod deliveries;
mod digest;
mod faults;
mod generations;
mod history;
mod messages;
mod news;
mod notes;
mod projector;
mod properties;
mod reports;
mod search;
mod user_lists;
mod users;
mod words;
mod world;

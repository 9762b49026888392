//! The read side: what is shown, made from the log's events and from nothing else.
//!
//! This crate holds the only SQL of the product. It knows the vocabulary of `events` and two
//! databases, SQLite and PostgreSQL; it knows no log, no HTTP and no rule. Everything in it can
//! be dropped and made again: [`rebuild()`] does so beside the model that is being served.
//!
//! [`ReadModels`] is the handle: [`project`] feeds it, its queries are spread over the files of
//! the read models (`users`, `conversations`, `search`, `reports`, `articles`), each next to the tables it reads.

mod articles;
mod conversations;
mod database;
mod deliveries;
mod digest;
mod fault;
mod generation;
mod location;
mod migrations;
mod models;
mod projection;
mod projector;
mod rebuild;
mod reports;
mod search;
mod users;

pub use articles::{ArticleRow, ArticlesFilter};
pub use conversations::{
    AgentFilter, AgentInConversation, Conversation, ConversationDetails, ConversationRow,
    ConversationsFilter, MessageRow, NoteRow, StatusFilter,
};
pub use deliveries::{DeliveriesFilter, DeliveryRow, DeliveryState};
pub use digest::{Difference, TableDigest};
pub use fault::{Behind, Fault, SourceFault};
pub use location::Location;
pub use models::{ReadModels, Standing};
pub use projection::{Projection, Touched};
pub use projector::{Source, project};
pub use rebuild::{Progress, rebuild, rebuild_projection};
pub use reports::{QUARTER_MS, Sum};
pub use search::fold;
pub use users::{
    Contact, DetailRow, DetailValue, Direction, Scope, Since, Sorting, UserColumn, UserCounts,
    UserRow, UsersFilter,
};

/// The target of trace lines that show every statement that writes: its text as `sql`, its
/// parameters as a JSON list `args`. `RUST_LOG=projections::statements=trace` shows them.
pub const STATEMENTS: &str = "projections::statements";

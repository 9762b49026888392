//! The product: a folder a group, one file an API function.
//!
//! A function knows no HTTP and no SQL. A command decides on the state as of now and records
//! events; a query reads the read models. [`catalogue`] lists them all; to add one is a new file
//! and its line in the group's list.

pub mod answer;
pub mod appearance;
pub mod articles;
pub mod assistants;
mod authority;
pub mod automations;
mod context;
pub mod conversations;
pub mod decision;
mod dialogflow;
mod errand;
mod files;
mod function;
mod ids;
pub mod maintenance;
mod messages;
mod notes;
pub mod notifications;
mod polling;
mod refusal;
pub mod reports;
#[cfg(test)]
mod scenario;
pub mod settings;
pub mod slack;
mod tokens;
pub mod translations;
pub mod under_way;
pub mod users;
mod versions;
mod webhooks;

use events::{Event, Stream};

pub use context::{Caller, Context, Service};
pub use conversations::{elsewhere::elsewhere, state::conversation};
pub use decision::{Decision, Facts};
pub use errand::Errand;
pub use function::{Access, Answer, Command, Function, Kind, Query};
pub use notifications::{EMAIL_FILES, Piping};
pub use refusal::{Failure, Fault, Refusal};
pub use reports::chart::chart;
pub use tokens::state::{Grant, grant};
pub use users::first::{Founders, found};
pub use users::state::{User, user, user_of_token};

use function::to_json;

/// Every function of the API, by group.
pub const GROUPS: &[(&str, &[Function])] = &[
    ("Users", users::FUNCTIONS),
    ("Conversations", conversations::FUNCTIONS),
    ("Messages", messages::FUNCTIONS),
    ("Notes", notes::FUNCTIONS),
    ("Settings", settings::FUNCTIONS),
    ("Versions and apps", versions::FUNCTIONS),
    ("Notifications", notifications::FUNCTIONS),
    ("Reports", reports::FUNCTIONS),
    ("Automations", automations::FUNCTIONS),
    ("Dialogflow", dialogflow::FUNCTIONS),
    ("Assistants", assistants::FUNCTIONS),
    ("Slack", slack::FUNCTIONS),
    ("Articles", articles::FUNCTIONS),
    ("Appearance", appearance::FUNCTIONS),
    ("Translations", translations::FUNCTIONS),
    ("Maintenance", maintenance::FUNCTIONS),
];

/// What the service answers at `/v1/{group}/{operation}` beside the documented API, by group.
const OPERATIONS: &[&[Function]] = &[
    webhooks::OPERATIONS,
    notifications::OPERATIONS,
    settings::OPERATIONS,
    tokens::OPERATIONS,
];

/// What the service answers at `/v1/{group}/{operation}` beside the documented API.
pub fn operations() -> impl Iterator<Item = &'static Function> {
    OPERATIONS.iter().flat_map(|group| group.iter())
}

/// Every function of the API.
pub fn catalogue() -> impl Iterator<Item = &'static Function> {
    GROUPS.iter().flat_map(|(_, functions)| functions.iter())
}

/// The decision state after `event`: a pure fold, the same on the append thread and in `verify`.
///
/// # Errors
/// When the state's table cannot be read.
pub fn evolve(
    state: &mut dyn eventlog::State,
    stream: Stream,
    event: &Event,
) -> Result<(), Failure> {
    decision::evolve_numbers(state, event)?;
    users::state::evolve(state, stream, event)?;
    conversations::state::evolve(state, stream, event)?;
    messages::state::evolve(state, stream, event)?;
    notes::state::evolve(state, stream, event)?;
    files::evolve(state, stream, event)?;
    settings::state::evolve(state, event);
    notifications::evolve(state, event);
    translations::state::evolve(state, event)?;
    automations::state::evolve(state, stream, event)?;
    articles::state::evolve(state, event)?;
    slack::state::evolve(state, stream, event)?;
    dialogflow::takeover::evolve(state, stream, event)?;
    tokens::state::evolve(state, stream, event)?;
    crate::reactions::stops::evolve(state, stream, event);
    crate::reactions::ledger::evolve(state, stream, event)?;
    crate::reactions::outbox::orders::evolve(state, stream, event)
}
